/**
 * POST policies signed with SigV4: `x-amz-signature` is HMAC-SHA256 of the policy in base64 under the signing key.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html}
 * @module
 */
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { POST_FIELD } from '../core/post-policy.ts'
import type { PostAlgorithm } from './post-algorithm.ts'

/** SigV4, which every store takes. */
export const sigV4Post: PostAlgorithm = {
  name: SIGV4_ALGORITHM,
  credentialField: POST_FIELD.credential,
  signatureField: POST_FIELD.signature,
  readComparable: (signature) => (/^[0-9a-f]{64}$/.test(signature) ? signature : undefined),
}
