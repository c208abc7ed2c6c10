/**
 * The plan of a signing: everything that follows from the request and the options before anything is hashed.
 * The canonical form and the form on the wire are two outputs of this one plan.
 *
 * @module
 */
import { formatAmzDate } from '../core/amz-date.ts'
import type { Header } from '../core/canonical-headers.ts'
import { parseDate } from '../core/http-date.ts'
import { serviceRules, type ServiceRules } from '../core/service-rules.ts'
import { assertCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import type { HttpRequest, SigningWarning } from './http-request.ts'
import { planPath, planQuery, resolvePathRules } from './plan-target.ts'
import { readHeaders } from './read-headers.ts'
import { readUrl, type UrlParts } from './read-url.ts'
import { resolveSigningKey } from './resolve-key.ts'
import { resolveDate, resolveScope, type SignOptions } from './sign-options.ts'
import { collectWarnings } from './warnings.ts'

/** What is known of a request before its payload hash. */
export interface RequestPlan {
  readonly method: string
  readonly url: UrlParts
  /** `Host`: the caller's own header, else that of the URL. */
  readonly host: Header
  /** Path as it is sent. */
  readonly wirePath: string
  readonly canonicalPath: string
  /** Query as it is sent, without `?`. */
  readonly wireQuery: string
  /** The caller's headers with lower-case names, without `host` and a `date` that cannot be read. */
  readonly headers: readonly Header[]
  readonly instant: Date
  /** The instant as `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  readonly key: SigningKey
  readonly rules: ServiceRules
  readonly isTokenSigned: boolean
  readonly warnings: readonly SigningWarning[]
}

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** The second that was written last: many requests are signed within it. */
let lastInstant = { second: NaN, amzDate: '', day: '' }

function writeInstant(instant: Date): typeof lastInstant {
  const second = Math.floor(instant.getTime() / 1000)
  if (second !== lastInstant.second) {
    const amzDate = formatAmzDate(instant)
    lastInstant = { second, amzDate, day: amzDate.slice(0, 8) }
  }
  return lastInstant
}

/**
 * Plans a request. The caller's objects are only read.
 *
 * @param now the clock, for requests that neither the options nor their own headers date
 */
export function planRequest(request: HttpRequest<unknown>, options: SignOptions, now: () => Date): RequestPlan {
  assertCredentials(options.credentials)
  const url = readUrl(request.url)
  const given = readHeaders(request.headers)
  const scope = resolveScope(options, url)
  const rules = serviceRules(scope.service)
  const instant = resolveDate(given, options, now)
  const { amzDate, day } = writeInstant(instant)
  const path = planPath(url.path, resolvePathRules(rules, options))
  return {
    method: readMethod(request.method),
    url,
    host: given.length === 0 ? ['host', url.host] : resolveHost(given, url),
    wirePath: path.wire,
    canonicalPath: path.canonical,
    wireQuery: planQuery(url.query, options.plusInQuery ?? 'space'),
    headers: given.length === 0 ? given : given.filter((header) => isKept(header, instant)),
    instant,
    amzDate,
    key: resolveSigningKey(options.credentials, day, scope, options.keyDate),
    rules,
    isTokenSigned: (options.tokenPlacement ?? rules.tokenPlacement) === 'signed',
    warnings: collectWarnings(options, path.wire, url.query, rules.plusInQuery === 'space'),
  }
}

function readMethod(method: string): string {
  if (method === 'GET' || method === 'POST') return method
  if (typeof method === 'string' && METHOD.test(method)) return method.toUpperCase()
  throw new SigningError('METHOD_INVALID', 'The method must be a token such as GET')
}

function resolveHost(headers: readonly Header[], url: UrlParts): Header {
  const [first, second] = headers.filter(([name]) => name === 'host')
  if (second) throw new SigningError('HEADER_INVALID', 'There is more than one Host header')
  return ['host', first ? first[1].trim() : url.host]
}

function isKept([name, value]: Header, instant: Date): boolean {
  return name !== 'host' && (name !== 'date' || parseDate(value, instant) !== undefined)
}

/** Whether a header may be signed beside the instant: a `date` that tells another one may not. */
export function isOfInstant([name, value]: Header, { instant, amzDate }: RequestPlan): boolean {
  return name !== 'date' || formatAmzDate(parseDate(value, instant) ?? instant) === amzDate
}

/** The URL to be sent: what was signed, and nothing else. */
export function wireUrl({ url, wirePath }: RequestPlan, query: string): string {
  return `${url.scheme}://${url.host}${wirePath}${query && '?'}${query}`
}
