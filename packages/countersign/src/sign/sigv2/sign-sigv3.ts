/**
 * Signs requests with SigV3, in the header `X-Amzn-Authorization`. For what was built for it: services take SigV4.
 *
 * @see {@link https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/RESTAuthentication.html}
 * @module
 */
import {
  buildSigV3StringToSign,
  formatSigV3Authorization,
  sigV3Headers,
  X_AMZN_AUTHORIZATION,
  type SigV3Scheme,
} from '../../algorithms/sigv3.ts'
import { signHmacSha256 } from '../../algorithms/sigv2-hmac.ts'
import { bytesOfHex, utf8 } from '../../core/bytes.ts'
import { buildCanonicalQuery } from '../../core/canonical-query.ts'
import { hashPieces } from '../../crypto/hash-pieces.ts'
import { SigningError } from '../../errors.ts'
import type { HttpRequest, SyncBody } from '../http-request.ts'
import { readSyncBody } from '../read-body.ts'
import type { UrlParts } from '../read-url.ts'
import { dateHeaders, planOlder, urlOf } from './plan-older.ts'
import type { OlderSignedRequest, OlderSignOptions } from './signed-request.ts'
import { isEncrypted } from '../secret-transport.ts'

/** Options of {@link signSigV3}. */
export interface SigV3SignOptions extends OlderSignOptions {
  /** By default `AWS3-HTTPS` for https, and `AWS3` for http. */
  readonly scheme?: SigV3Scheme | undefined
}

/**
 * Signs a request, at once.
 *
 * @throws {@link SigningError} when the request cannot be signed; `OPTION_INVALID` for `AWS3-HTTPS` without TLS
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signSigV3(request: HttpRequest<SyncBody>, options: SigV3SignOptions): OlderSignedRequest {
  const plan = planOlder(request, options)
  const { accessKeyId, secretAccessKey } = options.credentials
  const { method, path, query } = plan
  const scheme = resolveScheme(plan.url, options)
  const { headers, date } = dateHeaders(plan, options)
  const body = readSyncBody(request.body)
  const canonical = sigV3Headers(headers)
  const isWhole = scheme === 'AWS3'
  const stringToSign = isWhole
    ? buildSigV3StringToSign(method, path, buildCanonicalQuery(query, 'plus'), canonical)
    : date
  const text = utf8(stringToSign)
  const message = isWhole ? bytesOfHex(hashPieces(body ? [text, body] : [text])) : text
  const signature = signHmacSha256(secretAccessKey, message)
  const authorization = formatSigV3Authorization(scheme, accessKeyId, canonical, signature)
  return {
    method,
    url: urlOf(plan, query),
    headers: [...headers, [X_AMZN_AUTHORIZATION, authorization]],
    ...(body && { body }),
    stringToSign,
    signature,
    warnings: plan.warnings,
  }
}

// Without TLS, whoever sees the signature of a date could put any request behind it.
function resolveScheme(url: UrlParts, { scheme }: SigV3SignOptions): SigV3Scheme {
  const isSecure = isEncrypted(url)
  if (scheme === undefined) return isSecure ? 'AWS3-HTTPS' : 'AWS3'
  if (scheme === 'AWS3' || (scheme === 'AWS3-HTTPS' && isSecure)) return scheme
  throw new SigningError('OPTION_INVALID', 'scheme must be AWS3, or AWS3-HTTPS for a URL of https')
}
