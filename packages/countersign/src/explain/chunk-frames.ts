/**
 * The frames of a body that was sent in chunks, read to the first one that is wrong.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import { textOfBytes } from './canonical-parts.ts'

/** One chunk. */
export interface ChunkFrame {
  /** Where its size stands in the body, in bytes. */
  readonly offset: number
  readonly data: Uint8Array
  /** What follows `chunk-signature=`; empty where there is none. */
  readonly signature: string
}

/** What could be read of the frames. */
export interface ChunkFrames {
  readonly chunks: readonly ChunkFrame[]
  /** Lines behind the last chunk. */
  readonly trailers: readonly string[]
  /** What is wrong with the first frame that cannot be read, and where. */
  readonly fault?: { readonly offset: number; readonly reason: string } | undefined
}

const HEAD = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f*]*))?\r\n/i
const LONGEST_HEAD = 256

/** Reads the frames. */
export function readChunkFrames(body: Uint8Array): ChunkFrames {
  const chunks: ChunkFrame[] = []
  let offset = 0
  for (;;) {
    const head = HEAD.exec(textOfBytes(body.subarray(offset, offset + LONGEST_HEAD)))
    if (!head) {
      const reason =
        offset >= body.length
          ? 'the chunk of size 0 at the end is missing'
          : 'no size of a chunk stands there'
      return { chunks, trailers: [], fault: { offset, reason } }
    }
    const [line, size = '', signature = ''] = head
    const start = offset + line.length
    const end = start + parseInt(size, 16)
    chunks.push({ offset, data: body.subarray(start, end), signature })
    if (end === start) return { chunks, trailers: trailersOf(body.subarray(start)) }
    if (end + 2 > body.length) {
      const reason = `the chunk says ${end - start} bytes, and ${Math.max(0, body.length - start)} follow`
      return { chunks, trailers: [], fault: { offset, reason } }
    }
    if (body[end] !== 13 || body[end + 1] !== 10) {
      return {
        chunks,
        trailers: [],
        fault: { offset, reason: `no line end stands behind its ${end - start} bytes` },
      }
    }
    offset = end + 2
  }
}

function trailersOf(rest: Uint8Array): string[] {
  return textOfBytes(rest).split(/\r?\n/).filter(Boolean)
}

/** The data of a body in frames; `undefined` for a body that is not in frames from start to end. */
export function joinChunks(body: Uint8Array): Bytes | undefined {
  const { chunks, fault } = readChunkFrames(body)
  if (fault || chunks.length === 0) return undefined
  const joined = new Uint8Array(chunks.reduce((length, { data }) => length + data.length, 0))
  let at = 0
  for (const { data } of chunks) {
    joined.set(data, at)
    at += data.length
  }
  return joined
}
