/**
 * The hosts of STS in all partitions: `sts.eu-west-1.amazonaws.com`, `sts-fips.us-east-1.api.aws`, and the global
 * `sts.amazonaws.com`, which is signed for us-east-1.
 *
 * @see {@link https://docs.aws.amazon.com/general/latest/gr/sts.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** The region and the partition that a host of STS is in. */
export interface StsHost {
  readonly region: string
  /** As ARNs have it: `aws`, `aws-cn`, … */
  readonly partition: string
}

interface Partition {
  readonly name: string
  readonly regions: RegExp
  /** Domains of its hosts, the usual one first. */
  readonly domains: readonly string[]
}

/** The host that is not in a region. */
export const GLOBAL_STS_HOST = 'sts.amazonaws.com'

const PARTITIONS: readonly Partition[] = [
  { name: 'aws-us-gov', regions: /^us-gov-[a-z]+-\d$/, domains: ['amazonaws.com', 'api.aws'] },
  { name: 'aws-iso', regions: /^us-iso-[a-z]+-\d$/, domains: ['c2s.ic.gov'] },
  { name: 'aws-iso-b', regions: /^us-isob-[a-z]+-\d$/, domains: ['sc2s.sgov.gov'] },
  {
    name: 'aws-cn',
    regions: /^cn-[a-z]+-\d$/,
    domains: ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  },
  {
    name: 'aws-eusc',
    regions: /^eusc-[a-z]+-[a-z]+-\d$/,
    domains: ['amazonaws.eu', 'api.amazonwebservices.eu'],
  },
  {
    name: 'aws',
    regions: /^(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/,
    domains: ['amazonaws.com', 'api.aws'],
  },
]

const HOST = /^sts(?:-fips)?\.([a-z0-9-]+)\.([a-z0-9.]+)$/
// An endpoint in somebody's own network.
const VPC_HOST = /^vpce-[a-z0-9-]+\.sts\.([a-z0-9-]+)\.vpce\.([a-z0-9.]+)$/

/** Whether a partition is known. */
export function isPartition(name: string): boolean {
  return PARTITIONS.some((partition) => partition.name === name)
}

function partitionOf(region: string): Partition | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region))
}

/**
 * The usual host of a region.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function stsHostOf(region: string): string {
  const partition = partitionOf(region)
  if (partition) return `sts.${region}.${partition.domains[0]}`
  throw new SigningError('OPTION_INVALID', 'The region is not one whose STS is known; name its host too')
}

/** Reads a host that AWS itself runs, in lower case; `undefined` for any other. */
export function readStsHost(host: string): StsHost | undefined {
  if (host === GLOBAL_STS_HOST) return { region: 'us-east-1', partition: 'aws' }
  return readRegionalHost(HOST, host)
}

/** Reads a host of {@link readStsHost}, or one of a VPC endpoint, which belongs to whoever made it. */
export function readAnyStsHost(host: string): StsHost | undefined {
  return readStsHost(host) ?? readRegionalHost(VPC_HOST, host)
}

function readRegionalHost(expression: RegExp, host: string): StsHost | undefined {
  const [, region = '', domain = ''] = expression.exec(host) ?? []
  const partition = partitionOf(region)
  return partition?.domains.includes(domain) ? { region, partition: partition.name } : undefined
}
