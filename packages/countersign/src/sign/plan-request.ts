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
import { SigningError } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import type { HttpRequest, SigningWarning } from './http-request.ts'
import { readHeaders } from './read-headers.ts'
import { pathRules, planPath, planQuery, readUrl, type UrlParts } from './read-url.ts'
import { resolveSigningKey } from './resolve-key.ts'
import { resolveDate, resolveScope, type SignOptions } from './sign-options.ts'
import { credentialWarnings, urlWarnings } from './warnings.ts'

/** What is known of a request before its payload hash. */
export interface RequestPlan {
  readonly method: string
  readonly url: UrlParts
  /** Value of `Host`: the caller's own header, else that of the URL. */
  readonly host: string
  /** Path as it is sent. */
  readonly wirePath: string
  readonly canonicalPath: string
  /** Query as it is sent, without `?`. */
  readonly wireQuery: string
  /** The caller's headers with lower-case names, without `host` and a `date` that cannot be read. */
  readonly headers: readonly Header[]
  readonly instant: Date
  readonly amzDate: string
  readonly accessKeyId: string
  readonly key: SigningKey
  readonly rules: ServiceRules
  readonly isTokenSigned: boolean
  readonly warnings: readonly SigningWarning[]
}

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Plans a request. The caller's objects are only read. */
export function planRequest(request: HttpRequest<unknown>, options: SignOptions, now: Date): RequestPlan {
  const url = readUrl(request.url)
  const given = readHeaders(request.headers)
  const scope = resolveScope(options, url)
  const rules = serviceRules(scope.service)
  const instant = resolveDate(given, options, now)
  const amzDate = formatAmzDate(instant)
  const plusInQuery = options.plusInQuery ?? 'space'
  const path = planPath(url.path, pathRules(rules, options))
  return {
    method: readMethod(request.method),
    url,
    host: readHost(given) ?? url.host,
    wirePath: path.wire,
    canonicalPath: path.canonical,
    wireQuery: planQuery(url.query, plusInQuery),
    headers: given.filter((header) => isNotHost(header) && isReadable(header, now)),
    instant,
    amzDate,
    accessKeyId: options.credentials.accessKeyId,
    key: resolveSigningKey(options.credentials, amzDate.slice(0, 8), scope),
    rules,
    isTokenSigned: (options.tokenPlacement ?? rules.tokenPlacement) === 'signed',
    warnings: [
      ...credentialWarnings(options.credentials),
      ...urlWarnings(path.wire, url.query, plusInQuery, rules.plusInQuery === 'space'),
    ],
  }
}

function isNotHost([name]: Header): boolean {
  return name !== 'host'
}

function isReadable([name, value]: Header, now: Date): boolean {
  return name !== 'date' || parseDate(value, now) !== undefined
}

/** Whether a header may be signed beside the instant: a `date` that tells another one may not. */
export function isOfInstant([name, value]: Header, instant: Date): boolean {
  return name !== 'date' || formatAmzDate(parseDate(value, instant) ?? instant) === formatAmzDate(instant)
}

function readMethod(method: string): string {
  if (typeof method === 'string' && METHOD.test(method)) return method.toUpperCase()
  throw new SigningError('METHOD_INVALID', 'The method must be an HTTP token such as GET')
}

function readHost(headers: readonly Header[]): string | undefined {
  const hosts = headers.filter((header) => !isNotHost(header))
  if (hosts.length > 1) throw new SigningError('HEADER_INVALID', 'A request has one Host header, not several')
  return hosts[0]?.[1].trim()
}

/** The URL to be sent: what was signed, and nothing else. */
export function wireUrl({ url, wirePath }: RequestPlan, query: string): string {
  return `${url.scheme}://${url.host}${wirePath}${query && '?'}${query}`
}
