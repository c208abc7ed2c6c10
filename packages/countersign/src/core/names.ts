/**
 * Names and fixed values of the protocol, each spelt once.
 *
 * @module
 */

/** Algorithm name of SigV4 with HMAC. */
export const SIGV4_ALGORITHM = 'AWS4-HMAC-SHA256'

/** Algorithm name of SigV4A. */
export const SIGV4A_ALGORITHM = 'AWS4-ECDSA-P256-SHA256'

/** SHA-256 of nothing, in hex. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Payload hash that leaves the body out of the signature. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** Header of the signing instant. */
export const X_AMZ_DATE = 'x-amz-date'

/** Header of the payload hash. */
export const X_AMZ_CONTENT_SHA256 = 'x-amz-content-sha256'

/** Header of the session token. */
export const X_AMZ_SECURITY_TOKEN = 'x-amz-security-token'

/** Header of the regions that a signature of SigV4A holds in. */
export const X_AMZ_REGION_SET = 'x-amz-region-set'

/** Query parameters of a presigned URL. */
export const QUERY = {
  algorithm: 'X-Amz-Algorithm',
  credential: 'X-Amz-Credential',
  date: 'X-Amz-Date',
  expires: 'X-Amz-Expires',
  signedHeaders: 'X-Amz-SignedHeaders',
  securityToken: 'X-Amz-Security-Token',
  regionSet: 'X-Amz-Region-Set',
  contentSha256: 'X-Amz-Content-Sha256',
  signature: 'X-Amz-Signature',
} as const

/** Longest life of a presigned URL, in seconds: a week. */
export const MAX_EXPIRES = 604_800
