/**
 * A request that offers to go on in another protocol than WebSocket, as curl and Java offer HTTP/2: it is answered in
 * the one that it came in. Node has left its body unread by then, so it is read once more, by a server that takes no
 * such offers.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-7.8}
 * @module
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { GatewaySettings } from '../config/settings.ts'
import { DEFAULT_HEADER_BYTES, LINE_BYTES, type Handlers } from './listener.ts'

/** Whether a client wants a WebSocket; other protocols are not passed on. */
export function isWebSocket({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Makes what takes requests that want something else. */
export function createDecliner(
  { headerBytes = DEFAULT_HEADER_BYTES }: GatewaySettings['limits'],
  handle: Handlers['request'],
): Handlers['upgrade'] {
  const answer =
    (expectsContinue: boolean): RequestListener =>
    (request, response) => {
      // Nobody here looks after connections on which nothing is under way.
      response.shouldKeepAlive = false
      handle(request, response, expectsContinue)
    }
  const server = createServer({ maxHeaderSize: headerBytes + LINE_BYTES }, answer(false))
  server.on('checkContinue', answer(true))
  server.maxHeadersCount = 0
  server.on('clientError', (_error, socket) => socket.destroy())
  return (request, socket, head) => {
    socket.unshift(Buffer.concat([headOf(request), head]))
    server.emit('connection', socket)
  }
}

function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
