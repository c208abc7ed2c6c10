/**
 * Reads the claim of a message: one total classification, from the raw message to exactly one mechanism, algorithm
 * and payload mode, or an error.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html}
 * @module
 */
import { formatAmzDate, parseAmzDate } from '../core/amz-date.ts'
import { parseAuthorization } from '../core/authorization-header.ts'
import { parseQuery } from '../core/canonical-query.ts'
import { parseDate } from '../core/http-date.ts'
import { MAX_EXPIRES, QUERY, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { Claim } from './claim.ts'
import type { Limits } from './limits.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { readCredential } from './read-credential.ts'
import { readPayloadMode } from './read-payload-mode.ts'
import { readSignedHeaders } from './read-signed-headers.ts'
import { refuse } from './refusals.ts'

/** What reading depends on. */
export interface ReadOptions {
  /** Names of the algorithms that are served. */
  readonly algorithms: readonly string[]
  readonly limits: Limits
  readonly ignoreForeignAuthorization: boolean
}

const EXPIRES = /^[0-9]{1,6}$/
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
    throw refuse('MECHANISMS_SEVERAL', 'The request carries more than one authentication; send one')
  }
  if (isV2) throw unsupported('SigV2 in the query')
  return readQueryClaim(message, parameters, options)
}

function unsupported(what: string): Error {
  return refuse('MECHANISM_UNSUPPORTED', `${what} is not served here; sign with AWS4-HMAC-SHA256`, {
    scheme: what,
  })
}

function readHeaderClaim(
  message: ReadMessage,
  authorization: string,
  options: ReadOptions,
  now: Date,
): Claim {
  const { limits } = options
  if (authorization.length > limits.authorizationBytes) {
    throw refuse('LIMIT_EXCEEDED', `authorizationBytes is over ${limits.authorizationBytes}`)
  }
  const blank = authorization.search(/[ \t]/)
  const algorithm = blank < 0 ? authorization : authorization.slice(0, blank)
  if (!options.algorithms.includes(algorithm))
    throw unsupported(/^[A-Za-z0-9-]{1,40}$/.test(algorithm) ? algorithm : 'This scheme')
  const components = parseAuthorization(authorization.slice(algorithm.length))
  if ('fault' in components) {
    const { fault, component } = components
    throw refuse('AUTHORIZATION_MALFORMED', `A component of the Authorization header is ${fault}`, {
      fault,
      component,
    })
  }
  const { amzDate, instant } = readHeaderDate(message, now)
  const { credential, signedHeaders, signature } = components
  return assembleClaim(message, options, {
    mechanism: 'header',
    algorithm,
    credential,
    signedHeaders,
    signature,
    amzDate,
    instant,
    sessionToken: valueOf(message.headers, X_AMZ_SECURITY_TOKEN),
  })
}

/** The date that was read last: many requests are of one second. */
let lastDate: { readonly amzDate: string; readonly instant: Date } | undefined

function readHeaderDate({ headers }: ReadMessage, now: Date): { amzDate: string; instant: Date } {
  const amzDate = valueOf(headers, X_AMZ_DATE)
  if (amzDate !== undefined && amzDate === lastDate?.amzDate) return lastDate
  const instant = amzDate === undefined ? parseDate(valueOf(headers, 'date'), now) : parseAmzDate(amzDate)
  if (!instant)
    throw refuse('DATE_INVALID', 'The request needs an x-amz-date as YYYYMMDDTHHMMSSZ, or a valid Date')
  lastDate = { amzDate: amzDate ?? formatAmzDate(instant), instant }
  return lastDate
}

function readQueryClaim(
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
  const algorithm = required(QUERY.algorithm)
  const credential = required(QUERY.credential)
  const signature = required(QUERY.signature)
  const amzDate = required(QUERY.date)
  const signedHeaders = required(QUERY.signedHeaders)
  const expires = required(QUERY.expires)
  if (!options.algorithms.includes(algorithm)) {
    throw refuse('ALGORITHM_UNSUPPORTED', 'X-Amz-Algorithm is none of those served', { mechanism: 'query' })
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
    hashParameter: parameters.get(QUERY.contentSha256),
  })
}

function readExpires(text: string): number {
  const seconds = EXPIRES.test(text) ? Number(text) : NaN
  if (seconds >= 1 && seconds <= MAX_EXPIRES) return seconds
  const facts = { mechanism: 'query', expires: text.slice(0, 40) }
  throw refuse('EXPIRES_INVALID', `X-Amz-Expires must be a number of seconds from 1 to ${MAX_EXPIRES}`, facts)
}

function readQueryToken(
  { headers }: ReadMessage,
  parameters: ReadonlyMap<string, string>,
): string | undefined {
  const ofQuery = parameters.get(QUERY.securityToken)
  const ofHeader = valueOf(headers, X_AMZ_SECURITY_TOKEN)
  if (ofQuery !== undefined && ofHeader !== undefined) {
    throw refuse('MECHANISMS_SEVERAL', 'The session token stands in the URL and in a header; send one')
  }
  return ofQuery ?? ofHeader
}

/** The parts of either mechanism, still as text. */
interface Parts {
  readonly mechanism: Claim['mechanism']
  readonly algorithm: string
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  readonly amzDate: string
  readonly instant: Date
  readonly expiresIn?: number
  readonly sessionToken: string | undefined
  readonly hashParameter?: string | undefined
}

function assembleClaim(message: ReadMessage, { limits }: ReadOptions, parts: Parts): Claim {
  const { mechanism, algorithm, signature, amzDate, instant, sessionToken, expiresIn } = parts
  if (sessionToken !== undefined && sessionToken.length > limits.sessionTokenBytes) {
    throw refuse('LIMIT_EXCEEDED', `sessionTokenBytes is over ${limits.sessionTokenBytes}`)
  }
  const { accessKeyId, scope, scopeText } = readCredential(parts.credential, mechanism, limits)
  const rules = serviceRules(scope.service)
  const signedHeaders = readSignedHeaders(parts.signedHeaders, mechanism, limits)
  return {
    message,
    mechanism,
    algorithm,
    accessKeyId,
    scope,
    scopeText,
    rules,
    amzDate,
    instant,
    expiresIn,
    signedHeaders,
    signature,
    sessionToken,
    payload: readPayloadMode(message, mechanism, rules, signedHeaders, parts.hashParameter),
  }
}
