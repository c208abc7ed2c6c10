/**
 * The server for clients: Node's own, with limits on all that a stranger can send before anything is known of him.
 *
 * @module
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { rmSync, statSync } from 'node:fs'
import { SOCKET_PREFIX } from '../config/address.ts'
import { ConfigError } from '../errors.ts'
import type { Address, GatewaySettings } from '../config/settings.ts'

/** Room for the request line beside the headers, in bytes. */
export const LINE_BYTES: number = 40 * 1024
/** Of names and values together. */
export const DEFAULT_HEADER_BYTES: number = 64 * 1024

/** What a server is asked for. */
export interface Handlers {
  /** Is told whether the client waits for `100 Continue`. */
  request(...args: [...Parameters<RequestListener>, expectsContinue: boolean]): void
  /** The client wants to speak another protocol; `head` is what came behind its request. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
}

/** Certificate, key, and whose certificates clients must have; PEM. */
export interface ListenerTls extends Pick<SecureContextOptions, 'cert' | 'key' | 'ca'> {
  readonly cert: string
  readonly key: string
}

/** Makes the server; with `tls` one that is spoken to over TLS. */
export function createListener(
  { limits, timeouts, tls: settings }: GatewaySettings,
  handlers: Handlers,
  tls?: ListenerTls,
): Server {
  const options = {
    maxHeaderSize: (limits.headerBytes ?? DEFAULT_HEADER_BYTES) + LINE_BYTES,
    headersTimeout: timeouts.header * 1000,
    // How long a whole exchange may take is the pipeline's to say.
    requestTimeout: 0,
    keepAliveTimeout: timeouts.keepAlive * 1000,
    connectionsCheckingInterval: 1000,
  }
  const onRequest: RequestListener = (request, response) => handlers.request(request, response, false)
  const server = tls
    ? createTlsServer(
        { ...options, ...tls, ...clientCertificates(tls), ...handshake(timeouts), ...protocols(settings) },
        onRequest,
      )
    : createServer(options, onRequest)
  server.on('checkContinue', (request, response) => handlers.request(request, response, true))
  server.on('upgrade', (request, socket, head) => handlers.upgrade(request, socket as Socket, head))
  server.on('connect', (_request, socket) => refuseTunnel(socket as Socket))
  // Node would drop what is more, unseen; the verifier has its own limit and says so.
  server.maxHeadersCount = 0
  server.maxConnections = limits.connections
  server.on('clientError', answerMalformed)
  // Where there is no TLS there is nothing that an answer could be written to.
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
  return server
}

/** To agree on TLS takes no longer than a head may take. */
function handshake({ header }: GatewaySettings['timeouts']): object {
  return header > 0 ? { handshakeTimeout: header * 1000 } : {}
}

/** Whoever asks for HTTP/2 is handed over, see `http2.ts`. */
function protocols(settings: GatewaySettings['tls']): object {
  return settings?.http2 ? { ALPNProtocols: ['h2', 'http/1.1'] } : {}
}

function clientCertificates({ ca }: ListenerTls): object {
  return ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }
}

/** What is in a tunnel cannot be signed. */
function refuseTunnel(socket: Socket): void {
  const body = 'This is no tunnel: send requests to its address, as to the upstream itself.\n'
  socket.on('error', () => {})
  socket.write(
    `HTTP/1.1 405 Method Not Allowed\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
  socket.destroySoon()
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
export function listen(server: Server, address: Address): Promise<Address> {
  const { host, port } = address
  if (host.startsWith(SOCKET_PREFIX)) return listenOnSocket(server, address)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is in use' : (error.code ?? error.message)
      reject(unavailable(`${host}:${port}`, why, error))
    })
    server.listen(port, host, () => {
      const taken = server.address()
      resolve({ host, port: typeof taken === 'object' && taken ? taken.port : port })
    })
  })
}

/** On a socket that its owner alone may use. */
async function listenOnSocket(server: Server, { host, port }: Address): Promise<Address> {
  const path = host.slice(SOCKET_PREFIX.length)
  if (await isListenedOn(path)) throw unavailable(host, 'it is in use')
  // What is left behind by a process that was killed.
  if (statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true })
  const before = process.umask(0o177)
  try {
    const listening = once(server, 'listening')
    server.listen(path)
    await listening
  } catch (error) {
    throw unavailable(host, (error as NodeJS.ErrnoException).code ?? 'unknown error', error)
  } finally {
    process.umask(before)
  }
  return { host, port }
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function unavailable(where: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError('ADDRESS_UNAVAILABLE', `Cannot listen on ${where}: ${why}`, { cause })
}
