/**
 * Where the data of a chunked upload comes from: bytes at hand, a Blob, a web stream, a Node stream or anything else
 * that can be iterated.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import type { SyncBody } from './http-request.ts'
import { isStream, readSyncBody } from './read-body.ts'

/** Data of a chunked upload. Node's streams are async iterables. */
export type ChunkSource = SyncBody | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A source that can be read. */
export interface OpenableSource {
  /** Length in bytes, where the source tells it. */
  readonly length: number | undefined
  /**
   * Begins to read.
   *
   * @throws {@link SigningError} `BODY_NOT_REPEATABLE` when a stream is read for the second time
   */
  open(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/**
 * Takes a source.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED`
 */
export function readSource(source: ChunkSource): OpenableSource {
  if (source instanceof Blob) return { length: source.size, open: () => iterate(source.stream()) }
  if (isStream(source)) {
    return openOnce(() => (Symbol.asyncIterator in source ? source : iterate(source)))
  }
  const bytes = readSyncBody(source) ?? new Uint8Array()
  return { length: bytes.length, open: () => [bytes] }
}

function openOnce(open: () => AsyncIterable<Uint8Array>): OpenableSource {
  let isOpen = false
  return {
    length: undefined,
    open() {
      if (isOpen) {
        throw new SigningError(
          'BODY_NOT_REPEATABLE',
          'A stream can be sent once; sign the request again with a new one',
        )
      }
      isOpen = true
      return open()
    },
  }
}

// Safari's streams cannot be iterated.
async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  let isOver = false
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    isOver = true
  } finally {
    if (!isOver) await reader.cancel()
  }
}
