/**
 * The last steps of every signing: canonical request, string to sign, signature.
 *
 * @module
 */
import { buildCanonicalHeaders, type Header } from '../core/canonical-headers.ts'
import { buildCanonicalRequest } from '../core/canonical-request.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { signWithKey } from '../keys/signing-key.ts'
import type { SigningSteps } from './http-request.ts'
import type { RequestPlan } from './plan-request.ts'

/**
 * Signs a planned request.
 *
 * @param headers the headers to be signed
 * @param formatQuery makes the canonical query, which in a presigned URL names the signed headers
 */
export function computeSignature(
  plan: RequestPlan,
  headers: readonly Header[],
  payloadHash: string,
  formatQuery: (signedHeaders: string) => string,
): SigningSteps {
  const { lines, names } = buildCanonicalHeaders(headers)
  const signedHeaders = names.join(';')
  const canonicalRequest = buildCanonicalRequest({
    method: plan.method,
    canonicalPath: plan.canonicalPath,
    canonicalQuery: formatQuery(signedHeaders),
    headerLines: lines,
    signedHeaders,
    payloadHash,
  })
  const hash = defaultSha256().hashHex(canonicalRequest)
  const stringToSign = buildStringToSign(SIGV4_ALGORITHM, plan.amzDate, plan.key.scopeText, hash)
  return {
    canonicalRequest,
    stringToSign,
    signature: signWithKey(plan.key, stringToSign),
    scope: plan.key.scope,
    signedHeaders: names,
    warnings: plan.warnings,
  }
}
