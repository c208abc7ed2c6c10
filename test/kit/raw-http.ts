/**
 * Reads HTTP/1.1 requests off the bytes of a connection, strictly and without a server's help, so that a test sees
 * what a client really sent.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112}
 * @module
 */
import type { RequestMessage } from '../../packages/countersign/src/verify/index.ts'

/** A request as its bytes say it. Texts hold one character per byte. */
export interface RawRequest {
  readonly method: string
  readonly target: string
  /** In the order of the wire, repeats kept, blanks around values taken off. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Without chunk framing; absent when the head announces none. */
  readonly body?: Uint8Array
}

const TOKEN = String.raw`[!#$%&'*+\-.^_\`|~0-9A-Za-z]+`
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([^ ]+) HTTP/1\\.1$`)
const HEADER_LINE = new RegExp(`^(${TOKEN}):[\\t ]*(.*?)[\\t ]*$`)
const CHUNK_SIZE = /^[0-9A-Fa-f]{1,8}$/

/** A reader of lines and runs of bytes; `undefined` as long as they have not arrived. */
class Cursor {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  line(): string | undefined {
    const end = this.#bytes.indexOf('\r\n', this.at, 'latin1')
    if (end < 0) return undefined
    const line = this.#bytes.toString('latin1', this.at, end)
    if (/[\r\n\0]/.test(line)) throw new Error(`A bare line end in ${JSON.stringify(line)}`)
    this.at = end + 2
    return line
  }

  take(length: number): Uint8Array | undefined {
    if (this.#bytes.length - this.at < length) return undefined
    this.at += length
    return new Uint8Array(this.#bytes.subarray(this.at - length, this.at))
  }
}

/** Reads the whole requests at the start of the bytes of a connection. */
export function readRequests(bytes: Buffer): { requests: RawRequest[]; rest: Buffer } {
  const requests: RawRequest[] = []
  const cursor = new Cursor(bytes)
  let end = 0
  for (let request = readRequest(cursor); request; request = readRequest(cursor)) {
    requests.push(request)
    end = cursor.at
  }
  return { requests, rest: bytes.subarray(end) }
}

function readRequest(cursor: Cursor): RawRequest | undefined {
  const requestLine = cursor.line()
  if (requestLine === undefined) return undefined
  const [, method = '', target = ''] = matched(REQUEST_LINE, requestLine)
  const headers: [string, string][] = []
  for (let line = cursor.line(); line !== ''; line = cursor.line()) {
    if (line === undefined) return undefined
    const [, name = '', value = ''] = matched(HEADER_LINE, line)
    headers.push([name, value])
  }
  const body = readBody(cursor, headers)
  if (body === 'incomplete') return undefined
  return { method, target, headers, ...(body === 'none' ? {} : { body }) }
}

function matched(pattern: RegExp, line: string): RegExpExecArray {
  const match = pattern.exec(line)
  if (!match) throw new Error(`Not HTTP/1.1: ${JSON.stringify(line.slice(0, 200))}`)
  return match
}

function readBody(cursor: Cursor, headers: RawRequest['headers']): Uint8Array | 'none' | 'incomplete' {
  const lengths = valuesOf(headers, 'content-length')
  const encodings = valuesOf(headers, 'transfer-encoding')
  if (lengths.length + encodings.length > 1) throw new Error('The length of the body is told twice')
  if (encodings.length > 0) return readChunks(cursor, encodings[0]!)
  if (lengths.length === 0) return 'none'
  matched(/^\d{1,9}$/, lengths[0]!)
  return cursor.take(Number(lengths[0])) ?? 'incomplete'
}

function readChunks(cursor: Cursor, encoding: string): Uint8Array | 'incomplete' {
  if (encoding.toLowerCase() !== 'chunked') throw new Error(`Unknown framing ${encoding}`)
  const chunks: Uint8Array[] = []
  for (;;) {
    const size = cursor.line()
    if (size === undefined) return 'incomplete'
    matched(CHUNK_SIZE, size)
    const chunk = cursor.take(parseInt(size, 16))
    const end = cursor.line()
    if (chunk === undefined || end === undefined) return 'incomplete'
    if (end !== '') throw new Error('A chunk is longer than its size, or a trailer follows')
    if (chunk.length === 0) return new Uint8Array(Buffer.concat(chunks))
    chunks.push(chunk)
  }
}

/** Values of all headers of a name. */
export function valuesOf(headers: RawRequest['headers'], name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
}

/** What a verifier is given of it. */
export function messageOfRaw(request: RawRequest, protocol: 'http' | 'https'): RequestMessage {
  return { ...request, protocol }
}
