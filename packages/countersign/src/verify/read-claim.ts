/**
 * Reads the claim of a message: one total classification, from the raw message to exactly one mechanism, algorithm
 * and payload mode, or an error.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html}
 * @module
 */
import { formatAmzDate, parseAmzDate } from '../core/amz-date.ts'
import { parseAuthorization } from '../core/authorization-header.ts'
import { formatCredentialScope } from '../core/credential-scope.ts'
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
  /** The clock, for the century of two-digit years. */
  readonly now: Date
}

const EXPIRES = /^[0-9]{1,6}$/
const PARAMETERS: ReadonlyMap<string, string> = new Map(
  Object.values(QUERY).map((name) => [name.toLowerCase(), name]),
)

/**
 * Reads a claim.
 *
 * @throws {@link VerificationError}
 */
export function readClaim(message: ReadMessage, options: ReadOptions): Claim {
  const parameters = readParameters(message)
  const authorization = valueOf(message.headers, 'authorization')
  const isForeign = authorization !== undefined && !/^AWS/.test(authorization)
  const isPresigned = parameters.size > 0
  const isV2 = isV2Query(message)
  const hasHeader =
    authorization !== undefined && !(isForeign && isPresigned && options.ignoreForeignAuthorization)
  if (Number(hasHeader) + Number(isPresigned) + Number(isV2) > 1) {
    throw refuse('MECHANISMS_SEVERAL', 'The request carries more than one authentication; send one')
  }
  if (isV2) throw unsupported('SigV2 in the query')
  if (isPresigned) return readQueryClaim(message, parameters, options)
  if (authorization) return readHeaderClaim(message, authorization, options)
  throw refuse('SIGNATURE_MISSING', 'The request carries no signature')
}

/** Signing parameters by their proper names, decoded; each may stand once, in its own spelling. */
function readParameters({ pairs }: ReadMessage): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of pairs) {
    const proper = PARAMETERS.get(name.toLowerCase())
    if (proper === undefined) continue
    if (proper !== name || found.has(name)) {
      throw refuse('QUERY_PARAMETER_MALFORMED', `${proper} stands twice or in another spelling`, {
        mechanism: 'query',
        parameter: proper,
      })
    }
    found.set(name, decodeUri(value))
  }
  return found
}

function isV2Query({ pairs }: ReadMessage): boolean {
  const names = new Set(pairs.map(([name]) => name))
  return names.has('AWSAccessKeyId') && names.has('Signature')
}

function unsupported(what: string): Error {
  return refuse('MECHANISM_UNSUPPORTED', `${what} is not served here; sign with AWS4-HMAC-SHA256`, {
    scheme: what,
  })
}

function readHeaderClaim(message: ReadMessage, authorization: string, options: ReadOptions): Claim {
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
  const { amzDate, instant } = readHeaderDate(message, options.now)
  return assembleClaim(message, options, {
    mechanism: 'header',
    algorithm,
    ...components,
    amzDate,
    instant,
    sessionToken: valueOf(message.headers, X_AMZ_SECURITY_TOKEN),
  })
}

function readHeaderDate({ headers }: ReadMessage, now: Date): { amzDate: string; instant: Date } {
  const amzDate = valueOf(headers, X_AMZ_DATE)
  const date = amzDate === undefined ? parseDate(valueOf(headers, 'date'), now) : parseAmzDate(amzDate)
  if (date) return { amzDate: amzDate ?? formatAmzDate(date), instant: date }
  throw refuse('DATE_INVALID', 'The request needs an x-amz-date as YYYYMMDDTHHMMSSZ, or a valid Date')
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
  const { accessKeyId, scope } = readCredential(parts.credential, mechanism, limits)
  const rules = serviceRules(scope.service)
  const signedHeaders = readSignedHeaders(parts.signedHeaders, mechanism, limits)
  return {
    message,
    mechanism,
    algorithm,
    accessKeyId,
    scope,
    scopeText: formatCredentialScope(scope),
    rules,
    amzDate,
    instant,
    signedHeaders,
    signature,
    sessionToken,
    payload: readPayloadMode(message, mechanism, rules, signedHeaders, parts.hashParameter),
    ...(expiresIn === undefined ? {} : { expiresIn }),
  }
}
