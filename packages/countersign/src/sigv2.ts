/**
 * Signatures from before version 4, for what takes nothing newer: SigV2 of the query APIs, version 2 of S3 and the
 * stores like it, and SigV3. They are never a default, and never fallen back to.
 *
 * @module
 */
export {
  presignS3V2,
  signS3V2,
  type S3V2PresignOptions,
  type S3V2SignOptions,
} from './sign/sigv2/sign-s3-v2.ts'
export { signSigV2, type SigV2SignOptions } from './sign/sigv2/sign-sigv2.ts'
export { signSigV3, type SigV3SignOptions } from './sign/sigv2/sign-sigv3.ts'
export type { OlderPresignedUrl, OlderSignedRequest, OlderSignOptions } from './sign/sigv2/signed-request.ts'
export type { SigV2Method } from './algorithms/sigv2.ts'
export type { SigV3Scheme } from './algorithms/sigv3.ts'
export { createS3V2, s3V2, type S3V2Rules } from './verify/read-v2-claim.ts'
export { createSigV2, sigV2, type SigV2Rules } from './verify/read-v2-query-claim.ts'
export type { OlderAlgorithm } from './verify/older-algorithm.ts'
