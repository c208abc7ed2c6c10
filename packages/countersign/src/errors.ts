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
  /** The request is for several regions, or for a host that takes SigV4A alone, and no such algorithm was given. */
  | 'SIGV4A_REQUIRED'
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
  /** The query cannot be signed with version 2: a name stands twice, or a value reads like one more parameter. */
  | 'QUERY_NOT_SIGNABLE'
  /** The body's type is not one that can be hashed here. */
  | 'BODY_UNSUPPORTED'
  /** The payload hash is neither a SHA-256 in hex nor a known keyword, or contradicts the body. */
  | 'PAYLOAD_HASH_INVALID'
  /** The length of a stream is not known, and chunks cannot be signed without it. */
  | 'BODY_LENGTH_UNKNOWN'
  /** A stream is shorter or longer than the length that was signed. */
  | 'BODY_LENGTH_MISMATCH'
  /** A stream can be sent once only, and was to be sent again. */
  | 'BODY_NOT_REPEATABLE'
  /** `UNSIGNED-PAYLOAD` over plain http was not allowed. */
  | 'PAYLOAD_UNSIGNED_OVER_HTTP'
  /** The payload of an event is longer than what event streams can carry. */
  | 'EVENT_TOO_LARGE'
  /** An event was to be signed after the end of its stream. */
  | 'EVENT_STREAM_ENDED'
  /** A field of an upload form stands twice, is the signer's own, or cannot be sent as it stands. */
  | 'FORM_FIELD_INVALID'
  /** A condition of a POST policy has none of the documented forms. */
  | 'CONDITION_INVALID'
  /** A field of an upload form can never meet a condition of its policy. */
  | 'CONDITION_CONTRADICTED'
  /** `expiresIn` is not a whole number of seconds from 1 to 604,800, or contradicts the URL. */
  | 'EXPIRY_INVALID'
  /** An option's value is not one of those documented. */
  | 'OPTION_INVALID'
  /** The HTTP client would send something else than what was signed. */
  | 'TRANSPORT_WOULD_ALTER'
  /** A private or public key cannot be read, or is of another kind than the one needed. */
  | 'KEY_INVALID'
  /** A policy lacks a part, has one that is not known, or one that cannot be read. */
  | 'POLICY_INVALID'
  /** A time is neither a `Date` nor whole epoch seconds: most often milliseconds, or seconds taken for them. */
  | 'EPOCH_TIME_INVALID'
  /** An IP address or a range of them cannot be read. */
  | 'IP_RANGE_INVALID'
  /** The URL has a parameter that its signature would add. */
  | 'URL_ALREADY_SIGNED'
  /** The URL is not among those that its policy opens. */
  | 'URL_OUTSIDE_POLICY'
  /** A service wants a kind of signature that was not passed in as one of `algorithms`. */
  | 'ALGORITHM_MISSING'
  /** There is no such kind of signature, or none of those that an endpoint offers is known. */
  | 'AUTH_SCHEME_UNKNOWN'
  /** This kind of signature has no presigned URLs, or no upload forms. */
  | 'PRESIGN_UNSUPPORTED'
  /** The URL names no directory bucket of S3 Express, to get a session of. */
  | 'BUCKET_UNKNOWN'
  /** A bearer token, or the keys of a session, would go over plain http to another machine. */
  | 'PLAIN_HTTP_REFUSED'
  /** The runtime has no WebCrypto (browsers offer it to https pages alone), or one that lacks this kind of signature. */
  | 'WEBCRYPTO_UNAVAILABLE'

/** What a {@link CredentialsError} can be about. */
export type CredentialsErrorCode =
  /** Credentials are missing a part, or a part is not a non-empty text. */
  | 'CREDENTIALS_INVALID'
  /** The credentials have expired, or die before a presigned URL would. */
  | 'CREDENTIALS_EXPIRED'
  /** The credentials provider threw; its error is the `cause`. */
  | 'CREDENTIALS_PROVIDER_FAILED'
  /** There are no credentials in any of the places that were looked at; the message names each, and what it lacks. */
  | 'CREDENTIALS_NOT_FOUND'
  /** A source of a chain has credentials that cannot be had or used, and none behind it may stand in for them. */
  | 'CREDENTIALS_CHAIN_FAILED'
  /** The file is not one of the CSV files of the IAM console, or has no or several access keys. */
  | 'CREDENTIALS_FILE_INVALID'
  /** The package with AWS's own chain of credentials is not installed. */
  | 'AWS_CHAIN_MISSING'
  /** STS gave no temporary credentials; its own code is in `awsCode`. */
  | 'STS_REFUSED'
  /** STS could not be reached, took too long, or is overloaded. */
  | 'STS_UNAVAILABLE'
  /** The answer is not one of STS's, or has no usable credentials. */
  | 'STS_REPLY_INVALID'
  /** A bearer token is empty, or cannot stand in a header. */
  | 'BEARER_TOKEN_INVALID'
  /** A bearer token has expired. */
  | 'BEARER_TOKEN_EXPIRED'
  /** The provider of bearer tokens threw; its error is the `cause`. */
  | 'BEARER_TOKEN_PROVIDER_FAILED'
  /** S3 refused a session for a directory bucket. */
  | 'SESSION_REFUSED'
  /** S3 could not be reached for a session, took too long, or is overloaded. */
  | 'SESSION_UNAVAILABLE'
  /** What was answered is no session, or one that is over. */
  | 'SESSION_INVALID'

/** What a {@link VerificationError} can be about, in the order of the checks. */
export type VerificationErrorCode =
  /** The message is not one that HTTP allows: target, method or a header is malformed, or stands twice. */
  | 'REQUEST_MALFORMED'
  /** A part of the head is over its limit. */
  | 'LIMIT_EXCEEDED'
  /** The request carries no signature. */
  | 'SIGNATURE_MISSING'
  /** The request carries more than one signature, or one beside a foreign Authorization header. */
  | 'MECHANISMS_SEVERAL'
  /** The Authorization header is one of AWS's that is not served here: SigV2, or an algorithm that was not passed in. */
  | 'MECHANISM_UNSUPPORTED'
  /** The Authorization header is not one of AWS's, or has nothing behind its scheme. */
  | 'SCHEME_UNKNOWN'
  /** `X-Amz-Algorithm` is none of those served. */
  | 'ALGORITHM_UNSUPPORTED'
  /** The Authorization header, or one of its components, cannot be read. */
  | 'AUTHORIZATION_MALFORMED'
  /** A parameter of the presigned URL is missing. */
  | 'QUERY_PARAMETER_MISSING'
  /** A signing parameter stands twice in the URL, or is spelt in another case. */
  | 'QUERY_PARAMETER_MALFORMED'
  /** The credential is not an access key id with a scope. */
  | 'CREDENTIAL_MALFORMED'
  /** The list of signed headers is empty, unsorted, repeats a name or has one in upper case. */
  | 'SIGNED_HEADERS_MALFORMED'
  /** A signature of SigV4A names no regions, or its `x-amz-region-set` is not a list of them. */
  | 'REGION_SET_INVALID'
  /** The request has no date, or one that cannot be read. */
  | 'DATE_INVALID'
  /** `X-Amz-Expires` is not a number of seconds from 1 to 604,800. */
  | 'EXPIRES_INVALID'
  /** `x-amz-content-sha256` is missing where the service needs it. */
  | 'PAYLOAD_HASH_MISSING'
  /** `x-amz-content-sha256` is neither a hash nor a keyword, or contradicts the URL. */
  | 'PAYLOAD_HASH_INVALID'
  /** The scope's date is not that of the request. */
  | 'SCOPE_DATE_MISMATCH'
  /** The request was signed for a region, or a set of regions, that is not served here. */
  | 'SCOPE_REGION_WRONG'
  /** The request was signed for a service that is not served here. */
  | 'SCOPE_SERVICE_WRONG'
  /** The request's date is too far from the server's clock. */
  | 'CLOCK_SKEWED'
  /** The presigned URL's time is over. */
  | 'EXPIRED'
  /** The presigned URL is dated in the future. */
  | 'NOT_YET_VALID'
  /** A header that must be signed is not. */
  | 'HEADERS_NOT_SIGNED'
  /** A header that was signed is not there. */
  | 'SIGNED_HEADER_MISSING'
  /** No such access key. */
  | 'KEY_UNKNOWN'
  /** The access key's time is over. */
  | 'KEY_EXPIRED'
  /** The time of the temporary key that came with its session token is over. */
  | 'TOKEN_EXPIRED'
  /** The signature does not have the form of its algorithm: 64 lower-case hex digits for SigV4, DER in such for SigV4A, base64 of 20 or 32 bytes for SigV2. */
  | 'SIGNATURE_MALFORMED'
  /** The signature is not that of this request by this key. */
  | 'SIGNATURE_MISMATCH'
  /** A temporary key came without its session token. */
  | 'TOKEN_MISSING'
  /** The session token is not that of the key, or the key has none. */
  | 'TOKEN_INVALID'
  /** The body is chunked in a way that is not served here. */
  | 'PAYLOAD_MODE_UNSUPPORTED'
  /** The body is not signed, and has to be. */
  | 'PAYLOAD_UNSIGNED'
  /** A chunked body came without `x-amz-decoded-content-length`. */
  | 'DECODED_LENGTH_MISSING'
  /** The trailers of a chunked body are not those declared, are not allowed here, or cannot be read. */
  | 'TRAILER_MALFORMED'
  /** `x-amz-trailer` declares a trailer that is not taken here. */
  | 'TRAILER_UNSUPPORTED'
  /** The metadata of an object is more than what is taken. */
  | 'METADATA_TOO_LARGE'
  /** `Content-MD5` is not the base64 of 16 bytes. */
  | 'CONTENT_MD5_INVALID'
  /** An `x-amz-checksum-*` header does not have the form of its checksum. */
  | 'CHECKSUM_INVALID'
  /** An `x-amz-checksum-*` header is of a kind that is not verified here. */
  | 'CHECKSUM_UNSUPPORTED'
  /** The request carries more than one checksum, be it one in a header and one in a trailer. */
  | 'CHECKSUMS_SEVERAL'
  /** The body is longer than what is taken. */
  | 'BODY_TOO_LARGE'
  /** The body is not as long as the signed Content-Length says. */
  | 'BODY_LENGTH_MISMATCH'
  /** The body is not the one that was signed. */
  | 'PAYLOAD_MISMATCH'
  /** A chunked body, or a stream of events, is not framed as such. */
  | 'CHUNK_MALFORMED'
  /** A chunk is longer than what is taken, or too short for one that is not the last. */
  | 'CHUNK_SIZE_INVALID'
  /** A chunk or an event, or those before it, are not those that were signed. */
  | 'CHUNK_SIGNATURE_MISMATCH'
  /** A chunked body ended before its last chunk, or a stream of events before its signed end. */
  | 'BODY_INCOMPLETE'
  /** The trailers of a chunked body are not those that were signed. */
  | 'TRAILER_SIGNATURE_MISMATCH'
  /** The body is not the one that its `Content-MD5` was made of. */
  | 'CONTENT_MD5_MISMATCH'
  /** The body is not the one that its checksum was made of. */
  | 'CHECKSUM_MISMATCH'
  /** The request was let in before, and is to be let in once. */
  | 'REPLAYED'
  /** The replay guard is full of requests that are still good: it takes more, or requests are refused. */
  | 'REPLAY_GUARD_FULL'
  /** The policy that was signed cannot be read. */
  | 'POLICY_MALFORMED'
  /** The upload form is not `multipart/form-data`. */
  | 'FORM_NOT_MULTIPART'
  /** The upload form cannot be read, or ends early. */
  | 'FORM_MALFORMED'
  /** The fields before the file are more than what is taken. */
  | 'FORM_TOO_LARGE'
  /** The upload form has no file. */
  | 'FORM_FILE_MISSING'
  /** The upload form lacks a field, or has it behind the file. */
  | 'FORM_FIELD_MISSING'
  /** A field of the upload form stands twice, or has a name or value that cannot be. */
  | 'FORM_FIELD_INVALID'
  /** The POST policy's time is over. */
  | 'POLICY_EXPIRED'
  /** The upload form does not meet a condition of its policy. */
  | 'POLICY_CONDITION_FAILED'
  /** A field of the upload form is in no condition of its policy. */
  | 'POLICY_FIELD_NOT_COVERED'
  /** The file is smaller than its policy allows. */
  | 'BODY_TOO_SMALL'
  /** The policy that was signed opens other URLs than this one. */
  | 'RESOURCE_MISMATCH'
  /** The policy that was signed is for other IP addresses than the client's. */
  | 'ADDRESS_NOT_ALLOWED'

/** What an {@link IdentityProofError} can be about, in the order of the checks. */
export type IdentityProofErrorCode =
  /** The proof is larger than any that is needed. */
  | 'PROOF_TOO_LARGE'
  /** The proof has neither of the two forms, or a part of it cannot be read. */
  | 'PROOF_MALFORMED'
  /** The proof is in the signed form, and no `stsHost` says where such proofs are sent. */
  | 'PROOF_FORM_REFUSED'
  /** The proof is for a host that is no STS, or is not among those that are asked here. */
  | 'HOST_NOT_ALLOWED'
  /** The proof is for something else than `GetCallerIdentity`. */
  | 'ACTION_WRONG'
  /** A parameter or header of the signature is missing, not known, stands twice, or has a value that cannot be. */
  | 'PARAMETER_INVALID'
  /** The header that names the audience is not signed. */
  | 'AUDIENCE_NOT_SIGNED'
  /** The proof is for another audience. */
  | 'AUDIENCE_MISMATCH'
  /** The signature is for another service, region or day than the host and the date say. */
  | 'SCOPE_WRONG'
  /** The proof is too old. */
  | 'PROOF_EXPIRED'
  /** The proof is dated in the future. */
  | 'PROOF_NOT_YET_VALID'
  /** STS does not accept the signature: it is wrong, for another audience, or of a key that is no more. */
  | 'STS_REFUSED'
  /** STS could not be reached, took too long, or is overloaded. */
  | 'STS_UNAVAILABLE'
  /** The answer is not one of STS's, or names nobody. */
  | 'STS_REPLY_INVALID'
  /** The proof was used before. */
  | 'PROOF_REPLAYED'
  /** The replay guard is full of proofs that have not expired: it takes more, or proofs are refused. */
  | 'REPLAY_GUARD_FULL'

/** What an {@link EvidenceError} can be about. */
export type EvidenceErrorCode =
  /** The text is neither a request nor an answer in any of the forms that are read. */
  | 'EVIDENCE_UNKNOWN'
  /** The text has one of the forms, and a part of it cannot be read. */
  | 'EVIDENCE_MALFORMED'
  /** The text is larger than what is read. */
  | 'EVIDENCE_TOO_LARGE'

/** What a {@link CountersignError} of no other kind can be about. */
export type CountersignErrorCode =
  /** A replay guard remembers as much as it may; verifiers make a refusal of it. */
  | 'REPLAY_GUARD_FULL'
  /** A body was read before the signature of its request was checked: put `requireSignature` before body parsers. */
  | 'BODY_ALREADY_READ'
  /** A function of the server's, such as its look-up of keys, threw no error: it says `reject()` for `reject(new Error(…))`. */
  | 'FAULT_WITHOUT_ERROR'
  /** The bytes are no message of an event stream, or a header of it cannot be read. */
  | 'EVENT_MALFORMED'
  /** A message of an event stream was changed on the way: one of its checksums differs. */
  | 'EVENT_CHECKSUM_MISMATCH'
  /** A message of an event stream is longer than what is taken. */
  | 'EVENT_LIMIT_EXCEEDED'
  /** An event stream ended within a message. */
  | 'EVENT_STREAM_INCOMPLETE'

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

/** STS gave no temporary credentials. */
export class StsError extends CredentialsError {
  /** Code of STS, such as `AccessDenied` or `ExpiredTokenException`; empty when it answered without one. */
  readonly awsCode: string
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number
  /** What AWS's support asks for; empty when there is none. */
  readonly requestId: string

  constructor(
    code: CredentialsErrorCode,
    message: string,
    {
      awsCode = '',
      status = 0,
      requestId = '',
    }: { awsCode?: string; status?: number; requestId?: string } = {},
  ) {
    super(code, message)
    this.name = 'StsError'
    this.awsCode = awsCode
    this.status = status
    this.requestId = requestId
  }
}

/** The texts that a verifier built; they show which part of a request differs from what was signed. */
export interface VerificationSteps {
  readonly canonicalRequest: string
  readonly stringToSign: string
}

/** A request that is refused. `message` is for the operator; clients get an AWS error body made of the rest. */
export class VerificationError extends CountersignError {
  declare readonly code: VerificationErrorCode
  /** Code of S3 for this cause, such as `SignatureDoesNotMatch`. */
  readonly awsCode: string
  /** HTTP status of S3 for this cause. */
  readonly status: number
  /** What the cause is about: names, limits and values that the client sent; never a secret or a computed signature. */
  readonly facts: Readonly<Record<string, string>>
  /** Not enumerable, since a canonical request may hold a session token. */
  declare readonly steps?: VerificationSteps
  readonly #exactCode: VerificationErrorCode

  constructor(
    code: VerificationErrorCode,
    message: string,
    aws: { readonly awsCode: string; readonly status: number },
    facts: Readonly<Record<string, string>> = {},
    steps?: VerificationSteps,
    exactCode: VerificationErrorCode = code,
  ) {
    super(code, message)
    this.name = 'VerificationError'
    this.awsCode = aws.awsCode
    this.status = aws.status
    this.facts = facts
    this.#exactCode = exactCode
    if (steps) Object.defineProperty(this, 'steps', { value: steps })
  }

  /**
   * What it really is where the client is not to know, for the server's own log: `KEY_UNKNOWN` behind the
   * `SIGNATURE_MISMATCH` of a verifier that hides unknown keys; else the code. No answer, JSON or inspection shows it.
   */
  get exactCode(): VerificationErrorCode {
    return this.#exactCode
  }
}

/** A proof of identity that is not accepted. `message` is for the operator. */
export class IdentityProofError extends CountersignError {
  declare readonly code: IdentityProofErrorCode
  /** HTTP status to answer with: 400 unreadable, 401 not accepted, 503 to be tried again. */
  readonly status: 400 | 401 | 503
  /** What the cause is about; never a secret, a token or a signature. */
  readonly facts: Readonly<Record<string, string>>

  constructor(
    code: IdentityProofErrorCode,
    message: string,
    status: 400 | 401 | 503,
    facts: Readonly<Record<string, string>> = {},
  ) {
    super(code, message)
    this.name = 'IdentityProofError'
    this.status = status
    this.facts = facts
  }
}

/** A pasted request or answer that cannot be read. No message repeats what the text holds. */
export class EvidenceError extends CountersignError {
  declare readonly code: EvidenceErrorCode

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'EvidenceError'
  }
}
