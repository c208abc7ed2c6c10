/**
 * The plan of a signing: everything that follows from the request and the options before anything is hashed.
 * The canonical form and the form on the wire are two outputs of this one plan.
 *
 * @module
 */
import { formatAmzDate } from '../core/amz-date.ts'
import { isText } from '../core/bytes.ts'
import type { Header } from '../core/canonical-headers.ts'
import { parseDate } from '../core/http-date.ts'
import { serviceRules, type ServiceRules } from '../core/service-rules.ts'
import { assertCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { ScopedKey } from '../keys/scoped-key.ts'
import type { HttpRequest, SigningWarning } from './http-request.ts'
import { planPath, planQuery } from './plan-target.ts'
import { readHeaders, TOKEN } from './read-headers.ts'
import { readUrl, type UrlParts } from './read-url.ts'
import { resolveKey } from './resolve-key.ts'
import { resolveDate, type SignOptions } from './sign-options.ts'
import { collectWarnings } from './warnings.ts'

/** What is known of a request before its payload hash. */
export interface RequestPlan {
  readonly method: string
  readonly url: UrlParts
  /** Value of `Host`: the caller's own, else that of the URL. */
  readonly host: string
  /** Path as it is sent. */
  readonly wirePath: string
  readonly canonicalPath: string
  /** Query as it is sent, without `?`. */
  readonly wireQuery: string
  /** The caller's headers with lower-case names, without `host`, and without a `date` of another instant. */
  readonly headers: readonly Header[]
  readonly instant: Date
  /** The instant as `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  readonly key: ScopedKey
  readonly rules: ServiceRules
  readonly isTokenSigned: boolean
  readonly warnings: SigningWarning[]
}

/** The second that was written last: many requests are signed within it. */
let last = { second: NaN, amzDate: '' }

function writeInstant(instant: Date): string {
  const second = Math.floor(instant.getTime() / 1000)
  if (second !== last.second) last = { second, amzDate: formatAmzDate(instant) }
  return last.amzDate
}

/**
 * Plans a request. The caller's objects are only read.
 *
 * @param now the clock, for requests that neither the options nor their own headers date
 */
export function planRequest(
  request: HttpRequest<unknown>,
  options: SignOptions,
  now: () => Date,
): RequestPlan {
  const { credentials } = options
  assertCredentials(credentials)
  const url = readUrl(request.url)
  const headers = readHeaders(request.headers)
  const instant = resolveDate(headers, options, now)
  const amzDate = writeInstant(instant)
  const key = resolveKey(options, url, amzDate.slice(0, 8))
  const rules = serviceRules(key.scope.service)
  const { normalizePath = rules.normalizePath, pathEncoding = rules.pathEncoding } = options
  const [wirePath, canonicalPath] = planPath(url.path, { normalizePath, pathEncoding })
  return {
    method: readMethod(request.method),
    url,
    host: resolveHost(headers) ?? url.host,
    wirePath,
    canonicalPath,
    wireQuery: planQuery(url.query, options.plusInQuery ?? 'space'),
    headers: headers.filter((header) => header[0] !== 'host' && isOfInstant(header, instant)),
    instant,
    amzDate,
    key,
    rules,
    isTokenSigned: (options.tokenPlacement ?? rules.tokenPlacement) === 'signed',
    warnings: collectWarnings(credentials, wirePath, url.query, rules.plusInQuery === 'space'),
  }
}

function readMethod(method: string): string {
  if (isText(method, TOKEN)) return method.toUpperCase()
  throw new SigningError('METHOD_INVALID', 'The method must be a token')
}

function resolveHost(headers: readonly Header[]): string | undefined {
  const [first, second] = headers.filter(([name]) => name === 'host')
  if (second) throw new SigningError('HEADER_INVALID', 'There must be one Host header')
  return first?.[1].trim()
}

/** Whether a header goes with the instant: a `date` that tells another one, or none, does not. */
function isOfInstant([name, value]: Header, instant: Date): boolean {
  if (name !== 'date') return true
  const date = parseDate(value, instant)
  return date !== undefined && writeInstant(date) === writeInstant(instant)
}

/** The URL to be sent: what was signed, and nothing else. */
export function wireUrl({ url, wirePath }: RequestPlan, query: string): string {
  return `${url.scheme}://${url.host}${wirePath}${query && '?'}${query}`
}
