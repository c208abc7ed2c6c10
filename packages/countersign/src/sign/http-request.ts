/**
 * The request that a signer is given, and what comes back.
 *
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import type { CredentialScope } from '../core/credential-scope.ts'

/** A value of a header. */
export type HeaderValue = string | number | readonly string[] | undefined

/** Headers as a list of pairs, as `Headers`, or as an object. `undefined` values are left out. */
export type HeadersLike = Iterable<readonly [string, string]> | { readonly [name: string]: HeaderValue }

/** Bodies whose bytes are at hand. */
export type SyncBody = string | ArrayBuffer | ArrayBufferView | URLSearchParams | undefined

/** Bodies of every kind that can be sent. */
export type Body = SyncBody | Blob | FormData | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A body as a signed request carries it: the bytes that were hashed, or a stream that was not. */
export type SignedBody = Bytes | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A request to be signed. */
export interface HttpRequest<B = Body> {
  /** In any case: it is signed and sent in capitals. */
  readonly method: string
  /** Absolute URL. A string is taken raw; of a `URL` the dot segments are already gone. */
  readonly url: string | URL
  /** A list, an object, `Headers`, a `Map`: whatever gives names and values. */
  readonly headers?: HeadersLike | undefined
  /** What is hashed, and handed back as the bytes that were. */
  readonly body?: B | undefined
}

/** Something the caller should know; the signature is good all the same. */
export type SigningWarning =
  /** A raw `+` in the query was rewritten: write `%20` or `%2B`, or set `plusInQuery`. */
  | 'PLUS_REWRITTEN'
  /** A query name stands twice. All are signed, but S3 is reported to use the first only. */
  | 'DUPLICATE_QUERY_NAMES'
  /** The path has dot segments: fetch and most URL classes take them out, and the signature then fails. */
  | 'DOT_SEGMENTS'
  /** The secret access key has a blank, a line end or a `%`: was it copied whole and undecoded? */
  | 'SECRET_HAS_ODD_CHARACTERS'
  /** The key id starts with `AKIA` and so belongs to a long-term key, but a session token came with it. */
  | 'TOKEN_WITH_LONG_TERM_KEY'
  /** The credentials die before the URL would; see `expiresAt`. */
  | 'EXPIRY_CLAMPED'

/** The steps that led to a signature. */
export interface SigningSteps {
  /** What was hashed. It holds the session token, if there is one. */
  readonly canonicalRequest: string
  /** What was signed: algorithm, instant, scope, and the hash of the canonical request. */
  readonly stringToSign: string
  /** Lower-case hex: 64 digits, or the DER form of SigV4A. */
  readonly signature: string
  /** For which day, region and service the signature holds. */
  readonly scope: CredentialScope
  /** Lower-case names, sorted. */
  readonly signedHeaders: string[]
  /** What is signed and may still not be what was meant. */
  readonly warnings: readonly SigningWarning[]
}

/** A request that is ready to be sent: `fetch(signed.url, signed)`. */
export interface SignedRequest<B = Bytes> extends SigningSteps {
  /** Upper case. */
  readonly method: string
  /** Exactly what was signed; to be sent as it is. */
  readonly url: string
  /** In the order of the wire, lower-case names, repeats kept, `host` included. */
  readonly headers: [name: string, value: string][]
  /** The bytes that were hashed; absent when there is no body. */
  readonly body?: B
}

/** A URL that carries its signature. */
export interface PresignedUrl extends SigningSteps {
  /** Upper case; the URL is good for no other one. */
  readonly method: string
  /** To be used exactly as it is. */
  readonly url: string
  /** Headers that are signed and must be sent with the URL, as they stand here. */
  readonly headers: [name: string, value: string][]
  /** When the URL stops working: its own expiry, or that of the credentials if they die first. */
  readonly expiresAt: Date
}
