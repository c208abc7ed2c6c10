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

/** Suffixes of AWS's partitions, some of dual stack included. */
const PARTITION =
  '(?:amazonaws.(?:com(?:.cn)?|eu)|api.(?:aws|amazonwebservices.(?:com.cn|eu))|s?c2s.(?:ic|sgov).gov)'
const REGION = '(?<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]+)'

type Rule = readonly [expression: RegExp, pattern: string, region: string | undefined, service: string]

/**
 * Host pattern, region, service; the first pattern that matches the end of the host (`^`: all of it) wins.
 * In a pattern a dot is a dot, `R` is a region, `A` the suffix of any partition, `T` the end of a tenant's
 * name, and `(=` begins the service. Region and service follow where the host does not have them; `-` stands for a
 * region that it has.
 */
const PATTERNS: readonly string[] = [
  // A bucket or an access point may stand before S3, with any dots; the region once followed a dash.
  '.(=s3(?:-website|-object-lambda|-outposts|express)?)(?:-accesspoint|-control|-[a-z0-9-]+-az[0-9]+)?[.-]R.A',
  '.(=s3)(?:-external-1)?.amazonaws.com us-east-1',
  '.(=s3)-accelerate.amazonaws.com',
  '.mrap.accesspoint.(=s3)-global.amazonaws.com *',
  'T.cloudfront-kvs.global.api.aws * cloudfront-keyvaluestore',
  '^.(=iam|sts|route53|cloudfront).(?:amazonaws.com|global.api.aws) us-east-1',
  // Unverified for each service: the regions of the other partitions.
  '^.(=iam|route53).us-gov.amazonaws.com us-gov-west-1',
  '^.(=iam).amazonaws.com.cn cn-north-1',
  '^.(=route53|cloudfront).amazonaws.com.cn cn-northwest-1',
  'T.(=execute-api|sagemaker|lex|dynamodb).R.A',
  'T.(=appsync)-(?:realtime-)?api.R.A',
  // Not every host under iot is iotdata's: credentials.iot takes certificates, jobs.iot has another name.
  '^.[a-z0-9-]+(?:.ats)?.iot.R.A - iotdata',
  'T.ddb.R.A - dynamodb',
  'T.R.(=es|aoss).A',
  // Unverified: the shapes of rds, neptune and vpc-lattice-svcs.
  'T.R.rds.A - rds-db',
  'T.R.neptune.A - neptune-db',
  'T.(=lambda)-url.R.on.aws',
  'T.aos.R.on.aws - es',
  'T.(=dsql|vpc-lattice-svcs).R.on.aws',
  '^.email.R.A - ses',
  '^.aos.R.A - es',
  // Unverified for each: the services beside bedrock-runtime.
  '^.(=bedrock(?:-agentcore)?)-(?!agentcore|mantle)[a-z-]+.R.A',
  '^.(=aps|transcribe|appconfig|appstream|cloudhsm|personalize)(?:-workspaces|streaming|data|v?2|-events|-runtime).R.A',
  '^.[a-z0-9-]+-(=chime|lex).R.A',
  '^.[a-z0-9-]+[.-]marketplace.R.A - aws-marketplace',
  '^.(?:(?:api|fips).)?(=(?!vpce-)[a-z][a-z0-9-]*).R.A',
  '.(=s3).R.(?:backblazeb2|wasabisys).com',
  '.(?<region>[a-z]{3}[0-9]).digitaloceanspaces.com - s3',
  'T.r2.cloudflarestorage.com auto s3',
]

/** Made at the first call. */
let rules: readonly Rule[] | undefined

function readRule(rule: string): Rule {
  const [pattern = '', region, service = ''] = rule.split(' ')
  const source = pattern
    .replace('R', REGION)
    .replace('A', PARTITION)
    .replace('T', '[a-z0-9]')
    .replace('(=', '(?<service>')
    .replaceAll('.', '\\.')
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
  // FIPS and dual stack change the host, never the scope. The dot in front is the one that patterns begin with.
  const plain = name && `.${name.replace(/-fips(?![^.-])|(?:\.fips)?\.dualstack(?=\.)/g, '')}`
  if (!plain) return undefined
  rules ??= PATTERNS.map(readRule)
  for (const [expression, pattern, ownRegion, ownService] of rules) {
    const match = expression.exec(plain)
    if (match) {
      const { service = ownService, region = ownRegion } = match.groups ?? {}
      if (service === 's3-website') {
        throw new SigningError('HOST_NOT_SIGNABLE', 'S3 websites take no signatures; use the REST endpoint')
      }
      const isSocket = service === 'iotdata' && /^\/mqtt(?![^?])/.test(path)
      return { service: isSocket ? 'iotdevicegateway' : service, region, reason: `host pattern ${pattern}` }
    }
  }
  return undefined
}
