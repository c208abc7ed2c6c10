/**
 * Canonical request: the one text that client and server both make of a request, and hash.
 *
 * ```
 * GET
 * /test.txt
 *
 * host:examplebucket.s3.amazonaws.com
 * x-amz-date:20130524T000000Z
 *
 * host;x-amz-date
 * e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */

import type { CanonicalHeaders } from './canonical-headers.ts'

/**
 * Writes the six parts down, one after the other.
 *
 * @param payloadHash SHA-256 of the payload in hex, or a keyword such as `UNSIGNED-PAYLOAD`
 */
export function buildCanonicalRequest(
  method: string,
  canonicalPath: string,
  canonicalQuery: string,
  { lines, signedHeaders }: Pick<CanonicalHeaders, 'lines' | 'signedHeaders'>,
  payloadHash: string,
): string {
  return `${method}\n${canonicalPath}\n${canonicalQuery}\n${lines}\n${signedHeaders}\n${payloadHash}`
}
