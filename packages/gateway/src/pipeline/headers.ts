/**
 * The headers of a request on their way to the upstream, and those of its response on their way back: without what is
 * meant for one connection only, without what a client could forge, and with what the gateway knows.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1}
 * @module
 */
import type { VerifiedRequest } from 'countersign/verify'
import type { Caller } from './exchange.ts'
import { GatewayFault } from './faults.ts'

/** Names and values in turn, as they stood on the wire. */
export type RawHeaders = readonly string[]

/** Begins the names of headers that only the gateway writes. */
const IDENTITY_PREFIX = 'x-countersign-'
const REQUEST_ID = 'x-countersign-request-id'

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // It was answered here.
  'expect',
])

/** What tells an upstream where a request came from; a client's own word on it counts for nothing. */
const FORWARDED: ReadonlySet<string> = new Set(['forwarded', 'x-real-ip'])
const FORWARDED_PREFIX = 'x-forwarded-'

const SIGNATURE: ReadonlySet<string> = new Set(['authorization', 'x-amz-security-token'])

/** Where a request came from. */
export interface Origin {
  readonly remoteAddress: string
  readonly protocol: 'http' | 'https'
  readonly host: string
}

/** Lower-case names that the Connection headers declare to be for one connection. */
function namedByConnection(raw: RawHeaders): string[] {
  const names: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.toLowerCase() !== 'connection') continue
    names.push(...raw[i + 1]!.split(',').map((name) => name.trim().toLowerCase()))
  }
  return names
}

/** Some servers read `_` in a name as `-`, so a client could write one name and mean the other. */
function isForgeable(lower: string): boolean {
  const name = lower.replaceAll('_', '-')
  return name.startsWith(IDENTITY_PREFIX) || name.startsWith(FORWARDED_PREFIX) || FORWARDED.has(name)
}

/**
 * What goes upstream of a request's own headers.
 *
 * @param verified tells which headers were signed: a Connection header, which never is, must not take them away
 * @throws {@link GatewayFault} `HEADER_DISPUTED`
 */
export function requestHeaders(
  raw: RawHeaders,
  verified: VerifiedRequest<string> | undefined,
  { keepSignature, keepHost }: { keepSignature: boolean; keepHost: boolean },
): string[] {
  const dropped = namedByConnection(raw)
  const disputed = dropped.find((name) => verified?.signedHeaders.includes(name))
  if (disputed !== undefined)
    throw new GatewayFault('HEADER_DISPUTED', `Connection names ${disputed}, which is signed`)
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase()
    if (HOP_BY_HOP.has(lower) || dropped.includes(lower) || isForgeable(lower)) continue
    if (!keepSignature && SIGNATURE.has(lower)) continue
    if (!keepHost && lower === 'host') continue
    kept.push(raw[i]!, raw[i + 1]!)
  }
  return kept
}

/** What tells of the frames of a chunked upload, which end here: the upstream gets the data alone. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'x-amz-content-sha256',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
])

/** Whether a request's body comes in chunks of `aws-chunked`, as its signature says. */
export function isChunkedUpload(payloadHash: string | string[] | undefined): boolean {
  return typeof payloadHash === 'string' && payloadHash.startsWith('STREAMING-')
}

/** The headers of a chunked upload as those of the data in it. */
export function withoutFraming(raw: RawHeaders): string[] {
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase()
    const value = lower === 'content-encoding' ? withoutChunked(raw[i + 1]!) : raw[i + 1]!
    if (!FRAMING.has(lower) && (value !== '' || lower !== 'content-encoding')) kept.push(raw[i]!, value)
  }
  return kept
}

function withoutChunked(encodings: string): string {
  const kept = encodings.split(',').filter((encoding) => encoding.trim().toLowerCase() !== 'aws-chunked')
  return kept.join(',').trim()
}

interface Told {
  readonly signed: string
  readonly payload: 'unsigned' | 'verified'
  readonly names: readonly string[]
}

/** What was told last: most requests of a caller are signed alike, and one text need not be written twice. */
let last: (Told & { readonly text: string }) | undefined

function describe({ signed, payload, names }: Told): string {
  if (names !== last?.names || signed !== last.signed || payload !== last.payload) {
    const text = `${signed}, payload=${payload}, headers=${names.join(';')}`
    last = { signed, payload, names, text }
  }
  return last.text
}

/** Adds who sent a request, and what of it was signed, for the upstream. */
export function addIdentity(
  headers: string[],
  { payload: kind, signedHeaders }: VerifiedRequest<string>,
  { principal, signed }: Caller,
): void {
  const payload = kind === 'unsigned' ? 'unsigned' : 'verified'
  headers.push(
    'x-countersign-principal',
    principal,
    'x-countersign-signed',
    describe({ signed, payload, names: signedHeaders }),
  )
}

/** Where a request came from, for the upstream. */
export function forwardedHeaders({ remoteAddress, protocol, host }: Origin): string[] {
  return ['x-forwarded-for', remoteAddress, 'x-forwarded-proto', protocol, 'x-forwarded-host', host]
}

/** What goes to the client of a response's headers, and the one id that its request has in the log. */
export function responseHeaders(raw: RawHeaders, requestId: string): string[] {
  const dropped = namedByConnection(raw)
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase()
    const isKept = !HOP_BY_HOP.has(lower) && !dropped.includes(lower) && lower !== REQUEST_ID
    if (isKept) kept.push(raw[i]!, raw[i + 1]!)
  }
  kept.push(REQUEST_ID, requestId)
  return kept
}
