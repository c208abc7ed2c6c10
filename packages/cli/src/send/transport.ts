/**
 * Sends one request over one connection, and hands back the head of the answer with its body to be read.
 *
 * The HTTP client gets the target and the headers as they were signed, and adds only what belongs to the connection.
 *
 * @module
 */
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { setImmediate } from 'node:timers/promises'
import { callbackify } from 'node:util'
import type { buildConnector as BuildConnector } from 'undici'
import { ProxyRefusedError } from './network-error.ts'
import type { Proxy, Route } from './route.ts'
import type { TlsSettings } from './tls-settings.ts'
import { framingOf, type Header, type WireRequest } from './wire-request.ts'

/** How to reach a server. */
export interface Way {
  /** The URL's own origin: whose certificate is expected. */
  readonly origin: URL
  readonly route: Route
  readonly tls: TlsSettings
  /** In seconds. */
  readonly connectTimeout: number
}

/** An answer whose body has not been read. */
export interface WireResponse {
  readonly status: number
  /** Reason phrase; may be empty. */
  readonly reason: string
  /** As they were sent, repeats kept. */
  readonly headers: readonly Header[]
  /** Goes on where it was left. */
  readonly body: AsyncIterableIterator<Uint8Array>
  /** Ends the connection, whatever is still under way. */
  close(): Promise<void>
}

type Connector = ReturnType<typeof BuildConnector>

/**
 * Sends a request.
 *
 * @param signal ends it at any time, while the body is read too
 * @param onSent is told of the bytes of the body that go out
 * @throws whatever the connection does, as it comes; see `describeNetworkError`
 */
export async function exchange(
  request: WireRequest,
  way: Way,
  signal: AbortSignal,
  onSent: (chunk: Uint8Array) => void,
): Promise<WireResponse> {
  const { Client } = await import('undici')
  const { proxy } = way.route
  const isReader = proxy !== undefined && !proxy.isTunnel
  const client = new Client(isReader ? proxy.url.origin : way.origin.origin, {
    connect: await outliving(await createConnect(way, signal)),
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 1024 * 1024,
  })
  try {
    const answer = await client.request({
      method: request.method,
      path: isReader ? way.origin.origin + request.target : request.target,
      headers: wireHeaders(request, isReader ? proxy : undefined),
      body: streamOf(request, onSent),
      responseHeaders: 'raw',
      signal,
    })
    const raw: unknown = answer.headers
    return {
      status: answer.statusCode,
      reason: answer.statusText,
      headers: pairsOf(raw as readonly string[]),
      body: answer.body[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>,
      close: () => client.destroy(),
    }
  } catch (error) {
    await client.destroy()
    throw error
  }
}

/** What the client shall write, but for the connection header and chunked framing, which are its own. */
function wireHeaders(request: WireRequest, reader: Proxy | undefined): string[] {
  const framing = framingOf(request)
  const length = framing?.[0] === 'content-length' ? framing : []
  const toProxy = reader?.authorization === undefined ? [] : ['proxy-authorization', reader.authorization]
  return [...request.headers.flat(), ...length, ...toProxy]
}

function streamOf({ body }: WireRequest, onSent: (chunk: Uint8Array) => void): Uint8Array | Readable | null {
  if (body === undefined || body.size === 0) return null
  if (body.bytes) {
    onSent(body.bytes)
    return body.bytes
  }
  return Readable.from(tell(body.read(), onSent), { objectMode: false, highWaterMark: 1 })
}

async function* tell(
  chunks: AsyncIterable<Uint8Array>,
  onSent: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    // An answer that came before the body is out is read before the next piece meets a closed connection.
    await setImmediate()
    onSent(chunk)
    yield chunk
  }
}

function pairsOf(raw: readonly string[]): Header[] {
  const pairs: Header[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? ''])
  return pairs
}

/** Connections that may end while their response waits for the output. */
async function outliving(connect: Connector): Promise<Connector> {
  const { outliveEnds } = await import('@countersign/gateway/outlive-ends')
  return (options, callback) => {
    connect(options, (...opened) => {
      const [, socket] = opened
      callback(...opened)
      if (socket) outliveEnds(socket)
    })
  }
}

/** Makes what opens the connection: to where the route says, and trusting only whom the URL names. */
async function createConnect(way: Way, signal: AbortSignal): Promise<Connector> {
  const { buildConnector } = await import('undici')
  const { origin, route, tls } = way
  const name = origin.hostname.replace(/^\[|\]$/g, '')
  const timeout = way.connectTimeout * 1000
  const direct = buildConnector({
    ...tls,
    timeout,
    checkServerIdentity: (_, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
  })
  const { proxy } = route
  if (proxy !== undefined && !proxy.isTunnel) return buildConnector(trustOf(tls, timeout))
  return (given, callback) => {
    const to = { ...given, host: name, hostname: route.hostname, port: String(route.port), servername: '' }
    if (proxy === undefined) return direct(to, callback)
    const connect = buildConnector(trustOf(tls, timeout))
    callbackify(() => openTunnel(proxy, route, connect, signal))((error, socket) => {
      if (error) callback(error, null)
      else if (origin.protocol === 'https:') direct({ ...to, httpSocket: socket }, callback)
      else callback(null, socket)
    })
  }
}

/** A proxy is trusted as servers are, and is not shown the certificate of the client. */
function trustOf({ ca }: TlsSettings, timeout: number): { ca?: Buffer; timeout: number } {
  return ca === undefined ? { timeout } : { ca, timeout }
}

/** Asks a proxy for a connection to the route's end. */
async function openTunnel(
  proxy: Proxy,
  { hostname, port }: Route,
  connect: Connector,
  signal: AbortSignal,
): Promise<Socket> {
  const { Client } = await import('undici')
  const client = new Client(proxy.url.origin, { connect })
  const place = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const own = proxy.authorization === undefined ? [] : ['proxy-authorization', proxy.authorization]
  const { statusCode, socket } = await client.connect({
    path: place,
    headers: ['host', place, ...own],
    signal,
  })
  if (statusCode === 200 && socket instanceof Socket) return socket
  socket.destroy()
  throw new ProxyRefusedError(statusCode)
}
