/**
 * HTTP/2 on the port of HTTP/1.1, for clients that agree on it in their TLS handshake. Requests and responses look to
 * the pipeline as those of HTTP/1.1 do: `:authority` is `host`, a cookie is in one piece, and half a body is never
 * taken for a whole one. Loaded where it is switched on.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9113}
 * @module
 */
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http'
import {
  constants,
  createServer,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Readable, ReadableOptions, Writable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { GatewaySettings } from '../config/settings.ts'
import { LINE_BYTES, DEFAULT_HEADER_BYTES, type Handlers } from './listener.ts'

/** Of one connection; each has a window of 64 KiB. */
const STREAMS = 100
/** What stands for the request line, and room for what only HTTP/2 takes apart. */
const MORE_FIELDS = 64
const DEFAULT_FIELDS = 200

/** The connections that speak HTTP/2. */
export interface Http2Sessions {
  /** Takes no more requests; ends each connection when its last response has gone out. */
  close(): void
  /** Ends all connections. */
  destroy(): void
}

/** Has a server of TLS speak HTTP/2 with whoever asks for it in the handshake. */
export function serveHttp2(
  listener: Server,
  { limits, timeouts }: Pick<GatewaySettings, 'limits' | 'timeouts'>,
  handlers: Pick<Handlers, 'request'>,
): Http2Sessions {
  const server = createServer({
    Http2ServerRequest: ClientRequest,
    Http2ServerResponse: ClientResponse,
    maxHeaderListPairs: (limits.headerFields ?? DEFAULT_FIELDS) + MORE_FIELDS,
    settings: {
      enablePush: false,
      maxConcurrentStreams: STREAMS,
      maxHeaderListSize: (limits.headerBytes ?? DEFAULT_HEADER_BYTES) + LINE_BYTES,
    },
  })
  server.on('request', (request, response) =>
    handlers.request(asMessage(request), asResponse(response), false),
  )
  server.on('checkContinue', (request, response) =>
    handlers.request(asMessage(request), asResponse(response), true),
  )
  const sessions = new Set<ServerHttp2Session>()
  let isClosing = false
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    endIdle(session, timeouts.keepAlive)
    // Its handshake was under way.
    if (isClosing) session.close()
  })
  handOver(listener, (socket) => server.emit('connection', socket))
  return {
    close() {
      isClosing = true
      for (const session of sessions) session.close()
    },
    destroy() {
      for (const session of sessions) session.destroy()
    },
  }
}

/** Gives the connections of HTTP/2 away. What reads HTTP/1.1 is the listener that Node adds first, before anybody can. */
function handOver(listener: Server, take: (socket: TLSSocket) => void): void {
  const [read] = listener.listeners('secureConnection')
  if (!read) throw new TypeError('Nothing reads connections over TLS')
  listener.off('secureConnection', read as () => void)
  listener.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') take(socket)
    else read.call(listener, socket)
  })
}

/** A connection on which nothing is under way ends after a while, also one on which nothing ever was. */
function endIdle(session: ServerHttp2Session, seconds: number): void {
  let streams = 0
  session.on('stream', (stream: ServerHttp2Stream) => {
    streams += 1
    stream.once('close', () => (streams -= 1))
  })
  session.on('timeout', () => {
    if (streams === 0) session.close()
  })
  session.setTimeout(seconds * 1000)
}

/** A request whose headers are those that it would have over HTTP/1.1. */
class ClientRequest extends Http2ServerRequest {
  #isCutOff = false

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  ) {
    super(stream, parsedHeaders(headers, stream), options, plainHeaders(rawHeaders))
  }

  /** Nobody waits for the rest, which is not to look as if there were none. */
  cutOff(): void {
    this.#isCutOff = !this.stream.readableEnded
    this.stream.close(constants.NGHTTP2_NO_ERROR)
  }

  override iterator(options?: { destroyOnReturn?: boolean }): NodeJS.AsyncIterator<unknown> {
    return this.#whole(super.iterator(options))
  }

  async *#whole(chunks: AsyncIterable<unknown>): AsyncGenerator<unknown, undefined, undefined> {
    yield* chunks
    if (this.#isCutOff) throw new Error('The answer has gone out before the end of the body')
    return undefined
  }
}

/** A response that takes headers as those of HTTP/1.1 do, and that never ends by being broken off. */
class ClientResponse extends Http2ServerResponse<ClientRequest> {
  constructor(stream: ServerHttp2Stream) {
    super(stream)
    // Node's own has none.
    Object.defineProperty(this, 'destroyed', { get: () => stream.destroyed })
  }

  override writeHead(status: number, ...given: unknown[]): this {
    const headers = given.at(-1)
    return super.writeHead(status, Array.isArray(headers) ? answerHeaders(headers as string[]) : {})
  }

  override destroy(): this {
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    return this
  }

  /** What a client still sends by then is not wanted any more. */
  override end(...given: never[]): this {
    super.end(...given)
    const { stream, req } = this
    // Not before the last of it is on its way, which would be dropped.
    stream.once('finish', () => setImmediate(() => req.cutOff()))
    return this
  }
}

/** Names and values in turn, without what stands for the request line. */
function plainHeaders(rawHeaders: readonly string[]): string[] {
  const plain: string[] = []
  const crumbs: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    if (name === 'cookie') crumbs.push(value)
    else if (name === ':authority') plain.unshift('host', value)
    else if (!name.startsWith(':') && !(name === 'host' && value === hostOf(rawHeaders)))
      plain.push(name, value)
  }
  return crumbs.length > 0 ? [...plain, 'cookie', crumbs.join('; ')] : plain
}

function hostOf(rawHeaders: readonly string[]): string | undefined {
  const at = rawHeaders.indexOf(':authority')
  return at % 2 === 0 ? rawHeaders[at + 1] : undefined
}

/** A body whose length nobody tells is one in chunks, as far as HTTP/1.1 has words for it. */
function parsedHeaders(
  headers: IncomingHttpHeaders,
  { endAfterHeaders }: ServerHttp2Stream,
): IncomingHttpHeaders {
  const { ':authority': host = headers.host, 'content-length': length } = headers
  const framing = endAfterHeaders || length !== undefined ? {} : { 'transfer-encoding': 'chunked' }
  return { ...headers, ...(host !== undefined && { host }), ...framing }
}

const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Headers of a response as HTTP/2 has them: names in lower case, each once, and none about the connection. */
function answerHeaders(raw: readonly string[]): OutgoingHttpHeaders {
  const headers = new Map<string, string>()
  const cookies: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [written = '', value = ''] = raw.slice(i, i + 2)
    const name = written.toLowerCase()
    const known = headers.get(name)
    if (name === 'set-cookie') cookies.push(value)
    else if (!OF_CONNECTION.has(name)) headers.set(name, known === undefined ? value : `${known}, ${value}`)
  }
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) }
}

/** It has all of a message of HTTP/1.1 that the pipeline asks for. */
function asMessage(request: Readable): IncomingMessage {
  return request as IncomingMessage
}

function asResponse(response: Writable): ServerResponse {
  return response as ServerResponse
}
