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

/** The six parts of a canonical request. */
export interface CanonicalRequestParts {
  readonly method: string
  readonly canonicalPath: string
  readonly canonicalQuery: string
  /** `name:value` lines, each with its line end. */
  readonly headerLines: string
  /** Names joined with `;`. */
  readonly signedHeaders: string
  /** SHA-256 of the payload in hex, or a keyword such as `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string
}

/** Writes the parts down, one after the other. */
export function buildCanonicalRequest(parts: CanonicalRequestParts): string {
  const { method, canonicalPath, canonicalQuery, headerLines, signedHeaders, payloadHash } = parts
  return `${method}\n${canonicalPath}\n${canonicalQuery}\n${headerLines}\n${signedHeaders}\n${payloadHash}`
}
