/**
 * Reads the claim of a message: one total classification, from the raw message to exactly one mechanism, algorithm
 * and payload mode, or an error.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html}
 * @module
 */
import { parseQuery } from '../core/canonical-query.ts'
import { isFormType } from '../algorithms/sigv2.ts'
import { QUERY, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { ReadOptions } from './assemble-claim.ts'
import type { Claim, Mechanism } from './claim.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { readHeaderClaim } from './read-header-claim.ts'
import { readQueryClaim } from './read-query-claim.ts'
import { refuse } from './refusals.ts'

const PARAMETERS: ReadonlyMap<string, string> = new Map(
  Object.values(QUERY).map((name) => [name.toLowerCase(), name]),
)

// Not out of the table of version 2, which would come along whole.
const V2_PARAMETERS = ['AWSAccessKeyId', 'Signature'] as const

/**
 * Reads a claim.
 *
 * @param now decides the century of a two-digit year
 * @param form the body, where {@link mayBeSignedInForm} says that it must be read first
 * @throws {@link VerificationError}
 */
export function readClaim(message: ReadMessage, options: ReadOptions, now: Date, form?: Uint8Array): Claim {
  const authorization = valueOf(message.headers, 'authorization')
  // Whatever a query could authenticate with has one of these in it, be it escaped.
  const parameters = /amz|signature|%/i.test(message.query) ? readParameters(message.query) : NO_PARAMETERS
  if (parameters.size > 0) {
    const isV2 = assertOneMechanism(parameters, authorization, options)
    if (!isV2) return readQueryClaim(message, parameters, options)
    const claim = readOlderClaim(message, 'query', message.query, options, now)
    if (claim) return claim
    throw refuse('MECHANISM_UNSUPPORTED', 'SigV2 is not served here; sign with AWS4-HMAC-SHA256')
  }
  if (authorization) {
    const claim = readOlderClaim(message, 'header', authorization, options, now)
    return claim ?? readHeaderClaim(message, authorization, options, now)
  }
  if (form && mayBeSignedInForm(message, options)) {
    const claim = readOlderClaim(message, 'form', latin1(form), options, now)
    if (claim) return claim
  }
  throw refuse('SIGNATURE_MISSING', 'The request carries no signature')
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

/** The first of the older algorithms whose signature this is. */
function readOlderClaim(
  message: ReadMessage,
  mechanism: Mechanism,
  text: string,
  { older, limits, services }: ReadOptions,
  now: Date,
): Claim | undefined {
  for (const { readClaim: read } of older) {
    const claim = read({ message, mechanism, text, now, limits, services })
    if (claim) return claim
  }
  return undefined
}

/**
 * Whether the body may be a form that carries the signature of a query API, and has to be read before anything is known
 * of the request. Not where anything else could.
 */
export function mayBeSignedInForm({ method, query, headers }: ReadMessage, { older }: ReadOptions): boolean {
  if (method !== 'POST' || query !== '' || !older.some(({ readsForms }) => readsForms)) return false
  return !valueOf(headers, 'authorization') && isFormType(valueOf(headers, 'content-type') ?? '')
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Signing parameters by their proper names, decoded; each may stand once, in its own spelling. */
function readParameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const pairs = parseQuery(query, 'plus')
  // A parameter named Signature alone is nobody's but the application's.
  const isV2 = V2_PARAMETERS.every((wanted) => pairs.some(([name]) => name === wanted))
  if (isV2) for (const name of V2_PARAMETERS) found.set(name, '')
  for (const [name, value] of pairs) {
    const proper = PARAMETERS.get(name.toLowerCase())
    // So does version 2 spell its own.
    if (proper === undefined || (isV2 && name === X_AMZ_SECURITY_TOKEN)) continue
    if (proper !== name || found.has(name)) {
      const facts = { mechanism: 'query', parameter: proper }
      throw refuse('QUERY_PARAMETER_MALFORMED', `${proper} stands twice or in another spelling`, facts)
    }
    found.set(name, decodeUri(value))
  }
  return found
}

/** Refuses a second authentication; tells whether the one is of version 2. */
function assertOneMechanism(
  parameters: ReadonlyMap<string, string>,
  authorization: string | undefined,
  options: ReadOptions,
): boolean {
  const isV2 = V2_PARAMETERS.every((name) => parameters.has(name))
  // In ASCII, as all of them are: one that a URL signs is hashed without a look at its bytes.
  const isHeaderIgnored =
    authorization === undefined ||
    (options.ignoreForeignAuthorization && /^(?!AWS)[\t -~]*$/.test(authorization))
  if (isHeaderIgnored && !(isV2 && parameters.size > V2_PARAMETERS.length)) return isV2
  const facts = { argumentName: 'Authorization' }
  throw refuse('MECHANISMS_SEVERAL', 'The request carries more than one authentication; send one', facts)
}
