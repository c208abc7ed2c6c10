/**
 * How a POST policy is signed: a value that signer and verifier are given.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html}
 * @module
 */

/** An algorithm for the policies of browser uploads. */
export interface PostAlgorithm {
  /** Name that look-ups and results get. */
  readonly name: string
  /** Field of the access key id, with the scope where there is one. */
  readonly credentialField: string
  readonly signatureField: string
  /**
   * Signs a policy, still in base64, with the secret itself. Absent where the signing key of a day, region and service
   * signs in its place.
   */
  readonly signPolicy?: ((secretAccessKey: string, policy: string) => string) | undefined
  /** A signature in the form in which two of them are compared; `undefined` when it cannot be one. */
  readComparable(signature: string): string | undefined
}
