/**
 * The end of a connection on which a client is still sending a body that is refused. Closing it at once would cut off the
 * answer: a client that is writing then hears of a broken pipe in place of what was wrong. So the answer is sent first,
 * and what still comes is thrown away for a while.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-9.6}
 * @module
 */

/** What is thrown away at most, in bytes; whoever sends more is kept waiting from there on. */
const MOST_BYTES = 1024 * 1024
/** After so many seconds the connection is closed, whatever the client does. */
const PATIENCE = 2

/** What is needed of Node's `Socket`. */
interface ClosingSocket {
  destroySoon(): void
  destroy(): unknown
  end(): unknown
  resume(): unknown
  pause(): unknown
  push(chunk: string): unknown
  removeAllListeners(event: string): unknown
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  once(event: 'close', listener: () => void): unknown
}

/** Has Node's server end the connection of a request so, once its answer is written. */
export function linger(request: { readonly socket: object; readonly complete?: boolean | undefined }): void {
  const { socket } = request
  if (!isClosing(socket)) return
  const destroySoon = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    socket.destroySoon = destroySoon
    if (request.complete) destroySoon()
    else throwAway(socket)
  }
}

function isClosing(socket: object): socket is ClosingSocket {
  return 'destroySoon' in socket && 'removeAllListeners' in socket
}

function throwAway(socket: ClosingSocket): void {
  let left = MOST_BYTES
  // Past Node's parser, which would take what stands behind the body for the next request.
  socket.removeAllListeners('data')
  socket.removeAllListeners('end')
  socket.on('data', (chunk) => {
    left -= chunk.length
    if (left <= 0) socket.pause()
  })
  // The parser read past the stream, which would go on waiting for what it asked for before.
  socket.push('')
  const timer = setTimeout(() => socket.destroy(), PATIENCE * 1000)
  socket.once('close', () => clearTimeout(timer))
  socket.end()
  socket.resume()
}
