/**
 * Host to service and region: `my.bucket.s3.eu-west-1.amazonaws.com` is signed for `s3` in `eu-west-1`. A table
 * of host shapes, and one rule for all the hosts that are named after their service. A host that neither knows
 * has no answer here; it is never taken for `us-east-1`.
 *
 * @see {@link https://docs.aws.amazon.com/general/latest/gr/rande.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** What a host is signed for. */
export interface HostScope {
  /** Signing name, which is often not the host's first label: `ses` for `email.eu-west-1.amazonaws.com`. */
  readonly service: string
  /** `*` when the signature holds in every region; `undefined` when the host does not tell, and it must be given. */
  readonly region: string | undefined
  /** Set where SigV4 is not accepted. */
  readonly algorithm?: 'AWS4-ECDSA-P256-SHA256'
  /** The rule that matched, for people. */
  readonly reason: string
}

/** Most labels that a shape has to its right of `*.`. */
const MAX_SHAPE = 3

/** Longer than any name in the DNS, with a port. */
const MAX_LENGTH = 260
const HOST = /^((?:[a-z0-9_-]+\.)*[a-z0-9_-]+)\.?(?::\d+)?$/
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/

/** The suffixes of AWS's partitions, dual-stack ones included, as the SDKs' partition data lists them. */
const AWS =
  /^(.+?)\.(amazonaws\.(?:com(?:\.cn)?|eu)|(?:api|on)\.aws|api\.amazonwebservices\.(?:com\.cn|eu)|c2s\.ic\.gov|api\.aws\.ic\.gov|sc2s\.sgov\.gov|api\.aws\.scloud|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/

/** Other S3 stores that have the region in the host. R2 has one region, `auto`. */
const STORES =
  /(?:^|\.)(?:s3\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:backblazeb2|wasabisys)|([a-z]{3}\d)\.digitaloceanspaces|[^.]+\.r2\.cloudflarestorage)\.com$/

/** A service that is named in its host's first labels: `kms`, `api.ecr`, `fips.batch`. */
const NAMED = /^(?:(?:api|fips)\.)?((?!s3-|vpce-)[a-z][a-z0-9-]*)\.R$/

/**
 * Signing name, region, host shapes. In a shape `R` is the host's region, `*.` is one label or more, and `?.` is
 * none or more (a bucket). Shapes with `R` hold in every partition and leave its suffix out, save `on.aws`.
 * The region `R` is the host's, `-` is one that the host does not tell, `*` means SigV4A.
 * The service `-` is signed in no way at all; `S` is the host's first label.
 */
const TABLE: readonly (readonly [service: string, region: string, shapes: string])[] = [
  ['s3', 'R', '?.s3.R ?.s3-accesspoint.R ?.s3-control.R'],
  ['s3', 'us-east-1', '?.s3.amazonaws.com ?.s3-external-1.amazonaws.com'],
  ['s3', '-', '?.s3-accelerate.amazonaws.com'],
  ['s3', '*', '*.mrap.accesspoint.s3-global.amazonaws.com'],
  ['s3-website', 'R', '?.s3-website.R'],
  ['s3-object-lambda', 'R', '?.s3-object-lambda.R'],
  ['s3-outposts', 'R', '?.s3-outposts.R'],
  ['s3express', 'R', '?.s3express.R'],
  ['S', 'us-east-1', 'iam.amazonaws.com sts.amazonaws.com route53.amazonaws.com cloudfront.amazonaws.com'],
  ['S', 'us-east-1', 'iam.global.api.aws route53.global.api.aws cloudfront.global.api.aws'],
  // Unverified for each service: which region the global services of the other partitions are signed for.
  ['S', 'us-gov-west-1', 'iam.us-gov.amazonaws.com route53.us-gov.amazonaws.com'],
  ['S', 'cn-north-1', 'iam.amazonaws.com.cn'],
  ['S', 'cn-northwest-1', 'route53.amazonaws.com.cn cloudfront.amazonaws.com.cn'],
  ['cloudfront-keyvaluestore', '*', '*.cloudfront-kvs.global.api.aws'],
  ['execute-api', 'R', '*.execute-api.R participant.connect.R'],
  ['lambda', 'R', '*.lambda-url.R.on.aws'],
  ['es', 'R', '*.R.es *.aos.R.on.aws aos.R'],
  ['aoss', 'R', '*.R.aoss *.aoss.R.on.aws'],
  ['appsync', 'R', '*.appsync-api.R *.appsync-realtime-api.R'],
  ['iotdata', 'R', '*.iot.R'],
  ['iot-jobs-data', 'R', 'data.jobs.iot.R'],
  ['IoTSecuredTunneling', 'R', 'api.tunneling.iot.R api.iot-tunneling.R'],
  // Its clients prove themselves by a certificate.
  ['-', 'R', '*.credentials.iot.R'],
  ['dsql', 'R', '*.dsql.R.on.aws'],
  ['dynamodb', 'R', '*.ddb.R streams.dynamodb.R streams-dynamodb.R'],
  // Unverified: the shapes of the next four rows.
  ['vpc-lattice-svcs', 'R', '*.vpc-lattice-svcs.R.on.aws'],
  ['neptune-db', 'R', '*.R.neptune *.neptune.R'],
  ['rds-db', 'R', '*.R.rds *.rds.R'],
  ['cloudsearch', 'R', '*.R.cloudsearch cloudsearchdomain.R'],
  ['ses', 'R', 'email.R mail-manager.R'],
  ['bedrock', 'R', 'bedrock-runtime.R bedrock-agent.R bedrock-agent-runtime.R'],
  ['bedrock', 'R', 'bedrock-data-automation.R bedrock-data-automation-runtime.R'],
  ['bedrock-agentcore', 'R', 'bedrock-agentcore-control.R'],
  ['transcribe', 'R', 'transcribestreaming.R cn.transcribe.R'],
  ['sagemaker', 'R', '*.sagemaker.R'],
  ['lex', 'R', '*.lex.R models-v2-lex.R runtime-v2-lex.R'],
  ['aps', 'R', 'aps-workspaces.R'],
  ['kafka', 'R', 'kafka-api.R'],
  ['aws-marketplace', 'R', '*.marketplace.R metering-marketplace.R catalog-marketplace.R'],
  ['chime', 'R', 'identity-chime.R meetings-chime.R messaging-chime.R media-pipelines-chime.R voice-chime.R'],
  ['timestream', 'R', '*.timestream.R timestream-ingest.R timestream-query.R'],
  ['mediastore', 'R', '*.mediastore.R'],
  ['payment-cryptography', 'R', '*.payment-cryptography.R'],
  ['personalize', 'R', 'personalize-events.R personalize-runtime.R'],
  ['mobiletargeting', 'R', 'pinpoint.R'],
  ['sms-voice', 'R', 'sms-voice.pinpoint.R'],
  ['appconfig', 'R', 'appconfigdata.R'],
  ['appstream', 'R', 'appstream2.R'],
  ['cloudhsm', 'R', 'cloudhsmv2.R'],
  ['connect', 'R', 'contact-lens.R'],
  ['elasticfilesystem', 'R', 'efs.R'],
  ['forecast', 'R', 'forecastquery.R'],
  ['memorydb', 'R', 'memory-db.R'],
  ['mgh', 'R', 'migrationhub-config.R'],
  ['sso-oauth', 'R', 'oidc.R'],
  ['awsssoportal', 'R', 'portal.sso.R'],
  ['servicecatalog', 'R', 'servicecatalog-appregistry.R'],
  ['sustainability', '*', 'api.sustainability.R sustainability.global.api.aws'],
]

const SHAPES: ReadonlyMap<string, readonly [service: string, region: string]> = new Map(
  TABLE.flatMap(([service, region, shapes]) =>
    // A `?.` shape is stored twice: bare, and with `*.`.
    `${shapes} ${shapes.replaceAll('?', '*')}`
      .split(' ')
      .map((shape) => [shape.replace('?.', ''), [service, region]]),
  ),
)

/**
 * What a host is signed for, or `undefined` when it is not known: a custom domain, a VPC endpoint, another
 * vendor. Case, port and a trailing dot do not matter.
 *
 * @param host the `Host` header's value
 * @param path the request's path, with or without its query: AWS IoT has two services on one host
 * @throws {@link SigningError} `HOST_NOT_SIGNABLE` for a website endpoint of S3, which takes no signatures
 */
export function inferScope(host: string, path = '/'): HostScope | undefined {
  const name = host.length > MAX_LENGTH ? undefined : HOST.exec(host.toLowerCase())?.[1]
  if (name === undefined) return undefined
  const [, labels, suffix] = AWS.exec(name) ?? []
  if (labels !== undefined && suffix !== undefined) return inferAws(plainLabels(labels), suffix, path)
  const store = STORES.exec(name)
  return store
    ? { service: 's3', region: store[1] ?? store[2] ?? 'auto', reason: 'S3-compatible store' }
    : undefined
}

/** Takes away what does not change the scope: FIPS, dual stack, zones, and the old dash before S3's region. */
function plainLabels(labels: string): string[] {
  return labels
    .replace(/-fips(?=\.|$)/g, '')
    .replace(/((?:^|\.)s3[a-z0-9-]*)(?:\.fips)?\.dualstack(?=\.[^.]+$|$)/, '$1')
    .replace(/((?:^|\.)s3express)-[a-z0-9-]+(?=\.[^.]+$)/, '$1')
    .replace(/((?:^|\.)s3(?:-website)?)-(?:fips-)?([a-z]{2}(?:-[a-z]+)+-\d+)$/, '$1.$2')
    .split('.')
}

function inferAws(labels: readonly string[], suffix: string, path: string): HostScope | undefined {
  const at = [labels.length - 1, labels.length - 2].find((index) => REGION.test(labels[index] ?? '')) ?? -1
  const region = labels[at]
  const shape = labels.map((label, index) => (index === at ? 'R' : label))
  const known = findShape(shape, suffix)
  if (known !== undefined) return scopeOf(known, shape, region, path)
  const service = suffix === 'on.aws' ? undefined : NAMED.exec(shape.join('.'))?.[1]
  return service === undefined ? undefined : { service, region, reason: 'host shape S.R' }
}

/** Key in {@link SHAPES} of the longest end of the host that is there. */
function findShape(shape: readonly string[], suffix: string): string | undefined {
  for (let start = Math.max(0, shape.length - MAX_SHAPE); start < shape.length; start++) {
    const end = shape.slice(start).join('.')
    const key = `${start > 0 ? '*.' : ''}${end}${suffix !== 'on.aws' && end.includes('R') ? '' : `.${suffix}`}`
    if (SHAPES.has(key)) return key
  }
  return undefined
}

function scopeOf(
  key: string,
  shape: readonly string[],
  hostRegion: string | undefined,
  path: string,
): HostScope | undefined {
  const [service = '-', rule] = SHAPES.get(key) ?? []
  if (service === '-') return undefined
  if (service === 's3-website') {
    throw new SigningError(
      'HOST_NOT_SIGNABLE',
      'A website endpoint of S3 takes no signed requests; use the REST endpoint, bucket.s3.region.amazonaws.com',
    )
  }
  const reason = `host shape ${key}`
  if (rule === '*') return { service, region: '*', algorithm: 'AWS4-ECDSA-P256-SHA256', reason }
  if (key === '*.iot.R' && /^\/mqtt(?:\?|$)/.test(path)) {
    return { service: 'iotdevicegateway', region: hostRegion, reason: `${reason}, path /mqtt` }
  }
  const region = rule === 'R' ? hostRegion : rule === '-' ? undefined : rule
  return { service: service === 'S' ? (shape[0] ?? '') : service, region, reason }
}
