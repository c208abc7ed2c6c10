/**
 * Signs a request in its URL, for whoever is handed the URL to send within its lifetime.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html}
 * @module
 */
import { buildCanonicalHeaders, type Header } from '../core/canonical-headers.ts'
import { formatCanonicalQuery, parseQuery, type QueryPair } from '../core/canonical-query.ts'
import {
  QUERY,
  SIGV4_ALGORITHM,
  UNSIGNED_PAYLOAD,
  X_AMZ_CONTENT_SHA256,
  X_AMZ_DATE,
  X_AMZ_SECURITY_TOKEN,
} from '../core/names.ts'
import { decodeUri, encodeUri } from '../core/uri-encoding.ts'
import { computeSignature } from './compute-signature.ts'
import { matchesAny, selectHeaders } from './header-selection.ts'
import type { HttpRequest, PresignedUrl, SyncBody } from './http-request.ts'
import { resolvePayloadHash } from './payload-hash.ts'
import { isOfInstant, planRequest, wireUrl, type RequestPlan } from './plan-request.ts'
import { systemClock } from './clock.ts'
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
export function presignAt(request: HttpRequest<SyncBody>, options: PresignOptions, now: () => Date): PresignedUrl {
  const plan = planRequest(request, options, now)
  const own = splitQuery(plan.wireQuery)
  const expiry = resolveExpiry(options, own.removed, plan.instant)
  const payloadHash = presignedPayloadHash(request, options, plan)
  const isHoisted = matchesAny(options.hoistHeaders ?? [])
  const kept = plan.headers.filter(([name]) => !REPLACED.has(name))
  const hoisted = kept.filter(([name]) => isHoisted(name))
  const headers = selectHeaders(kept, options.signHeaders ?? 'sdk').filter(
    (header) => !isHoisted(header[0]) && isOfInstant(header, plan),
  )

  const canonical = buildCanonicalHeaders([plan.host, ...headers])
  const { accessKeyId, sessionToken: token } = options.credentials
  const tokenPair: QueryPair[] = token ? [[QUERY.securityToken, encodeUri(token)]] : []
  const parameters = [
    ...hoisted.map(encodePair),
    ...signingParameters(plan, accessKeyId, expiry.seconds, canonical.signedHeaders),
    ...(options.contentSha256Header ? [encodePair([QUERY.contentSha256, payloadHash])] : []),
    ...(plan.isTokenSigned ? tokenPair : []),
  ]
  const canonicalQuery = formatCanonicalQuery([...parseQuery(own.kept, 'plus'), ...parameters])
  const steps = computeSignature(plan, canonicalQuery, canonical, payloadHash)
  const unsigned = plan.isTokenSigned ? [] : tokenPair
  const added = formatPairs([...parameters, [QUERY.signature, steps.signature], ...unsigned])
  return {
    method: plan.method,
    url: wireUrl(plan, own.kept === '' ? added : `${own.kept}&${added}`) + plan.url.fragment,
    headers: plan.host[1] === plan.url.host ? headers : [plan.host, ...headers],
    expiresAt: expiry.at,
    ...steps,
    scope: plan.key.scope,
    signedHeaders: canonical.names,
    warnings: [...plan.warnings, ...expiry.warnings],
  }
}

function presignedPayloadHash({ body }: HttpRequest<SyncBody>, options: SignOptions, plan: RequestPlan): string {
  const given = options.payloadHash ?? headerValue(plan.headers, X_AMZ_CONTENT_SHA256)
  if (given === undefined && plan.rules.unsignedPayload) return UNSIGNED_PAYLOAD
  return resolvePayloadHash(given, readSyncBody(body))
}

function signingParameters(
  { key, amzDate }: RequestPlan,
  accessKeyId: string,
  expiresIn: number, signedHeaders: string): QueryPair[] {
  const parameters: Header[] = [
    [QUERY.algorithm, SIGV4_ALGORITHM],
    [QUERY.credential, `${accessKeyId}/${key.scopeText}`],
    [QUERY.date, amzDate],
    [QUERY.expires, String(expiresIn)],
    [QUERY.signedHeaders, signedHeaders],
  ]
  return parameters.map(encodePair)
}

function encodePair([name, value]: Header): QueryPair {
  return [encodeUri(name), encodeUri(value)]
}

function formatPairs(pairs: readonly QueryPair[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** The caller's own parameters, and signing parameters that stood among them. */
interface SplitQuery {
  readonly kept: string
  readonly removed: ReadonlyMap<string, string>
}

function splitQuery(query: string): SplitQuery {
  const removed = new Map<string, string>()
  if (!query.includes('X-Amz-')) return { kept: query, removed }
  const kept = query.split('&').filter((piece) => {
    const [name = '', value = ''] = piece.split('=', 2).map(decodeUri)
    if (SIGNING_PARAMETERS.has(name)) removed.set(name, value)
    return !SIGNING_PARAMETERS.has(name)
  })
  return { kept: kept.join('&'), removed }
}
