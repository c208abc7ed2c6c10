/**
 * POST policies signed as S3 did at first: `signature` is HMAC-SHA1 of the policy under the secret itself, in base64. It
 * is bound to no region and to no day. For old stores only.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/HTTPPOSTForms.html}
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import { POST_FIELD } from '../core/post-policy.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { hmacSha1 } from '../crypto/hmac-sha1.ts'
import type { SignatureAlgorithm, SignatureKey } from './algorithm.ts'
import type { PostAlgorithm } from './post-algorithm.ts'

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/

function prepareKey(key: Uint8Array): SignatureKey {
  const sign = (policy: string): string => String.fromCharCode(...hmacSha1(key, policy))
  return {
    signHex: (policy) => btoa(sign(policy)),
    // Two texts can stand for the same bytes, since two bits of the last digit are unused.
    hasSigned: (policy, signature) =>
      SIGNATURE.test(signature) && equalConstantTime(sign(policy), atob(signature)),
  }
}

const hmacSha1Signature: SignatureAlgorithm = {
  name: 'HMAC-SHA1',
  deriveKey: (secretAccessKey) => utf8(secretAccessKey),
  prepareKey,
  isWellFormed: (signature) => SIGNATURE.test(signature),
}

/** SigV2, as a value for `algorithm` and `algorithms`. */
export const sigV2Post: PostAlgorithm = {
  credentialField: 'AWSAccessKeyId',
  signatureField: POST_FIELD.signatureV2,
  signature: hmacSha1Signature,
  signPolicy: (secretAccessKey, policy) => prepareKey(utf8(secretAccessKey)).signHex(policy),
}
