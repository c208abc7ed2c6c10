/**
 * The chain of a chunked upload: every chunk's signature covers the one before, the first that of the request, and
 * the trailers' that of the last chunk. So none can be left out, repeated or moved.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html}
 * @module
 */
import type { Header } from './canonical-headers.ts'
import { EMPTY_SHA256 } from './names.ts'

/** Where a chain begins: the request that announces the chunks. */
export interface ChainStart {
  /** Name of the algorithm that signs. */
  readonly algorithm: string
  /** Date of the request, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  readonly scopeText: string
  /** Signature of the request. */
  readonly signature: string
}

/** The strings to sign of one upload, one after the other. */
export class ChunkChain {
  readonly #chunkHead: string
  readonly #trailerHead: string
  #previous: string

  constructor({ algorithm, amzDate, scopeText, signature }: ChainStart) {
    this.#chunkHead = `${algorithm}-PAYLOAD\n${amzDate}\n${scopeText}\n`
    this.#trailerHead = `${algorithm}-TRAILER\n${amzDate}\n${scopeText}\n`
    this.#previous = signature
  }

  /**
   * String to sign of the next chunk.
   *
   * @param hash SHA-256 of its data in hex
   */
  buildChunk(hash: string): string {
    return this.#chunkHead + this.#previous + '\n' + EMPTY_SHA256 + '\n' + hash
  }

  /**
   * String to sign of the trailers.
   *
   * @param hash SHA-256 in hex of what {@link buildCanonicalTrailers} gives
   */
  buildTrailer(hash: string): string {
    return this.#trailerHead + this.#previous + '\n' + hash
  }

  /** Goes on to what follows the chunk that has this signature. */
  advance(signature: string): void {
    this.#previous = signature
  }
}

/** Trailers as they are hashed: `name:value` lines in the order of the wire, each with a LF. */
export function buildCanonicalTrailers(trailers: readonly Header[]): string {
  return trailers.map(([name, value]) => `${name}:${value}\n`).join('')
}
