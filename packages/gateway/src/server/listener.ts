/**
 * The server for clients: Node's own, with limits on all that a stranger can send before anything is known of him.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { ConfigError } from '../errors.ts'
import type { Address, GatewaySettings } from '../config/settings.ts'

/** Room for the request line beside the headers. */
const LINE_BYTES = 40 * 1024
const DEFAULT_HEADER_BYTES = 64 * 1024

/** Makes the server; `onRequest` is told whether the client waits for `100 Continue`. */
export function createListener(
  { limits, timeouts }: GatewaySettings,
  onRequest: (...args: [...Parameters<RequestListener>, expectsContinue: boolean]) => void,
): Server {
  const server = createServer(
    {
      maxHeaderSize: (limits.headerBytes ?? DEFAULT_HEADER_BYTES) + LINE_BYTES,
      headersTimeout: timeouts.header * 1000,
      // How long a whole exchange may take is the pipeline's to say.
      requestTimeout: 0,
      keepAliveTimeout: timeouts.keepAlive * 1000,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => onRequest(request, response, false),
  )
  server.on('checkContinue', (request, response) => onRequest(request, response, true))
  // Node would drop what is more, unseen; the verifier has its own limit and says so.
  server.maxHeadersCount = 0
  server.maxConnections = limits.connections
  server.on('clientError', answerMalformed)
  return server
}

/** Answers what is no HTTP, or too slow or too large to be read. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, code] = MALFORMED.get(error.code) ?? ['400 Bad Request', 'BadRequest']
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/xml\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const MALFORMED: ReadonlyMap<string | undefined, readonly [status: string, code: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'RequestHeaderSectionTooLarge']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'RequestTimeout']],
])

/**
 * Begins to listen.
 *
 * @returns where, with the port that was taken
 * @throws {@link ConfigError} `ADDRESS_UNAVAILABLE`
 */
export function listen(server: Server, { host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is in use' : (error.code ?? error.message)
      reject(
        new ConfigError('ADDRESS_UNAVAILABLE', `Cannot listen on ${host}:${port}: ${why}`, { cause: error }),
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve({ host, port: typeof address === 'object' && address ? address.port : port })
    })
  })
}
