/**
 * SigV3, as Route 53 and SES once took it: `AWS3-HTTPS` signs the date alone and leaves the rest to TLS, `AWS3` signs
 * method, path, query, host, `x-amz-*` headers and body.
 *
 * @see {@link https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/RESTAuthentication.html}
 * @module
 */
import { buildCanonicalHeaders, type CanonicalHeaders, type Header } from '../core/canonical-headers.ts'

/** The two kinds, by the names that the header has for them. */
export type SigV3Scheme = 'AWS3-HTTPS' | 'AWS3'

/** Header of the signature. */
export const X_AMZN_AUTHORIZATION = 'x-amzn-authorization'

/** The headers that `AWS3` signs. */
export function sigV3Headers(headers: readonly Header[]): CanonicalHeaders {
  return buildCanonicalHeaders(headers.filter(([name]) => name === 'host' || name.startsWith('x-amz')))
}

/** Builds what `AWS3` signs, up to the body that follows it. */
export function buildSigV3StringToSign(
  method: string,
  path: string,
  canonicalQuery: string,
  { lines }: CanonicalHeaders,
): string {
  return `${method}\n${path}\n${canonicalQuery}\n${lines}\n`
}

/** Writes the header. `AWS3` names the headers that it signs. */
export function formatSigV3Authorization(
  scheme: SigV3Scheme,
  accessKeyId: string,
  { signedHeaders }: Pick<CanonicalHeaders, 'signedHeaders'>,
  signature: string,
): string {
  const names = scheme === 'AWS3' ? `SignedHeaders=${signedHeaders},` : ''
  return `${scheme} AWSAccessKeyId=${accessKeyId},Algorithm=HmacSHA256,${names}Signature=${signature}`
}
