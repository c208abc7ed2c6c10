/**
 * The words of AWS for each cause: one set for S3, one for all other services.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html}
 * @module
 */
import { MIN_CHUNK } from '../../core/chunk-framing.ts'
import type { VerificationError, VerificationErrorCode } from '../../errors.ts'

type Facts = VerificationError['facts']
/** A function gives nothing where AWS's words would not be true. */
type Text = string | ((facts: Facts) => string | undefined)
type Texts = Readonly<Partial<Record<VerificationErrorCode, Text>>>

const CREDENTIAL_FORM = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"'
const INVALID_HASH =
  'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.'
const NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
const NO_KEY = 'The AWS Access Key Id you provided does not exist in our records.'
const INVALID_MODE = 'The value of x-amz-content-sha256 header is invalid.'

/** Begins a message about the credential as S3 does: in a URL or a form it is a parameter, in a header a component. */
function ofCredential(rest: (facts: Facts) => string): (facts: Facts) => string {
  return (facts) =>
    (facts['mechanism'] !== 'header'
      ? 'Error parsing the X-Amz-Credential parameter; '
      : 'The authorization header is malformed; ') + rest(facts)
}

function credentialFault({ fault, value }: Facts): string {
  if (fault === 'terminator') return `incorrect terminal "${value}". This endpoint uses "aws4_request".`
  if (fault === 'date') {
    return `incorrect date format "${value}". This date in the credential must be in the format "yyyyMMdd".`
  }
  return `the Credential is mal-formed; expecting ${CREDENTIAL_FORM}.`
}

function componentFault({ fault, component = '' }: Facts): string {
  // S3 names the first.
  if (fault === 'missing') return `missing ${component.split(', ')[0]}.`
  if (fault === 'not-key-value') return `the authorization component "${component}" is malformed.`
  return 'the authorization header requires three components: Credential, SignedHeaders, and Signature.'
}

function expiresFault({ expires = '' }: Facts): string | undefined {
  if (Number(expires) === 0) return undefined
  if (/^-\d+$/.test(expires)) return 'X-Amz-Expires must be non-negative'
  if (!/^\d+$/.test(expires)) return 'X-Amz-Expires should be a number'
  return 'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds'
}

/** Texts of S3. Causes that are not here have no text of AWS's; they are told in our own words. */
export const S3_TEXTS: Texts = {
  SIGNATURE_MISSING: 'Access Denied',
  MECHANISMS_SEVERAL:
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
  MECHANISM_UNSUPPORTED:
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  SCHEME_UNKNOWN: ({ fault }) =>
    fault === 'no-blank'
      ? "Authorization header is invalid -- one and only one ' ' (space) required."
      : 'Unsupported Authorization Type',
  ALGORITHM_UNSUPPORTED: ({ mechanism }) =>
    mechanism === 'form'
      ? 'Only AWS4-HMAC-SHA256 is supported'
      : 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
  AUTHORIZATION_MALFORMED: (facts) => `The authorization header is malformed; ${componentFault(facts)}`,
  QUERY_PARAMETER_MISSING:
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  CREDENTIAL_MALFORMED: ofCredential(credentialFault),
  DATE_INVALID: ({ mechanism }) => {
    if (mechanism === 'query') return `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`
    if (mechanism === 'form') return 'X-Amz-Date must be formated via ISO8601 Long format'
    return 'AWS authentication requires a valid Date or x-amz-date header'
  },
  EXPIRES_INVALID: expiresFault,
  PAYLOAD_HASH_MISSING: 'Missing required header for this request: x-amz-content-sha256',
  PAYLOAD_HASH_INVALID: INVALID_HASH,
  SCOPE_DATE_MISMATCH: ({ mechanism, scopeDate, requestDate }) =>
    mechanism !== 'header'
      ? `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${requestDate}".`
      : 'The authorization header is malformed; Invalid credential date. Date is not the same as X-Amz-Date.',
  SCOPE_REGION_WRONG: ofCredential(
    ({ given, expected }) => `the region '${given}' is wrong; expecting '${expected}'`,
  ),
  SCOPE_SERVICE_WRONG: ofCredential(
    ({ given, expected }) => `incorrect service "${given}". This endpoint belongs to "${expected}".`,
  ),
  CLOCK_SKEWED: 'The difference between the request time and the current time is too large.',
  EXPIRED: 'Request has expired',
  NOT_YET_VALID: 'Request is not valid yet',
  HEADERS_NOT_SIGNED: 'There were headers present in the request which were not signed',
  SIGNED_HEADER_MISSING: NO_MATCH,
  KEY_UNKNOWN: NO_KEY,
  KEY_EXPIRED: 'The provided token has expired.',
  TOKEN_EXPIRED: 'The provided token has expired.',
  REPLAY_GUARD_FULL: 'Please reduce your request rate.',
  SIGNATURE_MALFORMED: NO_MATCH,
  SIGNATURE_MISMATCH: NO_MATCH,
  TOKEN_MISSING: NO_KEY,
  TOKEN_INVALID: 'The provided token is malformed or otherwise invalid.',
  PAYLOAD_MODE_UNSUPPORTED: INVALID_MODE,
  PAYLOAD_UNSIGNED: INVALID_MODE,
  BODY_TOO_LARGE: 'Your proposed upload exceeds the maximum allowed size',
  BODY_TOO_SMALL: 'Your proposed upload is smaller than the minimum allowed size',
  FORM_NOT_MULTIPART: 'At least one of the pre-conditions you specified did not hold',
  FORM_MALFORMED: 'The body of your POST request is not well-formed multipart/form-data.',
  FORM_TOO_LARGE: 'Your POST request fields preceding the upload file were too large.',
  FORM_FILE_MISSING: 'POST requires exactly one file upload per request.',
  FORM_FIELD_MISSING: ({ argumentName }) =>
    `Bucket POST must contain a field named '${argumentName}'.  If it is specified, please check the order of the fields.`,
  POLICY_MALFORMED: ({ fault }) => `Invalid Policy: ${fault ?? 'Invalid JSON.'}`,
  POLICY_EXPIRED: 'Invalid according to Policy: Policy expired.',
  POLICY_CONDITION_FAILED: ({ failed }) => `Invalid according to Policy: Policy Condition failed: ${failed}`,
  POLICY_FIELD_NOT_COVERED: ({ field }) => `Invalid according to Policy: Extra input fields: ${field}`,
  BODY_LENGTH_MISMATCH: 'The request body terminated unexpectedly',
  DECODED_LENGTH_MISSING: 'You must provide the Content-Length HTTP header.',
  TRAILER_MALFORMED:
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  CHUNK_SIZE_INVALID: ({ badChunkSize }) =>
    Number(badChunkSize) < MIN_CHUNK
      ? `Only the last chunk is allowed to have a size less than ${MIN_CHUNK} bytes`
      : undefined,
  CHUNK_SIGNATURE_MISMATCH: NO_MATCH,
  BODY_INCOMPLETE: 'The request body terminated unexpectedly',
  TRAILER_SIGNATURE_MISMATCH: NO_MATCH,
  TRAILER_UNSUPPORTED: 'The value specified in the x-amz-trailer header is not supported',
  METADATA_TOO_LARGE: 'Your metadata headers exceed the maximum allowed metadata size',
  CONTENT_MD5_INVALID: 'The Content-MD5 you specified was invalid.',
  CONTENT_MD5_MISMATCH: 'The Content-MD5 you specified did not match what we received.',
  CHECKSUM_INVALID: ({ header }) => `Value for ${header} header is invalid.`,
  CHECKSUMS_SEVERAL: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  CHECKSUM_MISMATCH: ({ checksum = '' }) =>
    `The ${checksum.toUpperCase()} you specified did not match the calculated checksum.`,
  PAYLOAD_MISMATCH: "The provided 'x-amz-content-sha256' header does not match what was computed.",
}

const GENERAL_NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const GENERAL_NO_KEY = 'The security token included in the request is invalid.'

function clockText({ requestTime, serverTime, limit, direction, maxAllowedSkewMilliseconds }: Facts): string {
  const minutes = Number(maxAllowedSkewMilliseconds) / 60_000
  return direction === 'past'
    ? `Signature expired: ${requestTime} is now earlier than ${limit} (${serverTime} - ${minutes} min.)`
    : `Signature not yet current: ${requestTime} is still later than ${limit} (${serverTime} + ${minutes} min.)`
}

function authorizationText({ fault, component = '' }: Facts): string {
  if (fault === 'missing') {
    const sentences = component
      .split(', ')
      .map((name) => `Authorization header requires '${name}' parameter.`)
    return sentences.join(' ')
  }
  if (fault === 'not-key-value') {
    return `'${component}' not a valid key=value pair (missing equal-sign) in Authorization header.`
  }
  return `'${component}' is ${fault} in Authorization header.`
}

/** Texts of the other services. The trailing blanks are AWS's. */
export const GENERAL_TEXTS: Texts = {
  SIGNATURE_MISSING: 'Missing Authentication Token',
  AUTHORIZATION_MALFORMED: authorizationText,
  DATE_INVALID: ({ mechanism }) =>
    mechanism === 'query'
      ? undefined
      : "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
  CREDENTIAL_MALFORMED: 'Credential must have exactly 5 slash-delimited elements',
  SCOPE_DATE_MISMATCH: ({ scopeDate, requestDate = '' }) =>
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${requestDate.slice(0, 8)}', from '${requestDate}'.`,
  SCOPE_REGION_WRONG: ({ given }) => `Credential should be scoped to a valid region, not '${given}'. `,
  SCOPE_SERVICE_WRONG: ({ expected }) => `Credential should be scoped to correct service: '${expected}'. `,
  CLOCK_SKEWED: clockText,
  EXPIRED: ({ expires }) => `Signature expired: ${expires}`,
  HEADERS_NOT_SIGNED: ({ headersNotSigned = '' }) =>
    headersNotSigned.split(', ').includes('host')
      ? "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
      : `'${headersNotSigned}' must be a 'SignedHeader' in the AWS Authorization.`,
  SIGNED_HEADER_MISSING: ({ header }) => `'${header}' is named as a SignedHeader, but it does not exist`,
  KEY_UNKNOWN: GENERAL_NO_KEY,
  KEY_EXPIRED: 'The security token included in the request is expired',
  TOKEN_EXPIRED: 'The security token included in the request is expired',
  REPLAY_GUARD_FULL: 'Rate exceeded',
  TOKEN_MISSING: GENERAL_NO_KEY,
  TOKEN_INVALID: GENERAL_NO_KEY,
  SIGNATURE_MALFORMED: GENERAL_NO_MATCH,
  SIGNATURE_MISMATCH: GENERAL_NO_MATCH,
}

/** The text of a cause, or our own words where AWS's are not known. */
export function textOf(texts: Texts, { code, facts, message }: VerificationError): string {
  // What AWS says of the parts of version 4 is not true of those of version 2.
  const text = facts['version'] === '2' ? message : (texts[code] ?? message)
  return typeof text === 'string' ? text : (text(facts) ?? message)
}
