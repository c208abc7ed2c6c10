/**
 * POST policies signed with SigV4: `x-amz-signature` is HMAC-SHA256 of the policy under the signing key.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html}
 * @module
 */
import { POST_FIELD } from '../core/post-policy.ts'
import type { PostAlgorithm } from './post-algorithm.ts'
import { sigV4 } from './sigv4.ts'

/** SigV4, which every store takes. */
export const sigV4Post: PostAlgorithm = {
  credentialField: POST_FIELD.credential,
  signatureField: POST_FIELD.signature,
  signature: sigV4,
}
