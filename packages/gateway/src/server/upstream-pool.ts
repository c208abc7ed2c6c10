/**
 * The connections to the upstream.
 *
 * @module
 */
import { buildConnector, Pool } from 'undici'
import type { GatewaySettings } from '../config/settings.ts'
import { outliveEnds } from './outlive-ends.ts'

/** Makes the pool. */
export function createUpstreamPool({ upstream, timeouts }: GatewaySettings): Pool {
  const open = buildConnector({ timeout: timeouts.upstreamConnect * 1000 })
  return new Pool(upstream.origin, {
    connect(options, callback) {
      open(options, (...opened) => {
        const [, socket] = opened
        callback(...opened)
        if (socket) outliveEnds(socket)
      })
    },
    headersTimeout: timeouts.upstreamFirstByte * 1000,
    bodyTimeout: timeouts.bodyIdle * 1000,
  })
}
