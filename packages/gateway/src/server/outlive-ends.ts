/**
 * Keeps connections that end at the wrong moment from ending the process. For whoever sends with undici.
 *
 * @module
 */
import type { Socket } from 'node:net'

/** What of undici's parser is needed. */
interface Parser {
  paused: boolean
  readonly ptr: unknown
  readonly llhttp: { llhttp_resume(ptr: unknown): void }
  finish(): Error | null
}

/**
 * undici takes the end of a connection for that of the response, also where the response still waits for a slow reader,
 * and then answers with an assertion that would take the whole process down. All of a response has been handed on when
 * its connection ends in order, so that it need not wait any more; one whose connection is reset is broken off.
 *
 * @param socket one that undici has just taken over
 */
export function outliveEnds(socket: Socket): void {
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
