/**
 * The last steps of every signing: canonical request, string to sign, signature.
 *
 * @module
 */
import type { CanonicalHeaders } from '../core/canonical-headers.ts'
import { buildCanonicalRequest } from '../core/canonical-request.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { RequestPlan } from './plan-request.ts'

/** What comes out of them. */
export interface ComputedSignature {
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
}

/** Signs a planned request. */
export function computeSignature(
  { method, path, amzDate, key }: RequestPlan,
  canonicalQuery: string,
  headers: CanonicalHeaders,
  payloadHash: string,
): ComputedSignature {
  const canonicalRequest = buildCanonicalRequest(method, path.canonical, canonicalQuery, headers, payloadHash)
  const hash = defaultSha256().hashHex(canonicalRequest)
  const stringToSign = buildStringToSign(key.algorithm, amzDate, key.scopeText, hash)
  return { canonicalRequest, stringToSign, signature: key.sign(stringToSign) }
}
