/**
 * What S3 calls each cause of a refusal, and makes the errors. Other dialects are in `responses/`; causes that only
 * upload forms have, and signatures of before version 4, are beside what refuses them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */
import { VerificationError, type VerificationErrorCode, type VerificationSteps } from '../errors.ts'

/** Causes that belong to upload forms, or to signed URLs of CloudFront; theirs are elsewhere. */
type OfOthers = FormRefusalCode | 'RESOURCE_MISMATCH' | 'ADDRESS_NOT_ALLOWED'

/** Causes that are refused here. */
export type RefusalCode = Exclude<VerificationErrorCode, OfOthers>

/** Causes that only upload forms have. */
export type FormRefusalCode = Extract<
  VerificationErrorCode,
  `FORM_${string}` | `POLICY_${string}` | 'BODY_TOO_SMALL'
>

/** Causes that S3 has no code of their own for: they are `InvalidRequest`. */
type UsualCode =
  | 'REQUEST_MALFORMED'
  | 'LIMIT_EXCEEDED'
  | 'MECHANISM_UNSUPPORTED'
  | 'PAYLOAD_HASH_MISSING'
  | 'PAYLOAD_MODE_UNSUPPORTED'
  | 'PAYLOAD_UNSIGNED'
  | 'TRAILER_UNSUPPORTED'
  | 'CHECKSUM_INVALID'
  | 'CHECKSUM_UNSUPPORTED'
  | 'CHECKSUMS_SEVERAL'

const INVALID_ARGUMENT = 'InvalidArgument'
const HEADER_MALFORMED = 'AuthorizationHeaderMalformed'
const QUERY_MALFORMED = 'AuthorizationQueryParametersError'
const ACCESS_DENIED = 'AccessDenied'
const NO_MATCH = 'SignatureDoesNotMatch'
const NO_KEY = 'InvalidAccessKeyId'
const EXPIRED_TOKEN = 'ExpiredToken'
const INCOMPLETE_BODY = 'IncompleteBody'
const BAD_DIGEST = 'BadDigest'
const BAD_CHUNK = 'InvalidChunkSizeError'
const TIME_SKEWED = 'RequestTimeTooSkewed'
const LENGTH_MISSING = 'MissingContentLength'
const SLOW_DOWN = 'SlowDown'

const AWS_CODES: Readonly<
  Record<Exclude<RefusalCode, UsualCode>, string> & Partial<Record<UsualCode, never>>
> = {
  SIGNATURE_MISSING: ACCESS_DENIED,
  MECHANISMS_SEVERAL: INVALID_ARGUMENT,
  SCHEME_UNKNOWN: INVALID_ARGUMENT,
  ALGORITHM_UNSUPPORTED: QUERY_MALFORMED,
  AUTHORIZATION_MALFORMED: HEADER_MALFORMED,
  QUERY_PARAMETER_MISSING: QUERY_MALFORMED,
  QUERY_PARAMETER_MALFORMED: QUERY_MALFORMED,
  CREDENTIAL_MALFORMED: HEADER_MALFORMED,
  SIGNED_HEADERS_MALFORMED: HEADER_MALFORMED,
  REGION_SET_INVALID: HEADER_MALFORMED,
  DATE_INVALID: ACCESS_DENIED,
  EXPIRES_INVALID: QUERY_MALFORMED,
  PAYLOAD_HASH_INVALID: INVALID_ARGUMENT,
  SCOPE_DATE_MISMATCH: HEADER_MALFORMED,
  SCOPE_REGION_WRONG: HEADER_MALFORMED,
  SCOPE_SERVICE_WRONG: HEADER_MALFORMED,
  CLOCK_SKEWED: TIME_SKEWED,
  EXPIRED: ACCESS_DENIED,
  NOT_YET_VALID: ACCESS_DENIED,
  HEADERS_NOT_SIGNED: ACCESS_DENIED,
  SIGNED_HEADER_MISSING: NO_MATCH,
  KEY_UNKNOWN: NO_KEY,
  KEY_EXPIRED: EXPIRED_TOKEN,
  TOKEN_EXPIRED: EXPIRED_TOKEN,
  SIGNATURE_MALFORMED: NO_MATCH,
  SIGNATURE_MISMATCH: NO_MATCH,
  TOKEN_MISSING: NO_KEY,
  TOKEN_INVALID: 'InvalidToken',
  DECODED_LENGTH_MISSING: LENGTH_MISSING,
  TRAILER_MALFORMED: 'MalformedTrailerError',
  METADATA_TOO_LARGE: 'MetadataTooLarge',
  CONTENT_MD5_INVALID: 'InvalidDigest',
  BODY_TOO_LARGE: 'EntityTooLarge',
  BODY_LENGTH_MISMATCH: INCOMPLETE_BODY,
  PAYLOAD_MISMATCH: 'XAmzContentSHA256Mismatch',
  CHUNK_MALFORMED: BAD_CHUNK,
  CHUNK_SIZE_INVALID: BAD_CHUNK,
  CHUNK_SIGNATURE_MISMATCH: NO_MATCH,
  BODY_INCOMPLETE: INCOMPLETE_BODY,
  TRAILER_SIGNATURE_MISMATCH: NO_MATCH,
  CONTENT_MD5_MISMATCH: BAD_DIGEST,
  CHECKSUM_MISMATCH: BAD_DIGEST,
  REPLAYED: ACCESS_DENIED,
  REPLAY_GUARD_FULL: SLOW_DOWN,
}

/** HTTP statuses of the codes of S3; 400 for all others. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  [ACCESS_DENIED, 403],
  [NO_MATCH, 403],
  [NO_KEY, 403],
  [TIME_SKEWED, 403],
  [LENGTH_MISSING, 411],
  [SLOW_DOWN, 503],
])

/** S3 answers what is wrong in a part of the header with another code where it stands in the URL, or in a form. */
function awsCodeOf(code: RefusalCode, mechanism: string | undefined): string {
  const awsCode = AWS_CODES[code] ?? 'InvalidRequest'
  const isOfPart = awsCode === HEADER_MALFORMED || code === 'DATE_INVALID'
  if (mechanism === 'query' && isOfPart) return QUERY_MALFORMED
  if (mechanism === 'form' && (isOfPart || awsCode === QUERY_MALFORMED)) return INVALID_ARGUMENT
  return awsCode
}

/**
 * Makes the error of a cause.
 *
 * @param exactCode what it really is, where the client is not to know
 */
export function refuse(
  code: RefusalCode,
  message: string,
  facts: Readonly<Record<string, string>> = {},
  steps?: VerificationSteps,
  exactCode?: VerificationErrorCode,
): VerificationError {
  const awsCode = awsCodeOf(code, facts['mechanism'])
  const ofS3 = { awsCode, status: STATUSES.get(awsCode) ?? 400 }
  return new VerificationError(code, message, ofS3, facts, steps, exactCode)
}
