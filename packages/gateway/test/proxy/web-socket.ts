/**
 * The server's half of WebSocket, as far as tests need it: it agrees, and says back what it is told.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455}
 * @module
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Agrees to an upgrade, and echoes texts and binaries in upper case until the client closes. */
export function echo({ headers }: IncomingMessage, socket: Duplex, first?: string): void {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${MAGIC}`).digest('base64')
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'))
  if (first !== undefined) socket.write(frame(1, Buffer.from(first)))
  let held: Buffer = Buffer.alloc(0)
  socket.on('error', () => {})
  // Connections of servers stay half open otherwise.
  socket.on('end', () => socket.end())
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    for (let read = readFrame(held); read; read = readFrame(held)) {
      held = read.rest
      if (read.kind === 8) socket.end(frame(8, read.data))
      else socket.write(frame(read.kind, Buffer.from(read.data.toString().toUpperCase())))
    }
  })
}

function frame(kind: number, data: Buffer): Buffer {
  const head = Buffer.alloc(data.length < 126 ? 2 : 10)
  head[0] = 0x80 | kind
  head[1] = data.length < 126 ? data.length : 127
  if (data.length >= 126) head.writeBigUInt64BE(BigInt(data.length), 2)
  return Buffer.concat([head, data])
}

/** Of a client: always masked. */
function readFrame(bytes: Buffer): { kind: number; data: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < at + 4) return undefined
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < at + 4 + length) return undefined
  const mask = bytes.subarray(at, at + 4)
  const data = Buffer.from(bytes.subarray(at + 4, at + 4 + length))
  for (let i = 0; i < length; i += 1) data[i]! ^= mask[i % 4]!
  return { kind: bytes[0]! & 0x0f, data, rest: bytes.subarray(at + 4 + length) }
}
