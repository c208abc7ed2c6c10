/**
 * The connections to the upstream.
 *
 * @module
 */
import type { buildConnector, Dispatcher } from 'undici'
// One by one: the whole brings fetch, caches and WebSockets along, which take 8 MiB of memory.
import connectorOf from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { RouteSettings } from '../config/route-settings.ts'
import type { GatewaySettings } from '../config/settings.ts'
import { outliveEnds } from './outlive-ends.ts'

/** What a connection to the upstream may be made with. */
export interface UpstreamTls {
  readonly ca?: string[] | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly servername?: string | undefined
}

/** Makes the pool of a route: of one upstream, or of all hosts that clients may name. */
export function createUpstreamPool(
  { upstream, connect: address }: Pick<RouteSettings, 'upstream' | 'connect'>,
  { timeouts }: Pick<GatewaySettings, 'timeouts'>,
  tls: UpstreamTls = {},
): Dispatcher {
  const open = connectorOf({ timeout: timeouts.upstreamConnect * 1000, ...tls })
  const options = {
    connect(target: buildConnector.Options, callback: buildConnector.Callback) {
      open(address ? { ...target, ...elsewhere(target, address) } : target, (...opened) => {
        const [, socket] = opened
        callback(...opened)
        if (socket) outliveEnds(socket)
      })
    },
    headersTimeout: timeouts.upstreamFirstByte * 1000,
    bodyTimeout: timeouts.bodyIdle * 1000,
  }
  return upstream ? new Pool(upstream.origin, options) : new Agent(options)
}

/** Another address; the certificate is still that of the host. */
function elsewhere(
  { servername, hostname }: buildConnector.Options,
  { host, port }: NonNullable<RouteSettings['connect']>,
): Partial<buildConnector.Options> {
  return { hostname: host, host, port: String(port), servername: servername ?? hostname }
}
