/**
 * HTTP/2 requests as bytes, written frame by frame: Node's client tidies up what it is given, and would not send twice
 * what must stand once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9113}
 * @module
 */
import { connect } from 'node:net'
import type { HeaderField } from './messages.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const GOAWAY = 7
const CONTINUATION = 9
const END_STREAM = 1
const END_HEADERS = 4
const MOST_IN_FRAME = 16_384

/** How a stream ended. */
export interface Http2Answer {
  /** All of the response's data, one character a byte. */
  readonly data: string
  /** Whether the server gave the stream or the connection up, in the place of an answer. */
  readonly isReset: boolean
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A string of HPACK, without Huffman's code. @see {@link https://www.rfc-editor.org/rfc/rfc7541#section-5} */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

function pieces(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += MOST_IN_FRAME) parts.push(bytes.subarray(at, at + MOST_IN_FRAME))
  return parts
}

/** A request whose header fields, the ones of HTTP/2's own among them, stand as they are given. */
export function writeHttp2(fields: readonly HeaderField[], body?: Uint8Array): Buffer {
  const block = Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
  const heads = pieces(block).map((part, index, all) => {
    const flags = (index === all.length - 1 ? END_HEADERS : 0) | (body || index > 0 ? 0 : END_STREAM)
    return frame(index === 0 ? HEADERS : CONTINUATION, flags, 1, part)
  })
  const data = body ? [...pieces(Buffer.from(body)).map((part) => frame(DATA, 0, 1, part)), END] : []
  return Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0)), ...heads, ...data])
}

const END = frame(DATA, END_STREAM, 1, Buffer.alloc(0))

/** Sends a request, and waits until it is answered or given up. */
export async function exchangeHttp2(port: number, bytes: Uint8Array): Promise<Http2Answer> {
  return new Promise((resolve) => {
    let rest = Buffer.alloc(0)
    let data = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const finish = (isReset: boolean): void => {
      resolve({ data, isReset })
      socket.destroy()
    }
    const take = (type: number, flags: number, payload: Buffer): void => {
      if (type === DATA) data += payload.toString('latin1')
      if (type === RST_STREAM || type === GOAWAY) finish(true)
      else if ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0) finish(false)
    }
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (let end = lengthOf(rest); end <= rest.length; end = lengthOf(rest)) {
        take(rest[3]!, rest[4]!, rest.subarray(9, end))
        rest = rest.subarray(end)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
  })
}

/** Length of the first frame, its head with it. */
function lengthOf(bytes: Buffer): number {
  return bytes.length < 9 ? Infinity : 9 + bytes.readUIntBE(0, 3)
}
