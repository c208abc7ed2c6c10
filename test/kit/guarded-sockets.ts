/**
 * Real servers behind the verifier, and requests written to them byte by byte: what a test says of the library is seen
 * again through a socket, over HTTP/1.1 and over HTTP/2.
 *
 * @module
 */
import { createServer, METHODS } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { connect, type AddressInfo, type Server } from 'node:net'
import {
  requireSignature,
  verifiedOf,
  type NodeRequest,
  type NodeResponse,
  type TrustedProxies,
} from '../../packages/countersign/src/servers/http2.ts'
import {
  s3Xml,
  VerificationError,
  type VerifiedRequest,
  type Verifier,
} from '../../packages/countersign/src/verify/index.ts'
import type { HeaderField, SentMessage } from './messages.ts'
import { exchangeHttp2, writeHttp2 } from './raw-http2.ts'

/** The two protocols. */
export type Transport = 'http1' | 'http2'

/** What became of a request that was sent. */
export interface WireOutcome {
  /** What the server knows of it, where it was let in. */
  readonly verified: VerifiedRequest | undefined
  /** Why the guard refused it; absent where the server's own parser did. */
  readonly refusal: VerificationError | undefined
  /** What the client read, head and body. */
  readonly answer: string
}

/** A server, and how to send to it. */
export interface GuardedSocket {
  readonly port: number
  /** Sends a message to a server with this verifier. */
  send(message: SentMessage, verifier: Verifier, trustedProxies?: TrustedProxies): Promise<WireOutcome>
  /** Sends bytes that are no message any more. */
  sendBytes(bytes: Uint8Array, verifier: Verifier): Promise<WireOutcome>
  close(): Promise<void>
}

const HEADER_BYTES = 4_000_000
const LENGTH = /\r\ncontent-length: (\d+)/i

interface State {
  verifier: Verifier
  trustedProxies: TrustedProxies | undefined
  verified: VerifiedRequest | undefined
  refusal: VerificationError | undefined
}

async function drain({ body }: VerifiedRequest): Promise<void> {
  for await (const _ of body ?? []);
}

/** Starts a server of Node's `http` behind `requireSignature`. */
export async function startHttp1(): Promise<GuardedSocket> {
  const state = emptyState()
  // The defaults of Node are narrower, and would hide what the verifier says.
  const options = { maxHeaderSize: HEADER_BYTES, requireHostHeader: false }
  const server = createServer(options, (request, response) => guardAndServe(state, request, response))
  return guarded(server, state, async (port, bytes) => exchangeHttp1(port, bytes), writeHttp1)
}

/** Starts a server of Node's `http2` behind the same guard. */
export async function startHttp2(): Promise<GuardedSocket> {
  const state = emptyState()
  const settings = { maxHeaderListSize: HEADER_BYTES }
  const options = { settings, maxHeaderListPairs: 5000 }
  const server = createHttp2Server(options, (request, response) => guardAndServe(state, request, response))
  const exchange = async (port: number, bytes: Uint8Array): Promise<string> =>
    (await exchangeHttp2(port, bytes)).data
  return guarded(server, state, exchange, (message) => writeHttp2(http2Fields(message), message.body))
}

function guardAndServe(state: State, request: NodeRequest, response: Answerable): void {
  const onRefused = (error: VerificationError): void => void (state.refusal = error)
  const { verifier, trustedProxies } = state
  const guard = requireSignature(verifier, { respond: s3Xml, onRefused, trustedProxies })
  guard(request, response, (error) => {
    if (error === undefined) void serve(state, request, response)
    else reply(response, 500, 'error')
  })
}

async function serve(state: State, request: NodeRequest, response: Answerable): Promise<void> {
  try {
    const verified = verifiedOf(request)
    await drain(verified)
    state.verified = verified
    reply(response, 200, 'in')
  } catch (error) {
    // A body that is longer than what is held back is refused here, at its end.
    if (error instanceof VerificationError) state.refusal = error
    reply(response, 400, 'late')
  }
}

/** What is needed of either kind of response. */
interface Answerable extends NodeResponse {
  readonly destroyed: boolean
}

function reply(response: Answerable, status: number, text: string): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-length': String(text.length) })
  response.end(text)
}

function emptyState(): State {
  const verify: Verifier['verify'] = async () => Promise.reject(new Error('No verifier was set'))
  const verifier = { verify, verifyAtOnce: verify }
  return { verifier, trustedProxies: undefined, verified: undefined, refusal: undefined }
}

async function guarded(
  server: Server,
  state: State,
  exchange: (port: number, bytes: Uint8Array) => Promise<string>,
  write: (message: SentMessage) => Uint8Array,
): Promise<GuardedSocket> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  async function sendBytes(
    bytes: Uint8Array,
    verifier: Verifier,
    trustedProxies?: TrustedProxies,
  ): Promise<WireOutcome> {
    Object.assign(state, { ...emptyState(), verifier, trustedProxies })
    const answer = await exchange(port, bytes)
    const { verified, refusal } = state
    return { verified, refusal, answer }
  }
  return {
    port,
    sendBytes,
    send: async (message, verifier, proxies) => sendBytes(write(message), verifier, proxies),
    async close() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A message as HTTP/1.1 has it on the wire; a length is added where there is a body and none is told. */
export function writeHttp1({ method, target, headers, body }: SentMessage): Buffer {
  const isTold = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length: HeaderField[] = body && !isTold ? [['content-length', String(body.length)]] : []
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1')
  return Buffer.concat([head, body ?? new Uint8Array()])
}

/** The header fields of a message in HTTP/2, where `:authority` stands for the first `host`. */
export function http2Fields({ method, target, headers }: SentMessage): HeaderField[] {
  const host = headers.findIndex(([name]) => name.toLowerCase() === 'host')
  const authority: HeaderField[] = host < 0 ? [] : [[':authority', headers[host]![1]]]
  const others = headers.filter((_, index) => index !== host)
  return [
    [':method', method],
    [':scheme', 'http'],
    ...authority,
    [':path', target],
    ...others.map(([name, value]): HeaderField => [name.toLowerCase(), value]),
  ]
}

/** Writes bytes, and reads one answer to its end. */
async function exchangeHttp1(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const isHead = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'HEAD '
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const finish = (): void => {
      resolve(text)
      socket.destroy()
    }
    socket.on('data', (chunk) => {
      text = (text + chunk.toString('latin1')).replace(/^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/, '')
      const end = text.indexOf('\r\n\r\n')
      const length = isHead ? '0' : LENGTH.exec(text.slice(0, end + 2))?.[1]
      if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) finish()
    })
    socket.on('error', () => {})
    socket.on('close', finish)
  })
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^(?![\t ])[\t\x20-\x7e\x80-\xff]*(?<![\t ])$/
/** Longest head and body in bytes that go over HTTP/2 without a word about its windows. */
const MOST_HTTP2_HEAD = 60_000
const MOST_HTTP2_BODY = 60_000
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
])

/**
 * Whether a message can be sent so that it arrives as the same message: no parser in between must refuse it, and no
 * other length or scheme be told than there is.
 */
export function isSendable({ method, target, headers, body, protocol }: SentMessage, by: Transport): boolean {
  if (protocol === 'https' || (body !== undefined && !(body instanceof Uint8Array))) return false
  if (!METHODS.includes(method) || method === 'CONNECT') return false
  if (!headers.every(([name, value]) => TOKEN.test(name) && VALUE.test(value))) return false
  const length = headers.filter(([name]) => name.toLowerCase() === 'content-length')
  const isLengthTrue = length.every(([, value]) => value === String(body?.length ?? 0))
  if (length.length > 1 || !isLengthTrue) return false
  if (by === 'http1') return /^(?:\/|https?:\/\/)[\x21\x22\x24-\x7e]*$/.test(target)
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, target.length)
  return (
    /^\/[\x21\x22\x24-\x7e]*$/.test(target) &&
    bytes < MOST_HTTP2_HEAD &&
    (body?.length ?? 0) < MOST_HTTP2_BODY &&
    headers.filter(([name]) => name.toLowerCase() === 'host').length === 1 &&
    !headers.some(([name]) => OF_CONNECTION.has(name.toLowerCase()))
  )
}
