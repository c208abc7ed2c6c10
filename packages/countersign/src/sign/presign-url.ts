/**
 * Signs a request in its URL, for whoever is handed the URL to send within its lifetime.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html}
 * @module
 */
import { buildCanonicalHeaders } from '../core/canonical-headers.ts'
import { buildCanonicalQuery, sortQuery } from '../core/canonical-query.ts'
import {
  QUERY,
  SIGV4_ALGORITHM,
  UNSIGNED_PAYLOAD,
  X_AMZ_CONTENT_SHA256,
  X_AMZ_DATE,
  X_AMZ_SECURITY_TOKEN,
} from '../core/names.ts'
import { decodeUri, encodeUri } from '../core/uri-encoding.ts'
import { systemClock } from './clock.ts'
import { computeSignature } from './compute-signature.ts'
import { matchesAny, selectHeaders } from './header-selection.ts'
import type { HttpRequest, PresignedUrl, SyncBody } from './http-request.ts'
import { resolvePayloadHash } from './payload-hash.ts'
import { planRequest, wireUrl, type RequestPlan } from './plan-request.ts'
import { readSyncBody } from './read-body.ts'
import { headerValue } from './read-headers.ts'
import { resolveExpiry } from './resolve-expiry.ts'
import type { PresignOptions, SignOptions } from './sign-options.ts'

const REPLACED: ReadonlySet<string> = new Set(['authorization', X_AMZ_DATE, X_AMZ_SECURITY_TOKEN])
const SIGNING_PARAMETERS: ReadonlySet<string> = new Set(Object.values(QUERY))

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
  return presignAt(request, options, systemClock)
}

/** {@link presignUrl} at a given instant, where options and request name no other. */
export function presignAt(
  request: HttpRequest<SyncBody>,
  options: PresignOptions,
  now: () => Date,
): PresignedUrl {
  const plan = planRequest(request, options, now)
  const { method, url, host, key, amzDate, warnings } = plan
  const [query, removed] = takeSigningParameters(plan.wireQuery)
  const { seconds, expiresAt, isClamped } = resolveExpiry(options, removed, plan.instant)
  if (isClamped) warnings.push('EXPIRY_CLAMPED')
  const payloadHash = presignedPayloadHash(request, options, plan)

  const isHoisted = matchesAny(options.hoistHeaders ?? [])
  const kept = plan.headers.filter(([name]) => !REPLACED.has(name))
  const headers = selectHeaders(kept, options.signHeaders ?? 'sdk').filter(([name]) => !isHoisted(name))
  if (host !== url.host) headers.unshift(['host', host])
  const canonical = buildCanonicalHeaders(host === url.host ? [['host', host], ...headers] : headers)

  const { accessKeyId, sessionToken } = options.credentials
  const token = sessionToken ? `&${QUERY.securityToken}=${encodeUri(sessionToken)}` : ''
  const hash = options.contentSha256Header ? `&${QUERY.contentSha256}=${payloadHash}` : ''
  const credential = encodeUri(`${accessKeyId}/${key.scopeText}`)
  const parameters =
    (query && '&') +
    `${QUERY.algorithm}=${SIGV4_ALGORITHM}${hash}&${QUERY.credential}=${credential}` +
    `&${QUERY.date}=${amzDate}&${QUERY.expires}=${seconds}${plan.isTokenSigned ? token : ''}` +
    `&${QUERY.signedHeaders}=${encodeUri(canonical.signedHeaders)}` +
    kept
      .filter(([name]) => isHoisted(name))
      .map(([name, value]) => `&${encodeUri(name)}=${encodeUri(value)}`)
      .join('')

  const canonicalQuery = sortQuery(buildCanonicalQuery(query, 'plus') + parameters)
  const { canonicalRequest, stringToSign, signature } = computeSignature(
    plan,
    canonicalQuery,
    canonical,
    payloadHash,
  )
  const signed = `${query}${parameters}&${QUERY.signature}=${signature}${plan.isTokenSigned ? '' : token}`
  return {
    method,
    url: wireUrl(plan, signed) + url.fragment,
    headers,
    expiresAt,
    canonicalRequest,
    stringToSign,
    signature,
    scope: key.scope,
    signedHeaders: canonical.names,
    warnings,
  }
}

function presignedPayloadHash(
  { body }: HttpRequest<SyncBody>,
  options: SignOptions,
  plan: RequestPlan,
): string {
  const given = options.payloadHash ?? headerValue(plan.headers, X_AMZ_CONTENT_SHA256)
  if (given === undefined && plan.rules.unsignedPayload) return UNSIGNED_PAYLOAD
  return resolvePayloadHash(given, readSyncBody(body))
}

/** Parts the caller's own parameters, as they stand, from signing parameters among them. */
function takeSigningParameters(query: string): [kept: string, removed: ReadonlyMap<string, string>] {
  const removed = new Map<string, string>()
  if (!query.includes('X-Amz-')) return [query, removed]
  const kept = query.split('&').filter((piece) => {
    const [name = '', value = ''] = piece.split('=').map(decodeUri)
    if (SIGNING_PARAMETERS.has(name)) removed.set(name, value)
    return !SIGNING_PARAMETERS.has(name)
  })
  return [kept.join('&'), removed]
}
