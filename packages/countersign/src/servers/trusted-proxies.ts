/**
 * Proxies in front of a server, which tell by headers what a client asked them for: `X-Forwarded-Host`, `Forwarded` and
 * so on. Anybody can send such headers, so they count only where the peer of the connection is a known proxy, and only
 * those that it writes itself.
 *
 * ```ts
 * trustedProxies: { addresses: ['10.0.0.0/8'], headers: ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'] }
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-8} on what such headers are worth
 * @module
 */
import { isInIpRange, parseIpRange } from '../core/ip-range.ts'
import { SigningError } from '../errors.ts'
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'
import { readForwardedAddress, readForwardedHops, readLast, readList } from './forwarded.ts'

/** A header by which a proxy tells what it was asked for. */
export type ForwardedHeader =
  | 'forwarded'
  | 'x-forwarded-for'
  | 'x-forwarded-host'
  | 'x-forwarded-proto'
  | 'x-forwarded-prefix'

/** Which proxies are believed, and what. */
export interface TrustedProxies {
  /** Addresses and ranges of the proxies, such as `10.0.0.0/8` or `2001:db8::7`. */
  readonly addresses: readonly string[]
  /** The headers that they write, whatever the client sent by the same name. Name no others: they are the client's. */
  readonly headers: readonly ForwardedHeader[]
}

/** Reads a message as the client sent it to the first of the trusted proxies. */
export type BehindProxies = (message: RequestMessage) => RequestMessage

/** What the proxies tell. */
interface Told {
  readonly host?: string | undefined
  readonly proto?: string | undefined
  readonly prefix?: string | undefined
  /** Absent where nothing is told of it; no text where what is told is no address. */
  readonly address?: { readonly text: string | undefined }
}

const KNOWN: ReadonlySet<string> = new Set<ForwardedHeader>([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-prefix',
])

const HOST = /^[\w.~-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i
const PREFIX = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)*\/?$/

/**
 * Makes the function that reads what trusted proxies tell. A message from any other peer comes out as it went in.
 *
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID`
 */
export function createBehindProxies({ addresses, headers }: TrustedProxies): BehindProxies {
  const ranges = addresses.map(parseIpRange)
  const names = new Set<string>(headers)
  assertHeaders(names)

  function isTrusted(address: string | undefined): boolean {
    return address !== undefined && ranges.some((range) => isInIpRange(address, range))
  }

  return (message) => {
    if (!isTrusted(message.remoteAddress)) return message
    const told = names.has('forwarded')
      ? readForwarded(message.headers, isTrusted)
      : readXForwarded(message.headers, names, isTrusted)
    return applyTold(message, told)
  }
}

function assertHeaders(names: ReadonlySet<string>): void {
  const isKnown = names.size > 0 && [...names].every((name) => KNOWN.has(name))
  if (isKnown && !(names.has('forwarded') && names.size > 1)) return
  throw new SigningError(
    'OPTION_INVALID',
    `trustedProxies.headers must be ["forwarded"], or some of ${[...KNOWN].slice(1).join(', ')}`,
  )
}

/** Of a row of hops, the first to whom an untrusted peer spoke: all to the left of it is that peer's own word. */
function readForwarded(
  headers: RequestMessage['headers'],
  isTrusted: (address: string | undefined) => boolean,
): Told {
  const hops = readForwardedHops(headers)
  const outermost = hops.findLast((hop) => !isTrusted(readForwardedAddress(hop.get('for')))) ?? hops[0]
  if (!outermost) return {}
  return {
    host: outermost.get('host'),
    proto: outermost.get('proto'),
    ...(outermost.has('for') ? { address: { text: readForwardedAddress(outermost.get('for')) } } : {}),
  }
}

function readXForwarded(
  headers: RequestMessage['headers'],
  names: ReadonlySet<string>,
  isTrusted: (address: string | undefined) => boolean,
): Told {
  const read = (name: ForwardedHeader): string | undefined =>
    names.has(name) ? readLast(headers, name) : undefined
  const addresses = names.has('x-forwarded-for')
    ? readList(headers, 'x-forwarded-for').map(readForwardedAddress)
    : []
  const client = addresses.findLastIndex((address) => !isTrusted(address))
  return {
    host: read('x-forwarded-host'),
    proto: read('x-forwarded-proto'),
    prefix: read('x-forwarded-prefix'),
    ...(addresses.length > 0 ? { address: { text: addresses[Math.max(client, 0)] } } : {}),
  }
}

function applyTold(message: RequestMessage, { host, proto, prefix, address }: Told): RequestMessage {
  return {
    ...message,
    headers: host === undefined ? message.headers : withHost(message.headers, host),
    target: prefix === undefined ? message.target : readPrefix(prefix) + message.target,
    protocol: proto === undefined ? message.protocol : readProtocol(proto),
    remoteAddress: address ? address.text : message.remoteAddress,
  }
}

// In their places, so that a second Host is still one too many.
function withHost(headers: RequestMessage['headers'], host: string): RequestMessage['headers'] {
  if (!HOST.test(host)) throw unusable('host')
  return headers.map(([name, value]) => [name, /^(?:host|:authority)$/i.test(name) ? host : value])
}

function readPrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) throw unusable('prefix')
  return prefix.replace(/\/$/, '')
}

function readProtocol(proto: string): 'http' | 'https' {
  const lower = proto.toLowerCase()
  if (lower === 'http' || lower === 'https') return lower
  throw unusable('scheme')
}

function unusable(what: string): Error {
  return refuse('REQUEST_MALFORMED', `The proxy in front tells a ${what} that cannot be one`)
}
