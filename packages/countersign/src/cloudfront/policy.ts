/**
 * The policy that a CloudFront signature is made over: which URLs are open, until when, from when on, and for whom.
 *
 *     {"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/films/*","Condition":{
 *       "DateLessThan":{"AWS:EpochTime":1767290400},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html}
 * @module
 */
import { encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'
import { resolveEpochSeconds, type EpochTime } from './epoch-time.ts'
import { formatIpRange } from '../core/ip-range.ts'
import { resolveResource } from './resource-pattern.ts'

/** When and for whom a policy opens something. */
export interface CloudFrontConditions {
  /** When it closes. */
  readonly dateLessThan: EpochTime
  /** When it opens; at once by default. */
  readonly dateGreaterThan?: EpochTime | undefined
  /** The address, or the range of them, that clients must have: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. */
  readonly ipAddress?: string | undefined
}

/** What a policy opens, with its conditions. */
export interface CloudFrontPolicy extends CloudFrontConditions {
  /** A URL, in which `*` stands for any run of characters and `?` for any one. */
  readonly resource: string
}

/** A policy as it is written: times in epoch seconds, a range behind every address. */
export interface CloudFrontStatement extends CloudFrontPolicy {
  readonly dateLessThan: number
  readonly dateGreaterThan?: number
}

/**
 * Writes a policy, ready to be signed.
 *
 * @throws {@link SigningError} `POLICY_INVALID`, `EPOCH_TIME_INVALID`, `IP_RANGE_INVALID`
 */
export function buildPolicy(policy: CloudFrontPolicy): string {
  return formatPolicy(resolvePolicy(policy))
}

/**
 * A policy with its resource escaped, its times in seconds and its range complete.
 *
 * @throws {@link SigningError} `POLICY_INVALID`, `EPOCH_TIME_INVALID`, `IP_RANGE_INVALID`
 */
export function resolvePolicy({ resource, ...conditions }: CloudFrontPolicy): CloudFrontStatement {
  return { resource: resolveResource(resource), ...resolveConditions(conditions) }
}

/** Writes a statement without white space and in the order that canned policies must have. */
export function formatPolicy({
  resource,
  dateLessThan,
  dateGreaterThan,
  ipAddress,
}: CloudFrontStatement): string {
  const Condition = {
    DateLessThan: { 'AWS:EpochTime': dateLessThan },
    ...(ipAddress !== undefined && { IpAddress: { 'AWS:SourceIp': ipAddress } }),
    ...(dateGreaterThan !== undefined && { DateGreaterThan: { 'AWS:EpochTime': dateGreaterThan } }),
  }
  return JSON.stringify({ Statement: [{ Resource: resource, Condition }] })
}

/**
 * Reads a policy. It must have one statement, a resource and an end; whatever is not known is refused, for it may
 * have been meant to restrict something.
 *
 * @throws {@link SigningError} `POLICY_INVALID`, `EPOCH_TIME_INVALID`, `IP_RANGE_INVALID`
 */
export function parsePolicy(text: string): CloudFrontStatement {
  const { Statement } = membersOf(readJson(text), 'policy', ['Statement'])
  if (!Array.isArray(Statement) || Statement.length !== 1) throw invalid('it must have one Statement')
  const { Resource, Condition } = membersOf(Statement[0], 'Statement', ['Resource', 'Condition'])
  if (typeof Resource !== 'string' || Resource === '') throw invalid('Resource must be a URL or a pattern')
  if (encodeUnsendable(Resource) !== Resource) {
    throw invalid('Resource has characters that browsers escape: escape them before signing')
  }
  const conditions = membersOf(Condition, 'Condition', ['DateLessThan', 'DateGreaterThan', 'IpAddress'])
  return {
    resource: Resource,
    ...resolveConditions({
      dateLessThan: valueIn(conditions, 'DateLessThan', 'AWS:EpochTime'),
      dateGreaterThan: valueIn(conditions, 'DateGreaterThan', 'AWS:EpochTime'),
      ipAddress: valueIn(conditions, 'IpAddress', 'AWS:SourceIp'),
    }),
  }
}

/** Conditions before they are looked at. */
type Unchecked<T> = { readonly [K in keyof T]: unknown }

function resolveConditions(given: Unchecked<CloudFrontConditions>): Omit<CloudFrontStatement, 'resource'> {
  const { dateLessThan, dateGreaterThan, ipAddress, ...others } = given
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw invalid(`${unknown} is not a condition`)
  const end = resolveEpochSeconds(dateLessThan, 'dateLessThan')
  const start =
    dateGreaterThan === undefined ? undefined : resolveEpochSeconds(dateGreaterThan, 'dateGreaterThan')
  if (start !== undefined && start >= end) throw invalid('dateGreaterThan must be before dateLessThan')
  return {
    dateLessThan: end,
    ...(start !== undefined && { dateGreaterThan: start }),
    ...(ipAddress !== undefined && { ipAddress: formatIpRange(ipAddress) }),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SigningError('POLICY_INVALID', 'The policy must be JSON', { cause })
  }
}

/** The members of a JSON object, which must be among those that are known. */
function membersOf(value: unknown, what: string, known: readonly string[]): Partial<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${what} is no object`)
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(`${what} has a part that is not known: ${unknown}`)
  return { ...value }
}

function valueIn(conditions: Partial<Record<string, unknown>>, name: string, key: string): unknown {
  return name in conditions ? (membersOf(conditions[name], name, [key])[key] ?? null) : undefined
}

function invalid(what: string): SigningError {
  return new SigningError('POLICY_INVALID', `The policy cannot be used: ${what}`)
}
