/**
 * Streaming modes: the values of `x-amz-content-sha256` that announce a body in chunks, such as
 * `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */

/** How a chunked body is protected. */
export interface StreamingMode {
  /** Algorithm whose signatures the chunks carry; absent when they carry none. */
  readonly algorithm?: string | undefined
  /** Whether trailers follow the last chunk. */
  readonly hasTrailer: boolean
}

/** Chunks without signatures, and trailers behind them. */
export const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'

const SIGNED = /^STREAMING-(AWS4-[A-Z\d-]+?)-PAYLOAD(-TRAILER)?$/

/** Writes a mode. Chunks without signatures always have trailers, if only none. */
export function formatStreamingMode({ algorithm, hasTrailer }: StreamingMode): string {
  return algorithm === undefined
    ? UNSIGNED_TRAILER
    : `STREAMING-${algorithm}-PAYLOAD${hasTrailer ? '-TRAILER' : ''}`
}

/** Reads a mode; `undefined` when the value announces no chunks. */
export function parseStreamingMode(value: string): StreamingMode | undefined {
  if (value === UNSIGNED_TRAILER) return { hasTrailer: true }
  const [isSigned, algorithm, trailer] = SIGNED.exec(value) ?? []
  return isSigned ? { algorithm, hasTrailer: trailer !== undefined } : undefined
}
