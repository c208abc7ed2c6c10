/**
 * How a POST policy is signed: a value that signer and verifier are given.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html}
 * @module
 */
import type { SignatureAlgorithm } from './algorithm.ts'

/** An algorithm for the policies of browser uploads. What is signed is the policy in base64. */
export interface PostAlgorithm {
  /** Field of the access key id, with the scope where there is one. */
  readonly credentialField: string
  readonly signatureField: string
  /** Makes and checks the signatures. */
  readonly signature: SignatureAlgorithm
  /** Signs with the secret itself. Absent where the key of a day, region and service signs in its place. */
  readonly signPolicy?: ((secretAccessKey: string, policy: string) => string) | undefined
}
