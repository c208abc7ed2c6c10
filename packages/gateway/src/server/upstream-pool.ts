/**
 * The connections to the upstream.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { buildConnector, Pool } from 'undici'
import type { GatewaySettings } from '../config/settings.ts'

/** Makes the pool. */
export function createUpstreamPool({ upstream, timeouts }: GatewaySettings): Pool {
  const open = buildConnector({ timeout: timeouts.upstreamConnect * 1000 })
  return new Pool(upstream.origin, {
    connect(options, callback) {
      open(options, (...opened) => {
        const [, socket] = opened
        if (socket) watchResets(socket)
        callback(...opened)
      })
    },
    headersTimeout: timeouts.upstreamFirstByte * 1000,
    bodyTimeout: timeouts.bodyIdle * 1000,
  })
}

/**
 * undici takes the reset of a connection that was to be closed anyway for the end of the response. A response that
 * waits for a slow client has no end, which it answers with an assertion that would take the whole process down; and
 * what was broken off is never whole. Under another code the error is one like others.
 */
function watchResets(socket: Socket): void {
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET'
  })
}
