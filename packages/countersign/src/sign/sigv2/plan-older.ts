/**
 * The plan of a signing before version 4: what follows from the request before anything is signed. These versions sign
 * the path and the query as they are sent.
 *
 * @module
 */
import { X_AMZN_AUTHORIZATION } from '../../algorithms/sigv3.ts'
import { isWritable } from '../../core/amz-date.ts'
import type { Header } from '../../core/canonical-headers.ts'
import { parseDate } from '../../core/http-date.ts'
import { X_AMZ_DATE, X_AMZ_SECURITY_TOKEN } from '../../core/names.ts'
import { assertCredentials } from '../../credentials/credentials.ts'
import { SigningError } from '../../errors.ts'
import type { HttpRequest, SigningWarning } from '../http-request.ts'
import { readMethod, resolveHost } from '../plan-request.ts'
import { planPath, planQuery } from '../plan-target.ts'
import { headerValue, readHeaders } from '../read-headers.ts'
import { readUrl, type UrlParts } from '../read-url.ts'
import { credentialsWarnings } from '../warnings.ts'
import type { OlderSignOptions } from './signed-request.ts'

/** A request in its parts, as they are sent. */
export interface OlderPlan {
  readonly method: string
  readonly url: UrlParts
  /** Value of `Host`: the caller's own, else that of the URL. */
  readonly host: string
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** Those of the caller that no signature brings along; dates are among them. */
  readonly given: readonly Header[]
  readonly instant: Date
  /** Whether the dates among the headers are not to be used: another one was asked for, or they are of an earlier signature. */
  readonly isDatedAnew: boolean
  readonly warnings: SigningWarning[]
}

const SIGNATURES: ReadonlySet<string> = new Set(['authorization', X_AMZN_AUTHORIZATION])
/** What a signature brings along, beside itself. */
const REPLACED: ReadonlySet<string> = new Set(['host', X_AMZ_SECURITY_TOKEN])
const DATES: ReadonlySet<string> = new Set([X_AMZ_DATE, 'date'])
const VERBATIM = { normalizePath: false, pathEncoding: 'verbatim' } as const

/**
 * Plans a request. The caller's objects are only read.
 *
 * @throws {@link SigningError} `SECRET_KEY_MISSING`, `URL_INVALID`, `METHOD_INVALID`, `HEADER_INVALID`, `DATE_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function planOlder(request: HttpRequest<unknown>, options: OlderSignOptions): OlderPlan {
  const { credentials, date } = options
  const instant = date ?? new Date()
  assertCredentials(credentials)
  if (!credentials.secretAccessKey) {
    const why = 'Versions before 4 have no derived keys; give the secret access key'
    throw new SigningError('SECRET_KEY_MISSING', why)
  }
  if (!(instant instanceof Date && isWritable(instant))) {
    throw new SigningError('DATE_INVALID', 'The date must be a valid Date')
  }
  const headers = readHeaders(request.headers)
  const url = readUrl(request.url)
  const warnings = credentialsWarnings(credentials)
  return {
    method: readMethod(request.method),
    url,
    host: resolveHost(headers) ?? url.host,
    path: planPath(url.path, VERBATIM, warnings).wire,
    query: planQuery(url.query, 'space', warnings).wire,
    given: headers.filter(([name]) => !REPLACED.has(name) && !SIGNATURES.has(name)),
    instant,
    isDatedAnew: date !== undefined || headers.some(([name]) => SIGNATURES.has(name)),
    warnings,
  }
}

/** The headers to sign, with the host, exactly one date and the token. */
export interface DatedHeaders {
  readonly headers: Header[]
  /** The date as it is written. */
  readonly date: string
}

/**
 * Completes the headers of a signature that stands in a header itself. A date that the caller has written is kept as it
 * stands, save where the options name another or the request was signed before; else `x-amz-date` is set, since
 * browsers do not let anybody set `date`.
 */
export function dateHeaders(
  { given, host, instant, isDatedAnew }: OlderPlan,
  { credentials: { sessionToken } }: OlderSignOptions,
): DatedHeaders {
  const kept = isDatedAnew ? undefined : findWrittenDate(given, instant)
  const [name, text] = kept ?? [X_AMZ_DATE, instant.toUTCString()]
  const others = given.filter((header) => !DATES.has(header[0]))
  const token: Header[] = sessionToken ? [[X_AMZ_SECURITY_TOKEN, sessionToken]] : []
  return { headers: [['host', host], [name, text], ...token, ...others], date: text }
}

function findWrittenDate(given: readonly Header[], now: Date): Header | undefined {
  for (const name of DATES) {
    const text = headerValue(given, name)
    if (text !== undefined && parseDate(text, now)) return [name, text]
  }
  return undefined
}

/** The URL to be sent. */
export function urlOf({ url, path }: OlderPlan, query: string): string {
  return `${url.scheme}://${url.host}${path}${query && '?'}${query}`
}
