/**
 * Options of signing, and how the ones that are left out are filled in.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { Header } from '../core/canonical-headers.ts'
import type { PathEncoding } from '../core/canonical-path.ts'
import type { PlusMeaning } from '../core/canonical-query.ts'
import { X_AMZ_DATE } from '../core/names.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import type { DateReader } from './common-date.ts'
import type { SignHeaders } from './header-selection.ts'
import { headerValue } from './read-headers.ts'

/** What can be set for any signing, whoever signs. */
export interface SigningRules {
  /** Signing name of the service; by default read off the host. */
  readonly service?: string | undefined
  /** By default read off the host. A list, or a text with `*`, is a set of regions, which SigV4A alone can sign for. */
  readonly region?: string | readonly string[] | undefined
  /** SigV4 by default; `sigV4A` of `countersign/sigv4a`. */
  readonly algorithm?: SignatureAlgorithm | undefined
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
}

/** Options of {@link signRequest}. */
export interface SignOptions extends SigningRules {
  /** An access key with its secret, or with a signing key in its place. */
  readonly credentials: Credentials | KeyCredentials
  /** The signing instant; by default the request's own date header, else now. */
  readonly date?: Date | undefined
  /** SHA-256 of the body in hex, or a keyword such as `UNSIGNED-PAYLOAD`; by default the body is hashed. */
  readonly payloadHash?: string | undefined
  /** Whether a signing key must be of the request's day, or is kept whatever the date, with the day of its scope. */
  readonly keyDate?: 'match' | 'keep' | undefined
}

/** Options of {@link presignUrl}. */
export interface PresignOptions extends SignOptions {
  /** Lifetime in whole seconds, 1 to 604,800; 3600 by default. */
  readonly expiresIn?: number | undefined
  /** Headers that move into the query, `*` for any run of characters. None by default: S3 ignores some there. */
  readonly hoistHeaders?: readonly string[] | undefined
}

/** What a signing takes from its surroundings. */
export interface SigningHost {
  /** The clock, in milliseconds since 1970. */
  now(): number
  readonly readDate: DateReader
}

/**
 * The instant that the request's headers name, in milliseconds, else now. A date that cannot be read counts as none.
 * The headers of a request that was signed before are stale.
 */
export function resolveInstant(headers: readonly Header[], host: SigningHost): number {
  const now = host.now()
  if (headers.length === 0 || headerValue(headers, 'authorization') !== undefined) return now
  return findDate(headers, host.readDate, new Date(now))?.getTime() ?? now
}

/** What the headers say: `x-amz-date` before `date`, the first that can be read. */
export function findDate(headers: readonly Header[], readDate: DateReader, now: Date): Date | undefined {
  for (const name of [X_AMZ_DATE, 'date']) {
    const date = readDate(headerValue(headers, name) ?? '', now)
    if (date) return date
  }
  return undefined
}
