/**
 * Reads the claim of a message: one total classification, from the raw message to exactly one mechanism, algorithm
 * and payload mode, or an error.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html}
 * @module
 */
import { parseQuery } from '../core/canonical-query.ts'
import { QUERY } from '../core/names.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { ReadOptions } from './assemble-claim.ts'
import type { Claim } from './claim.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { readHeaderClaim } from './read-header-claim.ts'
import { readQueryClaim } from './read-query-claim.ts'
import { refuse } from './refusals.ts'

const PARAMETERS: ReadonlyMap<string, string> = new Map(
  Object.values(QUERY).map((name) => [name.toLowerCase(), name]),
)

const V2_PARAMETERS: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Signature'])

/**
 * Reads a claim.
 *
 * @param now decides the century of a two-digit year
 * @throws {@link VerificationError}
 */
export function readClaim(message: ReadMessage, options: ReadOptions, now: Date): Claim {
  const authorization = valueOf(message.headers, 'authorization')
  // Whatever a query could authenticate with has one of these in it, be it escaped.
  const parameters = /amz|signature|%/i.test(message.query) ? readParameters(message.query) : NO_PARAMETERS
  if (parameters.size > 0) return readPresigned(message, parameters, authorization, options)
  if (authorization) return readHeaderClaim(message, authorization, options, now)
  throw refuse('SIGNATURE_MISSING', 'The request carries no signature')
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

/** Signing parameters by their proper names, decoded; each may stand once, in its own spelling. */
function readParameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of parseQuery(query, 'plus')) {
    const proper = PARAMETERS.get(name.toLowerCase())
    if (proper === undefined && !V2_PARAMETERS.has(name)) continue
    if (proper !== undefined && (proper !== name || found.has(name))) {
      const facts = { mechanism: 'query', parameter: proper }
      throw refuse('QUERY_PARAMETER_MALFORMED', `${proper} stands twice or in another spelling`, facts)
    }
    found.set(name, decodeUri(value))
  }
  // A parameter named Signature alone is nobody's but the application's.
  const isV2 = found.has('AWSAccessKeyId') && found.has('Signature')
  if (!isV2) for (const name of V2_PARAMETERS) found.delete(name)
  return found
}

function readPresigned(
  message: ReadMessage,
  parameters: ReadonlyMap<string, string>,
  authorization: string | undefined,
  options: ReadOptions,
): Claim {
  const isV2 = parameters.has('AWSAccessKeyId')
  const isForeign = authorization !== undefined && !authorization.startsWith('AWS')
  const isHeaderIgnored = authorization === undefined || (isForeign && options.ignoreForeignAuthorization)
  if (!isHeaderIgnored || (isV2 && parameters.size > V2_PARAMETERS.size)) {
    const facts = { argumentName: 'Authorization' }
    throw refuse('MECHANISMS_SEVERAL', 'The request carries more than one authentication; send one', facts)
  }
  if (isV2) throw refuse('MECHANISM_UNSUPPORTED', 'SigV2 is not served here; sign with AWS4-HMAC-SHA256')
  return readQueryClaim(message, parameters, options)
}
