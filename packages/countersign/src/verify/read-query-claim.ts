/**
 * Reads the claim of a presigned URL.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html}
 * @module
 */
import { parseAmzDate } from '../core/amz-date.ts'
import { MAX_EXPIRES, QUERY, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { assembleClaim, type ReadOptions } from './assemble-claim.ts'
import type { Claim } from './claim.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { refuse } from './refusals.ts'

const EXPIRES = /^\d{1,6}$/

/**
 * Reads the parameters.
 *
 * @param parameters signing parameters of the query, decoded
 * @throws {@link VerificationError}
 */
export function readQueryClaim(
  message: ReadMessage,
  parameters: ReadonlyMap<string, string>,
  options: ReadOptions,
): Claim {
  const required = (name: string): string => {
    const value = parameters.get(name)
    if (value) return value
    throw refuse('QUERY_PARAMETER_MISSING', `The presigned URL has no ${name}`, {
      mechanism: 'query',
      parameter: name,
    })
  }
  const algorithmName = required(QUERY.algorithm)
  const credential = required(QUERY.credential)
  const signature = required(QUERY.signature)
  const amzDate = required(QUERY.date)
  const signedHeaders = required(QUERY.signedHeaders)
  const expires = required(QUERY.expires)
  const algorithm = options.algorithms.get(algorithmName)
  if (!algorithm) {
    throw refuse('ALGORITHM_UNSUPPORTED', 'X-Amz-Algorithm is not served here', { mechanism: 'query' })
  }
  const instant = parseAmzDate(amzDate)
  if (!instant) {
    throw refuse('DATE_INVALID', 'X-Amz-Date is not a date as YYYYMMDDTHHMMSSZ', { mechanism: 'query' })
  }
  return assembleClaim(message, options, {
    mechanism: 'query',
    algorithm,
    credential,
    signature,
    signedHeaders,
    amzDate,
    instant,
    expiresIn: readExpires(expires),
    sessionToken: readQueryToken(message, parameters),
    regionSet: readOnce(message, parameters, QUERY.regionSet),
    hashParameter: parameters.get(QUERY.contentSha256),
  })
}

function readExpires(text: string): number {
  const seconds = Number(EXPIRES.test(text) && text)
  if (seconds >= 1 && seconds <= MAX_EXPIRES) return seconds
  const facts = { mechanism: 'query', expires: text.slice(0, 40) }
  throw refuse('EXPIRES_INVALID', `X-Amz-Expires must be a number of seconds from 1 to ${MAX_EXPIRES}`, facts)
}

function readQueryToken(message: ReadMessage, parameters: ReadonlyMap<string, string>): string | undefined {
  const ofQuery = readOnce(message, parameters, QUERY.securityToken)
  return ofQuery ?? valueOf(message.headers, X_AMZ_SECURITY_TOKEN)
}

/** A parameter, unless a header of its name says the same or something else. */
function readOnce(
  { headers }: ReadMessage,
  parameters: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const value = parameters.get(name)
  if (value === undefined || valueOf(headers, name.toLowerCase()) === undefined) return value
  throw refuse('MECHANISMS_SEVERAL', `${name} stands in the URL and in a header; send one`)
}
