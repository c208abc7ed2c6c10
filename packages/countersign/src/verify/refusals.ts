/**
 * What S3 calls each cause of a refusal, and makes the errors. Other dialects are in `responses/`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */
import { VerificationError, type VerificationErrorCode, type VerificationSteps } from '../errors.ts'

/** A code of S3 and its HTTP status. */
interface S3Code {
  readonly awsCode: string
  readonly status: number
}

const INVALID_REQUEST: S3Code = { awsCode: 'InvalidRequest', status: 400 }
const INVALID_ARGUMENT: S3Code = { awsCode: 'InvalidArgument', status: 400 }
const HEADER_MALFORMED: S3Code = { awsCode: 'AuthorizationHeaderMalformed', status: 400 }
const QUERY_MALFORMED: S3Code = { awsCode: 'AuthorizationQueryParametersError', status: 400 }
const ACCESS_DENIED: S3Code = { awsCode: 'AccessDenied', status: 403 }
const NO_MATCH: S3Code = { awsCode: 'SignatureDoesNotMatch', status: 403 }
const NO_KEY: S3Code = { awsCode: 'InvalidAccessKeyId', status: 403 }
const INCOMPLETE_BODY: S3Code = { awsCode: 'IncompleteBody', status: 400 }
const BAD_DIGEST: S3Code = { awsCode: 'BadDigest', status: 400 }
const BAD_CHUNK: S3Code = { awsCode: 'InvalidChunkSizeError', status: 400 }

const S3_CODES: Readonly<Record<VerificationErrorCode, S3Code>> = {
  REQUEST_MALFORMED: INVALID_REQUEST,
  LIMIT_EXCEEDED: INVALID_REQUEST,
  SIGNATURE_MISSING: ACCESS_DENIED,
  MECHANISMS_SEVERAL: INVALID_ARGUMENT,
  MECHANISM_UNSUPPORTED: INVALID_REQUEST,
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
  PAYLOAD_HASH_MISSING: INVALID_REQUEST,
  PAYLOAD_HASH_INVALID: INVALID_ARGUMENT,
  SCOPE_DATE_MISMATCH: HEADER_MALFORMED,
  SCOPE_REGION_WRONG: HEADER_MALFORMED,
  SCOPE_SERVICE_WRONG: HEADER_MALFORMED,
  CLOCK_SKEWED: { awsCode: 'RequestTimeTooSkewed', status: 403 },
  EXPIRED: ACCESS_DENIED,
  NOT_YET_VALID: ACCESS_DENIED,
  HEADERS_NOT_SIGNED: ACCESS_DENIED,
  SIGNED_HEADER_MISSING: NO_MATCH,
  KEY_UNKNOWN: NO_KEY,
  KEY_EXPIRED: { awsCode: 'ExpiredToken', status: 400 },
  TOKEN_EXPIRED: { awsCode: 'ExpiredToken', status: 400 },
  SIGNATURE_MALFORMED: NO_MATCH,
  SIGNATURE_MISMATCH: NO_MATCH,
  TOKEN_MISSING: NO_KEY,
  TOKEN_INVALID: { awsCode: 'InvalidToken', status: 400 },
  PAYLOAD_MODE_UNSUPPORTED: INVALID_REQUEST,
  PAYLOAD_UNSIGNED: INVALID_REQUEST,
  DECODED_LENGTH_MISSING: { awsCode: 'MissingContentLength', status: 411 },
  TRAILER_MALFORMED: { awsCode: 'MalformedTrailerError', status: 400 },
  TRAILER_UNSUPPORTED: INVALID_REQUEST,
  METADATA_TOO_LARGE: { awsCode: 'MetadataTooLarge', status: 400 },
  CONTENT_MD5_INVALID: { awsCode: 'InvalidDigest', status: 400 },
  CHECKSUM_INVALID: INVALID_REQUEST,
  CHECKSUM_UNSUPPORTED: INVALID_REQUEST,
  CHECKSUMS_SEVERAL: INVALID_REQUEST,
  BODY_TOO_LARGE: { awsCode: 'EntityTooLarge', status: 400 },
  BODY_LENGTH_MISMATCH: INCOMPLETE_BODY,
  PAYLOAD_MISMATCH: { awsCode: 'XAmzContentSHA256Mismatch', status: 400 },
  CHUNK_MALFORMED: BAD_CHUNK,
  CHUNK_SIZE_INVALID: BAD_CHUNK,
  CHUNK_SIGNATURE_MISMATCH: NO_MATCH,
  BODY_INCOMPLETE: INCOMPLETE_BODY,
  TRAILER_SIGNATURE_MISMATCH: NO_MATCH,
  CONTENT_MD5_MISMATCH: BAD_DIGEST,
  CHECKSUM_MISMATCH: BAD_DIGEST,
  REPLAYED: ACCESS_DENIED,
  REPLAY_GUARD_FULL: { awsCode: 'SlowDown', status: 503 },
  POLICY_MALFORMED: { awsCode: 'InvalidPolicyDocument', status: 400 },
  FORM_NOT_MULTIPART: { awsCode: 'PreconditionFailed', status: 412 },
  FORM_MALFORMED: { awsCode: 'MalformedPOSTRequest', status: 400 },
  FORM_TOO_LARGE: { awsCode: 'MaxPostPreDataLengthExceededError', status: 400 },
  FORM_FILE_MISSING: INVALID_ARGUMENT,
  FORM_FIELD_MISSING: INVALID_ARGUMENT,
  FORM_FIELD_INVALID: INVALID_ARGUMENT,
  POLICY_EXPIRED: ACCESS_DENIED,
  POLICY_CONDITION_FAILED: ACCESS_DENIED,
  POLICY_FIELD_NOT_COVERED: ACCESS_DENIED,
  BODY_TOO_SMALL: { awsCode: 'EntityTooSmall', status: 400 },
  RESOURCE_MISMATCH: ACCESS_DENIED,
  ADDRESS_NOT_ALLOWED: ACCESS_DENIED,
}

/** Causes that S3 answers with another code when the signature stands in the URL. */
const MALFORMED_IN_QUERY: ReadonlySet<VerificationErrorCode> = new Set([
  'CREDENTIAL_MALFORMED',
  'SIGNED_HEADERS_MALFORMED',
  'REGION_SET_INVALID',
  'DATE_INVALID',
  'SCOPE_DATE_MISMATCH',
  'SCOPE_REGION_WRONG',
  'SCOPE_SERVICE_WRONG',
])

/** Causes that S3 answers with another code when the signature stands in an upload form. */
const INVALID_IN_FORM: ReadonlySet<VerificationErrorCode> = new Set([
  ...MALFORMED_IN_QUERY,
  'ALGORITHM_UNSUPPORTED',
])

/** Causes that S3 answers with another code when the signature is of version 2. */
const IN_VERSION_2: ReadonlyMap<VerificationErrorCode, S3Code> = new Map([
  ['AUTHORIZATION_MALFORMED', INVALID_ARGUMENT],
  ['CREDENTIAL_MALFORMED', INVALID_ARGUMENT],
  ['ALGORITHM_UNSUPPORTED', INVALID_ARGUMENT],
  ['QUERY_PARAMETER_MISSING', ACCESS_DENIED],
  ['QUERY_PARAMETER_MALFORMED', ACCESS_DENIED],
  ['EXPIRES_INVALID', ACCESS_DENIED],
])

/**
 * Makes the error of a cause.
 *
 * @param exactCode what it really is, where the client is not to know
 */
export function refuse(
  code: VerificationErrorCode,
  message: string,
  facts: Readonly<Record<string, string>> = {},
  steps?: VerificationSteps,
  exactCode?: VerificationErrorCode,
): VerificationError {
  const { mechanism, version } = facts
  const isOfQuery = mechanism === 'query' && MALFORMED_IN_QUERY.has(code)
  const isOfForm = mechanism === 'form' && INVALID_IN_FORM.has(code)
  const ofVersion2 = version === '2' ? IN_VERSION_2.get(code) : undefined
  const ofS3 = isOfQuery ? QUERY_MALFORMED : isOfForm ? INVALID_ARGUMENT : (ofVersion2 ?? S3_CODES[code])
  return new VerificationError(code, message, ofS3, facts, steps, exactCode)
}
