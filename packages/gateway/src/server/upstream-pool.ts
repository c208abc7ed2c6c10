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
        callback(...opened)
        if (socket) outliveEnds(socket)
      })
    },
    headersTimeout: timeouts.upstreamFirstByte * 1000,
    bodyTimeout: timeouts.bodyIdle * 1000,
  })
}

/** What of undici's parser is needed. */
interface Parser {
  paused: boolean
  readonly ptr: unknown
  readonly llhttp: { llhttp_resume(ptr: unknown): void }
  finish(): Error | null
}

/**
 * undici takes the end of a connection for that of the response, also where the response still waits for a slow client,
 * and then answers with an assertion that would take the whole process down. All of a response has been handed on when
 * its connection ends in order, so that it need not wait any more; one whose connection is reset is broken off.
 */
function outliveEnds(socket: Socket): void {
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET'
  })
  const name = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  const parser = name && (Reflect.get(socket, name) as Parser | null)
  if (!parser) return
  const finish = parser.finish.bind(parser)
  parser.finish = () => {
    if (parser.paused && socket.destroyed) {
      return Object.assign(new Error('The upstream broke its response off'), { code: 'UND_ERR_SOCKET' })
    }
    if (parser.paused) parser.llhttp.llhttp_resume(parser.ptr)
    parser.paused = false
    return finish()
  }
}
