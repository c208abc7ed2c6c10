/**
 * What services other than S3 call each cause. JSON services put `Exception` behind it, and answer with other
 * statuses than those that speak XML.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html}
 * @module
 */
import type { VerificationError, VerificationErrorCode } from '../../errors.ts'

/** A cause in the three families of dialects. */
export interface GeneralCode {
  /** Code and status of query/XML services. */
  readonly query: readonly [code: string, status: number]
  /** Exception of JSON services; awsJson answers it with 400. */
  readonly exception: string
  /** Status of restJson and API Gateway. */
  readonly restStatus: number
}

const NO_MATCH: GeneralCode = {
  query: ['SignatureDoesNotMatch', 403],
  exception: 'InvalidSignatureException',
  restStatus: 403,
}
const INCOMPLETE: GeneralCode = {
  query: ['IncompleteSignature', 400],
  exception: 'IncompleteSignatureException',
  restStatus: 403,
}
const NO_AUTHENTICATION: GeneralCode = {
  query: ['MissingAuthenticationToken', 403],
  exception: 'MissingAuthenticationTokenException',
  restStatus: 403,
}
const NO_KEY: GeneralCode = {
  query: ['InvalidClientTokenId', 403],
  exception: 'UnrecognizedClientException',
  restStatus: 403,
}
const EXPIRED_TOKEN: GeneralCode = {
  query: ['ExpiredToken', 403],
  exception: 'ExpiredTokenException',
  restStatus: 403,
}
const DENIED: GeneralCode = {
  query: ['AccessDenied', 403],
  exception: 'AccessDeniedException',
  restStatus: 403,
}
const THROTTLED: GeneralCode = {
  query: ['Throttling', 400],
  exception: 'ThrottlingException',
  restStatus: 429,
}
// Our own choice: AWS's answers to malformed HTTP are those of its front ends, not of its signatures.
const INVALID: GeneralCode = {
  query: ['ValidationError', 400],
  exception: 'ValidationException',
  restStatus: 400,
}
const TOO_LARGE: GeneralCode = {
  query: ['RequestEntityTooLarge', 413],
  exception: 'RequestEntityTooLargeException',
  restStatus: 413,
}

const OTHERS: ReadonlyMap<VerificationErrorCode, GeneralCode> = new Map([
  ['REQUEST_MALFORMED', INVALID],
  ['LIMIT_EXCEEDED', INVALID],
  ['BODY_LENGTH_MISMATCH', INVALID],
  ['DECODED_LENGTH_MISSING', INVALID],
  ['TRAILER_MALFORMED', INVALID],
  ['CHUNK_MALFORMED', INVALID],
  ['CHUNK_SIZE_INVALID', INVALID],
  ['BODY_INCOMPLETE', INVALID],
  ['TRAILER_UNSUPPORTED', INVALID],
  ['METADATA_TOO_LARGE', INVALID],
  ['CONTENT_MD5_INVALID', INVALID],
  ['CONTENT_MD5_MISMATCH', INVALID],
  ['CHECKSUM_INVALID', INVALID],
  ['CHECKSUM_UNSUPPORTED', INVALID],
  ['CHECKSUMS_SEVERAL', INVALID],
  ['CHECKSUM_MISMATCH', INVALID],
  ['BODY_TOO_LARGE', TOO_LARGE],
  ['SIGNATURE_MISSING', NO_AUTHENTICATION],
  ['MECHANISMS_SEVERAL', INCOMPLETE],
  ['MECHANISM_UNSUPPORTED', INCOMPLETE],
  ['SCHEME_UNKNOWN', INCOMPLETE],
  ['ALGORITHM_UNSUPPORTED', INCOMPLETE],
  ['AUTHORIZATION_MALFORMED', INCOMPLETE],
  ['QUERY_PARAMETER_MISSING', INCOMPLETE],
  ['QUERY_PARAMETER_MALFORMED', INCOMPLETE],
  ['CREDENTIAL_MALFORMED', INCOMPLETE],
  ['SIGNED_HEADERS_MALFORMED', INCOMPLETE],
  ['REGION_SET_INVALID', INCOMPLETE],
  ['DATE_INVALID', INCOMPLETE],
  ['EXPIRES_INVALID', INCOMPLETE],
  ['KEY_UNKNOWN', NO_KEY],
  ['TOKEN_MISSING', NO_KEY],
  ['TOKEN_INVALID', NO_KEY],
  ['KEY_EXPIRED', EXPIRED_TOKEN],
  ['TOKEN_EXPIRED', EXPIRED_TOKEN],
  ['REPLAYED', DENIED],
  ['REPLAY_GUARD_FULL', THROTTLED],
])

/** The code of a cause; all that is about the signature itself has one name. */
export function generalCodeOf({ code }: VerificationError): GeneralCode {
  return OTHERS.get(code) ?? NO_MATCH
}
