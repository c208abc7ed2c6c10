/**
 * String to sign: algorithm, instant, credential scope and the hash of the canonical request, one a line.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */

/** Builds the string to sign of a request. */
export function buildStringToSign(
  algorithm: string,
  amzDate: string,
  scope: string,
  requestHash: string,
): string {
  return `${algorithm}\n${amzDate}\n${scope}\n${requestHash}`
}
