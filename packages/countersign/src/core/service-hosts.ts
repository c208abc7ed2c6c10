/**
 * Host to service and region: `my.bucket.s3.eu-west-1.amazonaws.com` is signed for `s3` in `eu-west-1`. A table
 * of host patterns tells the signing name and the region. A host that no pattern knows has no answer here; it
 * is never taken for `us-east-1`.
 *
 * @see {@link https://docs.aws.amazon.com/general/latest/gr/rande.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** What a host is signed for. */
export interface HostScope {
  /** Signing name, which is often not the host's first label: `ses` for `email.eu-west-1.amazonaws.com`. */
  readonly service: string
  /**
   * `*` when the signature holds in every region, as only one of SigV4A does; `undefined` when the host does not
   * tell, and it must be given.
   */
  readonly region: string | undefined
  /** The rule that matched, for people. */
  readonly reason: string
}

/** A name in the DNS, then perhaps a trailing dot and a port. */
const HOST = /^([\w.-]{1,253}?)\.?(?::\d+)?$/

/** What one sign stands for in the patterns. */
const SIGNS: Readonly<Record<string, string>> = {
  '.': '\\.',
  '=': '?<service>',
  // A region.
  R: '(?<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]+)',
  // The suffix of any of AWS's partitions, some of dual stack included.
  A: '(?:amazonaws\\.(?:com(?:\\.cn)?|eu)|api\\.(?:aws|amazonwebservices\\.(?:com\\.cn|eu))|s?c2s\\.(?:ic|sgov)\\.gov)',
  // The end of a tenant's name.
  T: '[a-z0-9]\\.',
}

/**
 * Host pattern, region, service; the first pattern that matches the end of the host (`^`: all of it) wins. Its
 * {@link SIGNS} are written out, and `(=` begins the service. Region and service follow where the host does not have
 * them; `-` stands for a region that it has.
 */
const PATTERNS: readonly string[] = [
  // A bucket or an access point may stand before S3, with any dots; the region once followed a dash.
  '.(=s3(?:-website|-object-lambda|-outposts|express)?)(?:-accesspoint|-control|-[a-z0-9-]+-az[0-9]+)?[.-]R.A',
  '.(=s3)(?:-external-1)?.amazonaws.com us-east-1',
  '.(=s3)-accelerate.amazonaws.com',
  '.mrap.accesspoint.(=s3)-global.amazonaws.com *',
  'Tcloudfront-kvs.global.api.aws * cloudfront-keyvaluestore',
  '^.(=iam|sts|route53|cloudfront).(?:amazonaws.com|global.api.aws) us-east-1',
  // Unverified for each service: the regions of the other partitions.
  '^.(=iam|route53).us-gov.amazonaws.com us-gov-west-1',
  '^.(=iam).amazonaws.com.cn cn-north-1',
  '^.(=route53|cloudfront).amazonaws.com.cn cn-northwest-1',
  'T(=execute-api|sagemaker|lex|dynamodb|ddb|appsync)(?:-(?:realtime-)?api)?.R.A',
  // Not every host under iot is iotdata's: credentials.iot takes certificates, jobs.iot has another name.
  '^.[a-z0-9-]+(?:.ats)?.iot.R.A - iotdata',
  // Unverified: the shapes of rds, neptune and vpc-lattice-svcs.
  'TR.(=es|aoss).A',
  'TR.rds.A - rds-db',
  'TR.neptune.A - neptune-db',
  'T(=lambda-url|aos|dsql|vpc-lattice-svcs).R.on.aws',
  // Unverified for each: the services beside bedrock-runtime.
  '^.(=bedrock(?:-agentcore)?|aps|transcribe|appconfig|appstream|cloudhsm|personalize)(?:-(?!agentcore|mantle)[a-z-]+|streaming|data|v?2).R.A',
  '^.[a-z0-9-]+[.-](=chime|lex|marketplace).R.A',
  '^.(?:(?:api|fips).)?(=(?!vpce-)[a-z][a-z0-9-]*).R.A',
  '.(=s3).R.(?:backblazeb2|wasabisys).com',
  '.(?<region>[a-z]{3}[0-9]).digitaloceanspaces.com - s3',
  'Tr2.cloudflarestorage.com auto s3',
]

/** Signing names that differ from the name in the host. */
const SIGNING_NAMES: ReadonlyMap<string, string> = new Map([
  ['aos', 'es'],
  ['ddb', 'dynamodb'],
  ['email', 'ses'],
  ['lambda-url', 'lambda'],
  ['marketplace', 'aws-marketplace'],
])

type Rule = readonly [expression: RegExp, pattern: string, region: string | undefined, service: string]

/** Made at the first call. */
let rules: readonly Rule[] | undefined

function readRule(rule: string): Rule {
  const [pattern = '', region, service = ''] = rule.split(' ')
  const source = pattern.replace(/[.=RAT]/g, (sign) => SIGNS[sign] ?? '')
  return [new RegExp(`${source}$`), pattern, region, service]
}

/**
 * What a host is signed for, or `undefined` when it is not known: a custom domain, a VPC endpoint, another
 * vendor. Case, port and a trailing dot do not matter.
 *
 * @param host the `Host` header's value
 * @param path the request's path, with or without its query: AWS IoT has two services on one host
 * @throws {@link SigningError} `HOST_NOT_SIGNABLE` for a website endpoint of S3, which takes no signatures
 */
export function inferScope(host: string, path = ''): HostScope | undefined {
  const name = HOST.exec(host.toLowerCase())?.[1]
  if (!name) return undefined
  // FIPS and dual stack change the host, never the scope. The dot in front is the one that patterns begin with.
  const plain = '.' + name.replace(/-fips(?![^.-])|(?:\.fips)?\.dualstack(?=\.)/g, '')
  rules ??= PATTERNS.map(readRule)
  for (const [expression, pattern, ownRegion, ownService] of rules) {
    const match = expression.exec(plain)
    if (match) {
      const { service = ownService, region = ownRegion } = match.groups ?? {}
      if (service === 's3-website') {
        throw new SigningError('HOST_NOT_SIGNABLE', 'S3 websites take no signatures; use the REST endpoint')
      }
      const isSocket = service === 'iotdata' && /^\/mqtt(?![^?])/.test(path)
      return {
        service: isSocket ? 'iotdevicegateway' : (SIGNING_NAMES.get(service) ?? service),
        region,
        reason: `host pattern ${pattern}`,
      }
    }
  }
  return undefined
}
