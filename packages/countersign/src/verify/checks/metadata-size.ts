/**
 * How much metadata a request to S3 may bring along: what is kept with an object is paid for at every look at it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html}
 * @module
 */
import { X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_REGION_SET, X_AMZ_SECURITY_TOKEN } from '../../core/names.ts'
import type { Claim } from '../claim.ts'
import type { Limits } from '../limits.ts'
import { coveredPairs } from '../rebuild.ts'
import { refuse } from '../refusals.ts'
import type { Check } from './check.ts'

const USER_PREFIX = 'x-amz-meta-'
/** A query in which a name of {@link USER_PREFIX} may stand, be it escaped. */
const MAY_NAME_METADATA = /meta-|%(?:2d|[46][0-9a-f]|[57][0-9a])/i

/** What S3 keeps of an object beside `x-amz-*`. */
const KEPT: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
])
/** What belongs to the signature and has limits of its own. */
const OF_SIGNATURE: ReadonlySet<string> = new Set([
  X_AMZ_CONTENT_SHA256,
  X_AMZ_DATE,
  X_AMZ_REGION_SET,
  X_AMZ_SECURITY_TOKEN,
])

interface Sizes {
  readonly all: number
  readonly user: number
}

function isUsers(name: string): boolean {
  return name.startsWith(USER_PREFIX)
}

function measure(claim: Claim): Sizes {
  const { headers, query } = claim.message
  let all = 0
  let user = 0
  const add = (name: string, length: number): void => {
    all += name.length + length
    // S3 does not count what all of the names begin with.
    if (isUsers(name)) user += name.length - USER_PREFIX.length + length
  }
  for (const [name, value] of headers) {
    const isKept = name.startsWith('x-amz-') ? !OF_SIGNATURE.has(name) : KEPT.has(name)
    if (isKept) add(name, value.length)
  }
  // S3 takes metadata from a presigned URL as well.
  const pairs = MAY_NAME_METADATA.test(query) ? coveredPairs(claim) : []
  for (const [name, value] of pairs) {
    if (isUsers(name.toLowerCase())) add(name.toLowerCase(), value.replace(/%../g, 'x').length)
  }
  return { all, user }
}

/** The metadata is within the limits of S3, and of this server. */
export const metadataSize: Check = (claim, { rules: { limits } }) => {
  if (!claim.rules.unsignedPayload) return undefined
  const { all, user } = measure(claim)
  if (user > limits.userMetadataBytes) return tooLarge('userMetadataBytes', user, limits)
  return all > limits.metadataBytes ? tooLarge('metadataBytes', all, limits) : undefined
}

function tooLarge(limit: keyof Limits, size: number, limits: Limits): ReturnType<Check> {
  const maxBytes = String(limits[limit])
  const facts = { limit, size: String(size), maxBytes }
  return refuse('METADATA_TOO_LARGE', `${limit} is over ${maxBytes}`, facts)
}
