/**
 * Signed CloudFront URLs and cookies, RSA and ECDSA, on every runtime: `createCloudFrontSigner` makes them,
 * `verifySignedUrl` and `verifySignedCookies` check them with the public key.
 *
 * @module
 */
export {
  createCloudFrontSigner,
  type CloudFrontSigner,
  type CloudFrontSignerOptions,
  type SignCookiesOptions,
  type SignedCloudFrontCookies,
  type SignedCloudFrontUrl,
  type SignUrlOptions,
} from './cloudfront-signer.ts'
export { formatSetCookies, type CloudFrontCookie, type CookieScope } from './cookies.ts'
export type { EpochTime } from './epoch-time.ts'
export type { CloudFrontAlgorithm, CloudFrontKey } from './key.ts'
export {
  buildPolicy,
  parsePolicy,
  type CloudFrontConditions,
  type CloudFrontPolicy,
  type CloudFrontStatement,
} from './policy.ts'
export {
  verifySignedCookies,
  verifySignedUrl,
  type VerifiedCloudFrontUrl,
  type VerifyCloudFrontOptions,
} from './verify-cloudfront.ts'
