/**
 * The beginning of an answer's body, whatever a client has for a body: text, bytes, a stream of the web or of Node, or
 * JSON that the client has read already.
 *
 * @module
 */
import { MAX_DOCUMENT } from './error-answer.ts'

/**
 * Reads as much as an error document has at most. A stream is ended there.
 *
 * @returns nothing of a body that somebody else has read
 */
export async function readBeginning(body: unknown): Promise<string | Uint8Array | undefined> {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (typeof body !== 'object' || body === null) return undefined
  if ('getReader' in body) return readStream(body as ReadableStream<Uint8Array>)
  if (Symbol.asyncIterator in body) return readPieces(body as AsyncIterable<unknown>)
  return JSON.stringify(body)
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  if (stream.locked) return undefined
  const reader = stream.getReader()
  const pieces: Uint8Array[] = []
  let length = 0
  while (length < MAX_DOCUMENT) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
    length += value.length
  }
  // Of a body that was read to its end this does nothing.
  void reader.cancel().catch(() => {})
  return join(pieces, length)
}

async function readPieces(body: AsyncIterable<unknown>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const given of body) {
    const piece = typeof given === 'string' ? new TextEncoder().encode(given) : given
    if (!(piece instanceof Uint8Array)) break
    pieces.push(piece)
    length += piece.length
    if (length >= MAX_DOCUMENT) break
  }
  return join(pieces, length)
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
