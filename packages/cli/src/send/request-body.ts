/**
 * The body of a request: bytes in memory, ranges of open files, or both after each other. It can be read any number
 * of times, so that it is hashed first and streamed then, and sent again on a retry. A pipe that is sent without a
 * hash is the exception.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

const CHUNK = 256 * 1024

/** A whole file that is open for reading. */
export interface FileSegment {
  readonly file: FileHandle
  /** In bytes, as it was when the file was opened. */
  readonly size: number
}

/** A part of a body. */
export type Segment = Uint8Array | FileSegment

/** A body that can be read, most often more than once. */
export interface RequestBody {
  /** In bytes; unknown of a pipe. */
  readonly size: number | undefined
  readonly isReplayable: boolean
  /** All of it, when it is in memory. */
  readonly bytes: Uint8Array | undefined
  read(): AsyncIterable<Uint8Array>
  /** Closes its files. */
  close(): Promise<void>
}

/** A file is not any more what it was when it was hashed. */
export class FileChangedError extends Error {
  constructor() {
    super('The file became shorter while it was read')
    this.name = 'FileChangedError'
  }
}

/** Makes a body of parts. */
export function createBody(segments: readonly Segment[]): RequestBody {
  const isInMemory = segments.every((segment) => segment instanceof Uint8Array)
  return {
    size: segments.reduce((sum, segment) => sum + sizeOf(segment), 0),
    isReplayable: true,
    bytes: isInMemory ? Buffer.concat(segments) : undefined,
    async *read() {
      for (const segment of segments) {
        if (segment instanceof Uint8Array) yield segment
        else yield* readFile(segment)
      }
    },
    async close() {
      for (const segment of segments) if (!(segment instanceof Uint8Array)) await segment.file.close()
    },
  }
}

/** Makes a body of a pipe, which can be read once, and most often does not tell its length. */
export function createPipeBody(source: Readable, size: number | undefined): RequestBody {
  return {
    size,
    isReplayable: false,
    bytes: undefined,
    read: () => source,
    async close() {
      source.destroy()
    },
  }
}

function sizeOf(segment: Segment): number {
  return segment instanceof Uint8Array ? segment.byteLength : segment.size
}

// Not a stream: the same open file is read again, from its start, whoever replaced its name meanwhile.
async function* readFile({ file, size }: FileSegment): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - at))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) throw new FileChangedError()
    at += bytesRead
    yield chunk.subarray(0, bytesRead)
  }
}

/** SHA-256 of a body in hex, without having more than a piece of it in memory. */
export async function hashBody(body: RequestBody, onRead: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of body.read()) {
    hash.update(chunk)
    onRead(chunk.byteLength)
  }
  return hash.digest('hex')
}
