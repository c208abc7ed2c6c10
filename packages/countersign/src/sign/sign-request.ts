/**
 * Signs a request in its `Authorization` header.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { formatAuthorization } from '../core/authorization-header.ts'
import type { Bytes } from '../core/bytes.ts'
import { buildCanonicalHeaders, type CanonicalHeaders, type Header } from '../core/canonical-headers.ts'
import { X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_REGION_SET, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { readCommonDate, type DateReader } from './common-date.ts'
import { computeSignature } from './compute-signature.ts'
import { selectHeaders } from './header-selection.ts'
import type { HttpRequest, SignedRequest, SyncBody } from './http-request.ts'
import { assertProtected, resolvePayloadHash } from './payload-hash.ts'
import { planRequest, wireUrl, type RequestPlan } from './plan-request.ts'
import { readSyncBody } from './read-body.ts'
import { headerValue, readHeaders } from './read-headers.ts'
import { resolveInstant, type SigningHost, type SignOptions } from './sign-options.ts'

/** Headers of which a request has one, ours: a request that is signed again gets the same set. */
const REPLACED: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  X_AMZ_DATE,
  X_AMZ_CONTENT_SHA256,
  X_AMZ_REGION_SET,
  X_AMZ_SECURITY_TOKEN,
])

const COMMON: SigningHost = { now: Date.now, readDate: readCommonDate }

/**
 * Signs a request whose body is at hand, at once and without waiting for anything.
 *
 * Nothing of the caller's is changed. What comes back is to be sent as it is: `fetch(signed.url, signed)`.
 *
 * @throws {@link SigningError} when the request cannot be signed, or could not be sent as it was signed
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signRequest(request: HttpRequest<SyncBody>, options: SignOptions): SignedRequest {
  return signWithBody(request, readSyncBody(request.body), options, COMMON)
}

/**
 * Signs a request whose body has been read.
 *
 * @param host the clock, and what reads the dates of headers
 * @param body the bytes; without them a payload hash that is given stands for a body that the caller sends himself
 */
export function signWithBody(
  request: HttpRequest<unknown>,
  body: Bytes | undefined,
  options: SignOptions,
  host: SigningHost,
): SignedRequest {
  const given = readHeaders(request.headers)
  const plan = planRequest(request, options, given, resolveInstant(given, host))
  const { method, query, key, amzDate, rules, isTokenSigned, warnings } = plan
  const givenHash = options.payloadHash ?? headerValue(given, X_AMZ_CONTENT_SHA256)
  const payloadHash = resolvePayloadHash(givenHash, body)
  if (givenHash) assertProtected(givenHash, plan.url, options)

  // What a signature brings along comes first, in canonical order, and is always covered.
  const own: Header[] = [['host', plan.host]]
  if (options.contentSha256Header ?? (rules.contentSha256Header || givenHash !== undefined)) {
    own.push([X_AMZ_CONTENT_SHA256, payloadHash])
  }
  own.push([X_AMZ_DATE, amzDate])
  if (key.regionSet) own.push([X_AMZ_REGION_SET, key.regionSet])
  const { accessKeyId, sessionToken } = options.credentials
  if (sessionToken && isTokenSigned) own.push([X_AMZ_SECURITY_TOKEN, sessionToken])
  const kept = given.filter((header) => isKept(header, plan.second, host.readDate))
  const covered = kept.length > 0 ? [...own, ...selectHeaders(kept, options.signHeaders ?? 'minimal')] : own
  const canonical = covered.length > 2 ? buildCanonicalHeaders(covered) : leastHeaders(plan)

  const { canonicalRequest, stringToSign, signature } = computeSignature(
    plan,
    query.canonical,
    canonical,
    payloadHash,
  )
  const credential = `${accessKeyId}/${key.scopeText}`
  const authorization = formatAuthorization(key.algorithm, credential, canonical.signedHeaders, signature)
  // What is sent is made of what is covered, now that this has been read: a second list takes longer.
  for (const header of kept) own.push(header)
  if (sessionToken && !isTokenSigned) own.push([X_AMZ_SECURITY_TOKEN, sessionToken])
  own.push(['authorization', authorization])
  const signed: SignedRequest = {
    method,
    url: wireUrl(plan, query.wire),
    headers: own,
    canonicalRequest,
    stringToSign,
    signature,
    scope: key.scope,
    signedHeaders: canonical.names,
    warnings,
  }
  return body ? { ...signed, body } : signed
}

/** The canonical form of the two headers that every signature covers, in one step where they are alone. */
function leastHeaders({ host, amzDate }: RequestPlan): CanonicalHeaders {
  return {
    lines: 'host:' + host + '\n' + X_AMZ_DATE + ':' + amzDate + '\n',
    names: ['host', X_AMZ_DATE],
    signedHeaders: 'host;' + X_AMZ_DATE,
  }
}

/** What a signature does not bring along itself. A `date` that is not its instant is neither signed nor sent. */
function isKept([name, value]: Header, second: number, readDate: DateReader): boolean {
  if (name !== 'date') return !REPLACED.has(name)
  const instant = second * 1000
  return readDate(value, new Date(instant))?.getTime() === instant
}
