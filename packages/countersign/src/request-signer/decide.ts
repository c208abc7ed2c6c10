/**
 * Decides how a request is signed, before anything is: from what the caller says, the endpoint's rules and the host.
 *
 * @module
 */
import { X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import type { Body, HttpRequest } from '../sign/http-request.ts'
import { isStream } from '../sign/read-body.ts'
import { headerValue, readHeaders } from '../sign/read-headers.ts'
import { readUrl, type UrlParts } from '../sign/read-url.ts'
import { isEncrypted } from '../sign/secret-transport.ts'
import type { SchemeChoice } from './auth-schemes.ts'
import { chooseScheme, isRegionSet } from './choose-scheme.ts'
import type { SigningDecision } from './decision.ts'
import { inferRequestScope } from './hosts.ts'
import { leavesBodyUnsigned } from './operations.ts'
import type { RequestRules } from './request-rules.ts'
import type { SchemeName } from './scheme-names.ts'

/** Where a value may come from, the best first, and what to call it. */
type Source = readonly [value: string | undefined, reason: string]

const WITH_REQUEST = 'given with the request'
const TO_SIGNER = 'given to the signer'

/**
 * Decides.
 *
 * @param ofRequest given with the request
 * @param ofSigner given for all requests
 * @param available kinds that were passed in
 * @throws {@link SigningError} `AUTH_SCHEME_UNKNOWN`, `URL_INVALID`, `HOST_NOT_SIGNABLE`, `HEADER_INVALID`
 */
export function decide(
  request: HttpRequest<Body>,
  ofRequest: RequestRules,
  ofSigner: RequestRules,
  available: ReadonlySet<SchemeName>,
): SigningDecision {
  const url = readUrl(request.url)
  const host = inferRequestScope(url.host, url.path)
  const rules = mergeRules(ofSigner, ofRequest)
  const choice = chooseScheme({ url, rules, host, available })
  const { scheme, endpoint } = choice
  // The endpoint's rules are as near to the request as what they came with.
  const endpointFirst = ofRequest.authSchemes !== undefined
  const [service, serviceReason] = pick(
    [ofRequest.service, WITH_REQUEST],
    ...order(endpointFirst, [ofSigner.service, TO_SIGNER], [endpoint?.signingName, 'authSchemes']),
    [host?.service, host?.reason ?? ''],
  )
  const [region, regionReason] = pick(
    ...regionSources(choice, ofRequest, ofSigner, host?.region, host?.reason),
  )
  const usual = serviceRules(service ?? '')
  const isSinglyEncoded = endpoint?.disableDoubleEncoding === true
  const pathEncoding = rules.pathEncoding ?? (isSinglyEncoded ? 'single' : usual.pathEncoding)
  const normalizePath = rules.normalizePath ?? (!isSinglyEncoded && usual.normalizePath)
  const tokenPlacement = rules.tokenPlacement ?? usual.tokenPlacement
  const unsigned = unsignedReason(request, url, scheme, service, rules.operation)
  return {
    scheme,
    service,
    region,
    pathEncoding,
    normalizePath,
    tokenPlacement,
    contentSha256Header: rules.contentSha256Header ?? usual.contentSha256Header,
    isPayloadUnsigned: unsigned !== undefined,
    why: {
      scheme: choice.reason,
      ...(service !== undefined && { service: serviceReason }),
      ...(region !== undefined && { region: regionReason }),
      ...(isSinglyEncoded && { path: 'authSchemes has disableDoubleEncoding' }),
      ...(tokenPlacement === 'after' && { token: `${service} takes the token behind the signature` }),
      ...(unsigned !== undefined && { payload: unsigned }),
    },
  }
}

/** The options of a signer with those of one request over them. */
export function mergeRules(ofSigner: RequestRules, ofRequest: RequestRules): RequestRules {
  const given = Object.entries(ofRequest).filter(([, value]) => value !== undefined)
  return { ...ofSigner, ...(Object.fromEntries(given) as RequestRules) }
}

function pick(...sources: readonly Source[]): Source {
  return sources.find(([value]) => value) ?? [undefined, '']
}

function order(isSwapped: boolean, first: Source, second: Source): readonly Source[] {
  return isSwapped ? [second, first] : [first, second]
}

function regionSources(
  { scheme, endpoint }: SchemeChoice,
  ofRequest: RequestRules,
  ofSigner: RequestRules,
  ofHost: string | undefined,
  hostReason = '',
): readonly Source[] {
  const forSet = scheme === 'sigv4a'
  const set = forSet ? endpoint?.signingRegionSet?.join(',') : undefined
  const ofEndpoint: Source = [set ?? endpoint?.signingRegion, 'authSchemes']
  const own: Source = [textOf(ofSigner.region), TO_SIGNER]
  const named: Source = [textOf(ofRequest.region), WITH_REQUEST]
  const told: Source = [ofHost, hostReason]
  // The one region of a client is no set: what is for all regions stays so.
  if (forSet && !isRegionSet(ofSigner.region)) {
    return [named, ofEndpoint, told, own, ['*', 'SigV4A holds in all regions by default']]
  }
  return [named, ...order(ofRequest.authSchemes !== undefined, own, ofEndpoint), told]
}

function textOf(region: RequestRules['region']): string | undefined {
  return region === undefined ? undefined : String(region)
}

/** Why the body stays out of the signature; `undefined` when it does not. Over plain http it never does. */
function unsignedReason(
  { headers, body }: HttpRequest<Body>,
  url: UrlParts,
  scheme: SchemeName,
  service: string | undefined,
  operation: string | undefined,
): string | undefined {
  if (scheme !== 'sigv4' && scheme !== 'sigv4a') return undefined
  if (operation === undefined || !leavesBodyUnsigned(service, operation) || !isEncrypted(url))
    return undefined
  const given = readHeaders(headers)
  if (headerValue(given, X_AMZ_CONTENT_SHA256) !== undefined) return undefined
  // Of S3, a body that can be hashed is, unless something else protects it.
  const isProtected =
    headerValue(given, 'content-md5') !== undefined || (body !== undefined && isStream(body))
  if (serviceRules(service ?? '').unsignedPayload && !isProtected) return undefined
  return `${operation} has an unsigned body`
}
