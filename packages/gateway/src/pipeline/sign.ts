/**
 * The stage that signs: headers that belong to the connection are out, what is left is signed, and it is sent as it
 * was signed.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import { presignUrl, signRequest, type Credentials, type KeyCredentials, type SignOptions } from 'countersign'
import { CountersignError } from 'countersign/errors'
import { signChunks } from 'countersign/streaming'
import type { Dispatcher } from 'undici'
import { scopeOfHost, type RouteScope } from '../config/route-scope.ts'
import type { Exchange, SentMessage, Signed, Target } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { isChunkedUpload, requestHeaders, withoutFraming } from './headers.ts'
import type { Payload } from './payload.ts'
import type { RouteSigner } from './route-signer.ts'
import type { RouteRules } from './routes.ts'

/** Where a request goes, and as what it is signed. */
export interface Destination {
  /** Scheme, host and port of the connection. */
  readonly origin: string
  /** Scheme and host that are signed; the host is sent as `Host`. */
  readonly scheme: 'http' | 'https'
  readonly host: string
  /** Raw path and query. */
  readonly target: string
}

/** What signs a request, and what it may be signed for. */
export interface Signing {
  readonly signer: RouteSigner
  readonly rules: RouteRules
  readonly scope: RouteScope
  readonly credentials: Credentials | KeyCredentials
}

/** A signed request, ready to be sent. */
export interface SignedMessage extends Dispatcher.DispatchOptions {
  readonly headers: string[]
  readonly scheme: SentMessage['scheme']
  readonly steps: SentMessage['steps']
  readonly service: string
  readonly region: string
}

/** What a signature is made of anew; the length is that of what is sent. */
const REPLACED: ReadonlySet<string> = new Set([
  'host',
  'date',
  'content-length',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-region-set',
])
/** What `minimal` signs of a request's own headers; the others need not be looked at. */
const SIGNED_BY_DEFAULT = /^(?:content-(?:md5|type)|x-amz-.*)$/
const HOSTS = 1000
/** How long the signature of a WebSocket is good: it is used at once. */
const SOCKET_SECONDS = 60

/** The headers of a request that may go on, in two lists. */
interface Heads {
  /** May be signed. */
  readonly signable: [name: string, value: string][]
  /** Go along as they are: names and values in turn. */
  readonly others: string[]
}

/** What a request to a host is signed for: as the settings say, else the host, else as the client signed it. */
export function findScope(signer: RouteSigner, host: string, verified: Exchange['verified']): RouteScope {
  const known = signer.scopes.get(host) ?? learnScope(signer, host)
  if (!verified || (known.service && known.region)) return known
  const { scope, regionSet } = verified
  return {
    service: known.service ?? scope.service,
    region: known.region ?? scope.region ?? regionSet?.join(','),
  }
}

function learnScope({ settings, scopes }: RouteSigner, host: string): RouteScope {
  const { service, region } = settings
  const told = service && region ? {} : attempt(() => scopeOfHost(host))
  const known = { service: service ?? told.service, region: region?.join(',') ?? told.region }
  if (scopes.size >= HOSTS) scopes.clear()
  scopes.set(host, known)
  return known
}

/**
 * Signs a request for its destination, now.
 *
 * @throws {@link GatewayFault} `NOT_SIGNABLE`, `NOT_ALLOWED`
 */
export function signMessage(
  exchange: Exchange,
  signing: Signing,
  destination: Destination,
  payload: Payload | undefined,
): SignedMessage {
  const { signable, others } = readHeads(exchange, signing.signer, payload)
  const { scheme, host, target, origin } = destination
  const request = {
    method: exchange.request.method ?? '',
    url: `${scheme}://${host}${target}`,
    headers: signable,
  }
  const signed = attempt(() => cover(request, payload, optionsOf(signing, host)))
  const service = signed.scope.service
  const region = signed.scope.region ?? signing.scope.region ?? '*'
  if (signing.rules.limitsScopes) assertAllowed(signing.rules, service, region)
  const headers: string[] = []
  for (const [name, value] of signed.headers) headers.push(name, value)
  for (const each of others) headers.push(each)
  if (payload?.length !== undefined) headers.push('content-length', String(payload.length))
  return {
    origin,
    method: signed.method,
    path: signed.url.slice(signed.url.indexOf('/', scheme.length + 3)),
    headers,
    body: payload ? ((signed.body ?? payload.content) as Readable) : null,
    scheme,
    steps: signed,
    service,
    region,
  }
}

/**
 * Signs a request that opens a WebSocket in its query, for services that look there alone.
 *
 * @throws {@link GatewayFault} `NOT_SIGNABLE`, `NOT_ALLOWED`
 */
export function presignMessage(
  exchange: Exchange,
  signing: Signing,
  { scheme, host, target, origin }: Destination,
): SignedMessage {
  const { signable, others } = readHeads(exchange, signing.signer, undefined)
  const request = { method: 'GET', url: `${scheme}://${host}${target}` }
  const options = { ...optionsOf(signing, host), expiresIn: SOCKET_SECONDS, signHeaders: [] }
  const signed = attempt(() => presignUrl(request, options))
  const { url, scope } = signed
  const region = scope.region ?? signing.scope.region ?? '*'
  if (signing.rules.limitsScopes) assertAllowed(signing.rules, scope.service, region)
  const headers = ['host', host, ...signable.flat(), ...others]
  const path = url.slice(url.indexOf('/', scheme.length + 3))
  return {
    origin,
    method: 'GET',
    path,
    headers,
    body: null,
    scheme,
    steps: signed,
    service: scope.service,
    region,
  }
}

/** Keeps what an exchange was signed for; what many are signed for is one object. */
export function noteSigned(
  exchange: Exchange,
  signer: RouteSigner,
  host: string,
  { service, region }: SignedMessage,
): Signed {
  const latest = signer.target
  const isSame = latest?.host === host && latest.service === service && latest.region === region
  const target = isSame ? latest : (signer.target = createTarget(signer, host, service, region))
  const signed = (exchange.signed ??= {
    target,
    attempts: 0,
    requestId: undefined,
    cause: undefined,
    refusal: undefined,
  })
  signed.attempts += 1
  return signed
}

function createTarget({ log }: RouteSigner, host: string, service: string, region: string): Target {
  return { host, service, region, log: log.child({ upstream: host, signedFor: `${region}/${service}` }) }
}

function optionsOf({ signer, scope, credentials }: Signing, host: string): SignOptions {
  const { algorithm, signHeaders, offsets } = signer
  const offset = offsets.get(host)
  return {
    credentials,
    service: scope.service,
    region: algorithm ? scope.region?.split(',') : scope.region,
    algorithm,
    signHeaders,
    date: offset === undefined ? undefined : new Date(Date.now() + offset),
  }
}

type SignedHead = Omit<ReturnType<typeof signRequest>, 'body'> & { readonly body?: unknown }

function cover(
  request: { method: string; url: string; headers: [string, string][] },
  payload: Payload | undefined,
  options: SignOptions,
): SignedHead {
  if (!payload) return signRequest(request, options)
  const { cover: by, content } = payload
  if (by.kind === 'hash') return signRequest(request, { ...options, payloadHash: by.hash })
  if (by.kind === 'bytes')
    return signRequest({ ...request, body: content as Uint8Array<ArrayBuffer> }, options)
  return signChunks(
    { ...request, body: content },
    { ...options, decodedLength: by.length, checksum: by.checksum },
  )
}

/** What is signed for, and may not be. */
function assertAllowed(rules: RouteRules, service: string, region: string): void {
  if (rules.service(service) && region.split(',').every((each) => rules.region(each))) return
  throw new GatewayFault('NOT_ALLOWED', `No route allows to sign for ${service} in ${region}`)
}

/** What the library cannot sign is told to the client, save what is wrong with the credentials. */
function attempt<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof CountersignError) || error instanceof GatewayFault) throw error
    if (error.name === 'CredentialsError') {
      throw new GatewayFault('CREDENTIALS_UNAVAILABLE', error.message, { cause: error })
    }
    throw new GatewayFault('NOT_SIGNABLE', `The request cannot be signed: ${error.message}`, { cause: error })
  }
}

function readHeads(
  { request, verified }: Exchange,
  signer: RouteSigner,
  payload: Payload | undefined,
): Heads {
  const { signHeaders, setHeaders } = signer
  const claimed = request.headers['x-amz-content-sha256']
  const isUnpacked = isChunkedUpload(claimed) && !payload?.isFramed
  const raw = isUnpacked ? withoutFraming(request.rawHeaders) : request.rawHeaders
  const kept = requestHeaders(raw, verified, { keepHost: false, keepSignature: false })
  const isChunked = payload?.cover.kind === 'chunks'
  const signable: [string, string][] = []
  const others: string[] = []
  for (let i = 0; i < kept.length; i += 2) {
    const name = kept[i]!
    const lower = name.toLowerCase()
    if (REPLACED.has(lower) || (setHeaders.size > 0 && setHeaders.has(lower))) continue
    const maySign =
      signHeaders !== 'minimal' ||
      SIGNED_BY_DEFAULT.test(lower) ||
      (isChunked && lower === 'content-encoding')
    if (maySign) signable.push([lower, kept[i + 1]!])
    else others.push(name, kept[i + 1]!)
  }
  for (const [name, value] of setHeaders) if (value !== '') signable.push([name, value])
  return { signable, others }
}
