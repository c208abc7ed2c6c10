/**
 * Options of signing, and how the ones that are left out are filled in.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import type { PathEncoding } from '../core/canonical-path.ts'
import type { PlusMeaning } from '../core/canonical-query.ts'
import { parseDate } from '../core/http-date.ts'
import { X_AMZ_DATE } from '../core/names.ts'
import { inferScope } from '../core/service-hosts.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { SignHeaders } from './header-selection.ts'
import { headerValue } from './read-headers.ts'
import type { UrlParts } from './read-url.ts'

/** What can be set for any signing, whoever signs. */
export interface SigningRules {
  /** Signing name of the service; by default read off the host. */
  readonly service?: string | undefined
  /** By default read off the host. */
  readonly region?: string | undefined
  /** Which headers are signed; `minimal` by default, `sdk` in a presigned URL. */
  readonly signHeaders?: SignHeaders | undefined
  /** Whether dot segments and repeated slashes are taken out of the path; by default as the service does. */
  readonly normalizePath?: boolean | undefined
  /** How the path is encoded; by default as the service does. */
  readonly pathEncoding?: PathEncoding | undefined
  /** What a raw `+` in the URL's query stands for: a space unless said otherwise. It is never sent raw. */
  readonly plusInQuery?: PlusMeaning | undefined
  /** Whether the session token is signed, or added afterwards; by default as the service wants it. */
  readonly tokenPlacement?: 'signed' | 'after' | undefined
  /** Whether `x-amz-content-sha256` is sent; by default where the service needs it. */
  readonly contentSha256Header?: boolean | undefined
  /** Lets `UNSIGNED-PAYLOAD` through over plain http, where anybody on the way can change the body. */
  readonly allowUnsignedPayloadOverHttp?: boolean | undefined
  /** What becomes of date headers that cannot be read: they are replaced, or `DATE_INVALID` is thrown. */
  readonly invalidDate?: 'replace' | 'throw' | undefined
}

/** Options of {@link signRequest}. */
export interface SignOptions extends SigningRules {
  readonly credentials: Credentials | KeyCredentials
  /** The signing instant; by default the request's own date header, else now. */
  readonly date?: Date | undefined
  /** SHA-256 of the body in hex, or a keyword such as `UNSIGNED-PAYLOAD`; by default the body is hashed. */
  readonly payloadHash?: string | undefined
}

/** Options of {@link presignUrl}. */
export interface PresignOptions extends SignOptions {
  /** Lifetime in whole seconds, 1 to 604,800; 3600 by default. */
  readonly expiresIn?: number | undefined
  /** Headers that move into the query, `*` for any run of characters. None by default: S3 ignores some there. */
  readonly hoistHeaders?: readonly string[] | undefined
}

/** Where and for what a request is signed. */
export interface ResolvedScope {
  readonly service: string
  readonly region: string
}

/**
 * Service and region: those of a signing key, those given, or those that the host tells.
 *
 * @throws {@link SigningError} `SCOPE_UNKNOWN`, `SIGNING_KEY_SCOPE_MISMATCH`, `HOST_NOT_SIGNABLE`
 */
export function resolveScope(options: SignOptions, { host, path }: UrlParts): ResolvedScope {
  const key = 'signingKey' in options.credentials ? options.credentials.signingKey : undefined
  if (key) return scopeOfKey(key.scope, options)
  const { service, region } = options
  if (service && region) return { service, region }
  const inferred = inferScope(host, path)
  if (inferred?.algorithm && !region)
    throw scopeUnknown(host, 'needs SigV4A, which signs for a set of regions')
  const known = { service: service || inferred?.service, region: region || inferred?.region }
  if (!known.service || !known.region) throw scopeUnknown(host, `does not tell ${missing(known)}`)
  return { service: known.service, region: known.region }
}

function scopeOfKey(scope: ResolvedScope, { service, region }: SignOptions): ResolvedScope {
  if ((service && service !== scope.service) || (region && region !== scope.region)) {
    throw new SigningError(
      'SIGNING_KEY_SCOPE_MISMATCH',
      `The signing key is for ${scope.service} in ${scope.region} only; derive one for ${service ?? scope.service} in ${region ?? scope.region}`,
    )
  }
  return scope
}

function missing({ service, region }: { service: string | undefined; region: string | undefined }): string {
  return [!service && 'the service', !region && 'the region'].filter(Boolean).join(' and ')
}

function scopeUnknown(host: string, why: string): SigningError {
  return new SigningError('SCOPE_UNKNOWN', `The host ${host} ${why}: give both service and region`)
}

/**
 * The signing instant: the option, else what the request's headers say (`x-amz-date` before `date`), else now.
 * The headers of a request that was signed before are stale and not looked at.
 *
 * @throws {@link SigningError} `DATE_INVALID` where `invalidDate` is `throw`
 */
export function resolveDate(headers: readonly Header[], { date, invalidDate }: SignOptions, now: Date): Date {
  if (date) return date
  if (headerValue(headers, 'authorization') !== undefined) return now
  let isDated = false
  for (const name of [X_AMZ_DATE, 'date']) {
    const text = headerValue(headers, name)
    const parsed = text === undefined ? undefined : parseDate(text, now)
    if (parsed) return parsed
    isDated ||= text !== undefined
  }
  if (isDated && invalidDate === 'throw') {
    throw new SigningError('DATE_INVALID', 'Neither x-amz-date nor date of the request can be read as a date')
  }
  return now
}
