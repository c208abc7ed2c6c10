/**
 * POST policies signed as S3 did at first: `signature` is HMAC-SHA1 of the policy in base64 under the secret itself. It
 * is bound to no region and no day. For old stores only.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/HTTPPOSTForms.html}
 * @module
 */
import { hmacSha1 } from '../crypto/hmac-sha1.ts'
import { POST_FIELD } from '../core/post-policy.ts'
import type { PostAlgorithm } from './post-algorithm.ts'

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/

/** SigV2, as a value for `algorithm` and `algorithms`. */
export const sigV2Post: PostAlgorithm = {
  name: 'HMAC-SHA1',
  credentialField: 'AWSAccessKeyId',
  signatureField: POST_FIELD.signatureV2,
  signPolicy: (secretAccessKey, policy) => btoa(String.fromCharCode(...hmacSha1(secretAccessKey, policy))),
  // Two texts can stand for the same bytes, since four bits of the last digit are unused.
  readComparable: (signature) => (SIGNATURE.test(signature) ? atob(signature) : undefined),
}
