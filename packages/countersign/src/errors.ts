/**
 * The error tree. Everything that Countersign throws on purpose is a `CountersignError` with a
 * stable `code`; no message holds a secret, a token or a computed signature.
 *
 * @module
 */

/** What a {@link SigningError} can be about. The texts beside the codes become `docs/errors.md`. */
export type SigningErrorCode =
  /** A date is neither a `Date` in the years 1 to 9999 nor a text in one of the accepted formats. */
  | 'DATE_INVALID'
  /** The request's date is on another day than the signing key, and the key may not be replaced. */
  | 'DATE_MISMATCH'
  /** A credential scope is not `YYYYMMDD/region/service/aws4_request`. */
  | 'CREDENTIAL_SCOPE_MALFORMED'
  /** The signing key has no secret access key, and a new key has to be derived. */
  | 'SECRET_KEY_MISSING'
  /** An exported signing key cannot be read. */
  | 'SIGNING_KEY_INVALID'
  /** A signing key was made for another region or service than the one asked for. */
  | 'SIGNING_KEY_SCOPE_MISMATCH'
  /** Region or service is neither given nor known from the host. */
  | 'SCOPE_UNKNOWN'
  /** The host cannot be signed for (an S3 website endpoint). */
  | 'HOST_NOT_SIGNABLE'
  /** The URL is not an absolute URL with a usable host. */
  | 'URL_INVALID'
  /** The method is not an HTTP token. */
  | 'METHOD_INVALID'
  /** A header's name or value cannot be sent as it stands. */
  | 'HEADER_INVALID'
  /** A text holds half of a surrogate pair, which no encoding can carry. */
  | 'TEXT_INVALID'
  /** The body's type is not one that can be hashed here. */
  | 'BODY_UNSUPPORTED'
  /** The payload hash is neither a SHA-256 in hex nor a known keyword, or contradicts the body. */
  | 'PAYLOAD_HASH_INVALID'
  /** `UNSIGNED-PAYLOAD` over plain http was not allowed. */
  | 'PAYLOAD_UNSIGNED_OVER_HTTP'
  /** `expiresIn` is not a whole number of seconds from 1 to 604,800, or contradicts the URL. */
  | 'EXPIRY_INVALID'
  /** An option's value is not one of those documented. */
  | 'OPTION_INVALID'
  /** The HTTP client would send something else than what was signed. */
  | 'TRANSPORT_WOULD_ALTER'

/** What a {@link CredentialsError} can be about. */
export type CredentialsErrorCode =
  /** Credentials are missing a part, or a part is not a non-empty text. */
  | 'CREDENTIALS_INVALID'
  /** The credentials have expired, or die before a presigned URL would. */
  | 'CREDENTIALS_EXPIRED'
  /** The credentials provider threw; its error is the `cause`. */
  | 'CREDENTIALS_PROVIDER_FAILED'

/** Base of every error that Countersign throws on purpose. */
export class CountersignError extends Error {
  /** Stable name of the cause; safe to compare in code. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CountersignError'
    this.code = code
  }
}

/** A request cannot be signed as it was given. Nothing was sent and nothing was changed. */
export class SigningError extends CountersignError {
  declare readonly code: SigningErrorCode

  constructor(code: SigningErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'SigningError'
  }
}

/** Credentials could not be had, or are of no use any more. */
export class CredentialsError extends CountersignError {
  declare readonly code: CredentialsErrorCode

  constructor(code: CredentialsErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'CredentialsError'
  }
}
