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
  readonly paused: boolean
  finish(): Error | null
}

/**
 * undici takes the end of a connection for that of the response, also where the response still waits for a slow client,
 * and then answers with an assertion that would take the whole process down. Such a response is broken off instead,
 * as is one whose connection is reset.
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
    if (!parser.paused) return finish()
    return Object.assign(
      new Error('The upstream closed the connection before the client had read its response'),
      {
        code: 'UND_ERR_SOCKET',
      },
    )
  }
}
