/**
 * SigV2 of the query APIs: what is signed are the method, the host, the path and all parameters, be they in the URL or
 * in a form.
 *
 * ```
 * GET
 * elasticmapreduce.amazonaws.com
 * /
 * AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Action=DescribeJobFlows&SignatureMethod=HmacSHA256&…
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/AmazonSimpleDB/latest/DeveloperGuide/HMACAuth.html}
 * @module
 */
import type { QueryPair } from '../core/canonical-query.ts'
import { decodeUri } from '../core/uri-encoding.ts'

/** The parameters of the signature. */
export const SIGV2_QUERY = {
  accessKeyId: 'AWSAccessKeyId',
  signature: 'Signature',
  method: 'SignatureMethod',
  version: 'SignatureVersion',
  timestamp: 'Timestamp',
  expires: 'Expires',
  securityToken: 'SecurityToken',
} as const

/** The HMACs by the names that `SignatureMethod` has for them. */
export type SigV2Method = 'HmacSHA1' | 'HmacSHA256'

/** Content type of parameters that stand in a body. */
export const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Whether a content type is that of parameters that stand in a body. */
export function isFormType(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded[\t ]*(?:;|$)/i.test(contentType)
}

/**
 * Builds the string to sign.
 *
 * @param host in lower case, as in the `Host` header
 * @param path as on the wire
 * @param pairs canonically encoded; the signature among them is left out
 */
export function buildSigV2StringToSign(
  method: string,
  host: string,
  path: string,
  pairs: readonly QueryPair[],
): string {
  return `${method}\n${host}\n${path || '/'}\n${formatSorted(pairs)}`
}

// Sorted before they are encoded, by name in byte order: that is how AWS describes it, and how its SDKs do it.
function formatSorted(pairs: readonly QueryPair[]): string {
  const signed = pairs.filter(([name]) => name !== SIGV2_QUERY.signature)
  const named = signed.map(([name, value]) => [decodeUri(name), `${name}=${value}`] as const)
  return named
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([, pair]) => pair)
    .join('&')
}

/** The first name that stands twice. Which of the two a server reads is known to nobody. */
export function findRepeatedName(pairs: readonly QueryPair[]): string | undefined {
  const seen = new Set<string>()
  for (const [name] of pairs) {
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}
