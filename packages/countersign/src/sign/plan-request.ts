/**
 * The plan of a signing: everything that follows from the request and the options before anything is hashed.
 * The canonical form and the form on the wire are two outputs of this one plan.
 *
 * @module
 */
import type { SignerKey } from '../algorithms/algorithm.ts'
import { formatAmzDate } from '../core/amz-date.ts'
import { isText } from '../core/bytes.ts'
import { canonicalHeaderValue, type Header } from '../core/canonical-headers.ts'
import { serviceRules, type ServiceRules } from '../core/service-rules.ts'
import { assertCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { HttpRequest, SigningWarning } from './http-request.ts'
import { hasRepeatedName, planPath, planQuery, type PlannedPart } from './plan-target.ts'
import { headerValue, TOKEN } from './read-headers.ts'
import { readUrl, type UrlParts } from './read-url.ts'
import { resolveKey } from './resolve-key.ts'
import type { SignOptions } from './sign-options.ts'
import { credentialsWarnings } from './warnings.ts'

/** What is known of a request before its payload hash. */
export interface RequestPlan {
  readonly method: string
  readonly url: UrlParts
  /** Value of `Host` as it is signed: the caller's own, else that of the URL. */
  readonly host: string
  readonly path: PlannedPart
  /** Without `?`. */
  readonly query: PlannedPart
  /** The instant, in seconds since 1970. */
  readonly second: number
  /** The instant as `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  readonly key: SignerKey
  readonly rules: ServiceRules
  readonly isTokenSigned: boolean
  readonly warnings: SigningWarning[]
}

/** The second that was written last: many requests are signed within it. */
let last = { second: NaN, amzDate: '', day: '' }

function writeSecond(second: number): typeof last {
  if (second !== last.second) {
    const amzDate = formatAmzDate(new Date(second * 1000))
    last = { second, amzDate, day: amzDate.slice(0, 8) }
  }
  return last
}

/**
 * Plans a request. The caller's objects are only read.
 *
 * @param headers those of the request, as they were read
 * @param now the instant in milliseconds, unless the options name another
 */
export function planRequest(
  request: HttpRequest<unknown>,
  options: SignOptions,
  headers: readonly Header[],
  now: number,
): RequestPlan {
  const { credentials, date } = options
  assertCredentials(credentials)
  const url = readUrl(request.url)
  // What is no date becomes NaN, which has no written form.
  const instant = date ? Number(date instanceof Date ? date : NaN) : now
  const { second, amzDate, day } = writeSecond(Math.floor(instant / 1000))
  const key = resolveKey(options, url, day)
  const rules = serviceRules(key.scope.service)
  const { normalizePath = rules.normalizePath, pathEncoding = rules.pathEncoding } = options
  const warnings = credentialsWarnings(credentials)
  const path = planPath(url.path, { normalizePath, pathEncoding }, warnings)
  const query = planQuery(url.query, options.plusInQuery ?? 'space', warnings)
  if (rules.plusInQuery === 'space' && hasRepeatedName(query.canonical)) {
    warnings.push('DUPLICATE_QUERY_NAMES')
  }
  return {
    method: readMethod(request.method),
    url,
    host: resolveHost(headers) ?? url.host,
    path,
    query,
    second,
    amzDate,
    key,
    rules,
    isTokenSigned: (options.tokenPlacement ?? rules.tokenPlacement) !== 'after',
    warnings,
  }
}

/** The method in upper case, as it is sent. */
export function readMethod(method: string): string {
  // GET is the usual one, and is as it should be.
  if (method === 'GET') return method
  if (isText(method, TOKEN)) return method.toUpperCase()
  throw new SigningError('METHOD_INVALID', 'The method must be a token')
}

/** The Host header that the caller gives, as it is signed. */
export function resolveHost(headers: readonly Header[]): string | undefined {
  if (headers.length === 0) return undefined
  const host = headerValue(headers, 'host')
  if (host === headerValue(headers.toReversed(), 'host')) return host && canonicalHeaderValue(host)
  throw new SigningError('HEADER_INVALID', 'There must be one Host header')
}

/** The URL to be sent: what was signed, and nothing else. */
export function wireUrl({ url, path }: RequestPlan, query: string): string {
  return `${url.scheme}://${url.host}${path.wire}${query && '?'}${query}`
}
