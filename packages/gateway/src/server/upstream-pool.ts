/**
 * The connections to the upstream.
 *
 * @module
 */
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { buildConnector } from 'undici'
// One by one: the whole brings fetch, caches and WebSockets along, which take 8 MiB of memory.
import connectorOf from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { RouteSettings } from '../config/route-settings.ts'
import type { GatewaySettings } from '../config/settings.ts'
import { withoutBrackets, type OutgoingProxy } from './outgoing-proxy.ts'
import { outliveEnds } from './outlive-ends.ts'
import { ReadingProxyPool, type UpstreamPool } from './reading-proxy-pool.ts'

/** What a connection to the upstream may be made with. */
export interface UpstreamTls {
  readonly ca?: string[] | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly servername?: string | undefined
}

/** What is not in the settings of a route. */
export interface PoolParts {
  /** What new connections are made with. */
  tls(): UpstreamTls
  /** The proxy on the way to an origin, where there is one. */
  readonly proxyFor?: ((origin: URL) => OutgoingProxy | undefined) | undefined
}

type PoolSettings = Pick<GatewaySettings, 'timeouts' | 'preserveHost'>
type PoolRoute = Pick<RouteSettings, 'upstream' | 'connect' | 'sign'>
type Connector = ReturnType<typeof connectorOf>

/**
 * Makes the pool of a route: of one upstream, or of all hosts that clients may name. A proxy on the way passes
 * connections on, or reads plain requests where these tell it all that it has to know.
 */
export function createUpstreamPool(
  route: PoolRoute,
  { timeouts, preserveHost }: PoolSettings,
  parts: PoolParts,
): UpstreamPool {
  const options = {
    connect: createConnect(route, timeouts.upstreamConnect, parts),
    headersTimeout: timeouts.upstreamFirstByte * 1000,
    bodyTimeout: timeouts.bodyIdle * 1000,
  }
  const { upstream, connect: address, sign } = route
  if (!upstream) return new Agent(options)
  const pool = new Pool(upstream.origin, options)
  const isHostOwn = !preserveHost && (sign?.host ?? upstream.host) === upstream.host
  const reader = upstream.protocol === 'http:' && !address && isHostOwn && parts.proxyFor?.(upstream)
  if (!reader) return pool
  const connect = createReaderConnect(reader, timeouts.upstreamConnect, parts)
  return new ReadingProxyPool(reader, upstream, new Pool(reader.url.origin, { ...options, connect }), pool)
}

/** Opens connections to the upstream, or to where they shall go in its place. */
function createConnect({ connect: address }: PoolRoute, timeout: number, parts: PoolParts): Connector {
  const opener = latestOf(parts.tls, (tls) => connectorOf({ timeout: timeout * 1000, ...contextOf(tls) }))
  const forProxy = latestOf(parts.tls, ({ ca }) => contextOf({ ca }))
  return (target, callback) => {
    const { servername } = parts.tls()
    const place = { ...target, ...(address && elsewhere(target, address)), ...(servername && { servername }) }
    const proxy = parts.proxyFor?.(new URL(`${target.protocol}//${target.host}`))
    if (!proxy) return opener()(place, outliving(callback))
    void openThrough(proxy, place, callback)
  }

  async function openThrough(
    proxy: OutgoingProxy,
    place: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> {
    try {
      const { openTunnel } = await import('./tunnel.ts')
      const socket = await openTunnel(proxy, placeOf(place), { timeout, ...forProxy() })
      if (place.protocol === 'https:') opener()({ ...place, httpSocket: socket }, outliving(callback))
      else outliving(callback)(null, socket)
    } catch (error) {
      callback(error as Error, null)
    }
  }
}

/** Opens connections to a proxy, which is trusted as upstreams are, and does not see our certificate. */
function createReaderConnect({ url }: OutgoingProxy, timeout: number, { tls }: PoolParts): Connector {
  const opener = latestOf(tls, ({ ca }) => connectorOf({ timeout: timeout * 1000, ...contextOf({ ca }) }))
  const servername = isIP(withoutBrackets(url.hostname)) === 0 ? url.hostname : ''
  return (target, callback) => opener()({ ...target, servername }, outliving(callback))
}

/** What is made of the certificates, and made anew when they have been read again: for the next connections. */
function latestOf<T>(tls: PoolParts['tls'], make: (tls: UpstreamTls) => T): () => T {
  let latest: { readonly tls: UpstreamTls; readonly made: T } | undefined
  return () => {
    const current = tls()
    if (latest?.tls !== current) latest = { tls: current, made: make(current) }
    return latest.made
  }
}

/** Made for all connections at once: to read the certificates of all authorities takes milliseconds. */
function contextOf({ ca, cert, key }: UpstreamTls): { readonly secureContext?: SecureContext } {
  return ca || cert ? { secureContext: createSecureContext({ ca, cert, key }) } : {}
}

function outliving(callback: buildConnector.Callback): buildConnector.Callback {
  return (...opened) => {
    const [, socket] = opened
    callback(...opened)
    if (socket) outliveEnds(socket)
  }
}

/** Where a tunnel shall lead. */
function placeOf({ hostname, port, protocol }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return `${host}:${port || (protocol === 'https:' ? 443 : 80)}`
}

/** Another address; the certificate is still that of the host. */
function elsewhere(
  { servername, hostname }: buildConnector.Options,
  { host, port }: NonNullable<RouteSettings['connect']>,
): Partial<buildConnector.Options> {
  return { hostname: host, host, port: String(port), servername: servername ?? hostname }
}
