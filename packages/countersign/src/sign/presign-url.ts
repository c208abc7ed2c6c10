/**
 * Signs a request in its URL, for whoever is handed the URL to send within its lifetime.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html}
 * @module
 */
import { buildCanonicalHeaders, type Header } from '../core/canonical-headers.ts'
import { buildCanonicalQuery, sortQuery } from '../core/canonical-query.ts'
import { UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { encodeUri } from '../core/uri-encoding.ts'
import { computeSignature } from './compute-signature.ts'
import { expressionOf, selectHeaders } from './header-selection.ts'
import type { HttpRequest, PresignedUrl, SyncBody } from './http-request.ts'
import { resolvePayloadHash } from './payload-hash.ts'
import { planRequest, wireUrl } from './plan-request.ts'
import { readSyncBody } from './read-body.ts'
import { headerValue, readHeaders } from './read-headers.ts'
import { resolveExpiry } from './resolve-expiry.ts'
import type { PresignOptions } from './sign-options.ts'

/** What belongs to one sending of a request is not for whoever is handed the URL. */
const REPLACED = /^(?:authorization|date|host|x-amz-(?:date|region-set|security-token))$/
const OWN_PARAMETER =
  /^X-Amz-(?:Algorithm|Content-Sha256|Credential|Date|Expires|Region-Set|Security-Token|Signature|SignedHeaders)(?:=|$)/

/**
 * Makes a presigned URL, at once and without waiting for anything.
 *
 * It is bound to its method and to the headers that come back with it, which must be sent. It never outlives
 * temporary credentials: `expiresAt` tells its true end. An S3 URL does not bind a body.
 *
 * @throws {@link SigningError} when the request cannot be signed; `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function presignUrl(request: HttpRequest<SyncBody>, options: PresignOptions): PresignedUrl {
  return presignAt(request, options, Date.now)
}

/** {@link presignUrl} at a given instant, where options and request name no other. */
export function presignAt(
  request: HttpRequest<SyncBody>,
  options: PresignOptions,
  clock: () => number,
): PresignedUrl {
  const headers = readHeaders(request.headers)
  const plan = planRequest(request, options, headers, clock())
  const { url, host, key, isTokenSigned } = plan
  const { seconds, expiresAt } = resolveExpiry(options, plan)

  const hoisted = options.hoistHeaders && expressionOf(options.hoistHeaders)
  const given = headers.filter(([name]) => !REPLACED.test(name))
  const selected = selectHeaders(given, options.signHeaders ?? 'sdk')
  const covered: Header[] = [['host', host], ...selected.filter(([name]) => !hoisted?.test(name))]
  const canonical = buildCanonicalHeaders(covered)

  const givenHash = options.payloadHash ?? headerValue(given, X_AMZ_CONTENT_SHA256)
  const payloadHash =
    plan.rules.unsignedPayload && givenHash === undefined
      ? UNSIGNED_PAYLOAD
      : resolvePayloadHash(givenHash, readSyncBody(request.body))

  const { accessKeyId, sessionToken } = options.credentials
  const { wire } = plan.query
  const query = wire.includes('X-Amz-')
    ? wire
        .split('&')
        .filter((pair) => !OWN_PARAMETER.test(pair))
        .join('&')
    : wire
  const hash = options.contentSha256Header ? `&X-Amz-Content-Sha256=${payloadHash}` : ''
  const credential = `${encodeUri(accessKeyId)}%2F${key.scopeText.replaceAll('/', '%2F')}`
  const token = sessionToken ? `&X-Amz-Security-Token=${encodeUri(sessionToken)}` : ''
  const regions = key.regionSet ? `&X-Amz-Region-Set=${encodeUri(key.regionSet)}` : ''
  // In canonical order, so that there is seldom anything to sort.
  let parameters =
    (query && '&') +
    `X-Amz-Algorithm=${key.algorithm}${hash}&X-Amz-Credential=${credential}&X-Amz-Date=${plan.amzDate}` +
    `&X-Amz-Expires=${seconds}${regions}${isTokenSigned ? token : ''}&X-Amz-SignedHeaders=${encodeUri(canonical.signedHeaders)}`
  for (const [name, value] of given) {
    if (hoisted?.test(name)) parameters += `&${encodeUri(name)}=${encodeUri(value)}`
  }

  // A query may have nothing but `&`, of which nothing is left.
  const canonicalQuery = sortQuery((buildCanonicalQuery(query, 'plus') + parameters).replace(/^&/, ''))
  const { canonicalRequest, stringToSign, signature } = computeSignature(
    plan,
    canonicalQuery,
    canonical,
    payloadHash,
  )
  const signed = `${query}${parameters}&X-Amz-Signature=${signature}${isTokenSigned ? '' : token}`
  return {
    method: plan.method,
    url: wireUrl(plan, signed) + url.fragment,
    headers: host === url.host ? covered.slice(1) : covered,
    expiresAt,
    canonicalRequest,
    stringToSign,
    signature,
    scope: key.scope,
    signedHeaders: canonical.names,
    warnings: plan.warnings,
  }
}
