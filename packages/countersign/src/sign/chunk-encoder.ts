/**
 * Writes a body as chunks, each signed in a chain that begins with the request. The data is passed on as it came:
 * frames are pieces of their own before and behind it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { utf8 } from '../core/bytes.ts'
import { buildCanonicalTrailers, ChunkChain, type ChainStart } from '../core/chunk-chain.ts'
import {
  CHUNK_SIGNATURE,
  formatSignature,
  signatureWidth,
  X_AMZ_TRAILER_SIGNATURE,
} from '../core/chunk-framing.ts'
import { EMPTY_SHA256 } from '../core/names.ts'
import { Pieces } from '../core/pieces.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { hashPieces } from '../crypto/hash-pieces.ts'
import { SigningError } from '../errors.ts'

/** A trailer of one body: fed all of it, it knows its value. */
export interface Trailer {
  readonly name: string
  update?(bytes: Uint8Array): void
  value(): string
}

/** What signs the chunks of a request. */
export interface ChunkSigner extends ChainStart {
  sign(stringToSign: string): string
}

/** How a body is written. */
export interface ChunkPlan {
  /** Length of the data, in bytes. */
  readonly decodedLength: number
  /** Length of every chunk but the last, in bytes. */
  readonly chunkSize: number
  /** Absent when the chunks are not signed. */
  readonly signer: ChunkSigner | undefined
  readonly hasTrailer: boolean
}

/** Writes one body. */
export class ChunkEncoder {
  readonly #plan: ChunkPlan
  readonly #trailers: readonly Trailer[]
  readonly #chain: ChunkChain | undefined
  readonly #width: number
  readonly #held = new Pieces()
  /** Length of the chunk that is held, and of all data that is still to come. */
  #want: number
  #left: number
  /** Line end of the chunk before. */
  #lineEnd = ''

  constructor(plan: ChunkPlan, trailers: readonly Trailer[]) {
    this.#plan = plan
    this.#trailers = trailers
    this.#chain = plan.signer && new ChunkChain(plan.signer)
    this.#width = signatureWidth(plan.signer?.algorithm)
    this.#left = plan.decodedLength
    this.#want = Math.min(plan.chunkSize, this.#left)
  }

  /**
   * Takes a piece of the data; gives the frames that it completes.
   *
   * @throws {@link SigningError} `BODY_LENGTH_MISMATCH` as soon as there is too much
   */
  *write(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    let at = 0
    while (at < piece.length) {
      if (this.#left === 0) throw wrongLength(this.#plan, 'longer')
      const end = Math.min(piece.length, at + this.#want - this.#held.length)
      this.#held.add(end - at === piece.length ? piece : piece.subarray(at, end))
      at = end
      if (this.#held.length === this.#want) yield* this.#flush()
    }
  }

  /**
   * Ends the body: the last, empty chunk and the trailers.
   *
   * @throws {@link SigningError} `BODY_LENGTH_MISMATCH` when there was too little
   */
  end(): Uint8Array {
    if (this.#left > 0) throw wrongLength(this.#plan, 'shorter')
    const last = this.#frame(0, EMPTY_SHA256)
    return utf8(`${last}${this.#formatTrailers()}\r\n`)
  }

  *#flush(): Generator<Uint8Array, void, undefined> {
    const size = this.#want
    const pieces = this.#held.take()
    for (const trailer of this.#trailers) for (const piece of pieces) trailer.update?.(piece)
    yield utf8(this.#frame(size, this.#chain ? hashPieces(pieces) : ''))
    yield* pieces
    this.#lineEnd = '\r\n'
    this.#left -= size
    this.#want = Math.min(this.#plan.chunkSize, this.#left)
  }

  #frame(size: number, hash: string): string {
    const extension = this.#chain ? CHUNK_SIGNATURE + this.#sign(this.#chain.buildChunk(hash)) : ''
    return `${this.#lineEnd}${size.toString(16)}${extension}\r\n`
  }

  #sign(stringToSign: string): string {
    const signature = this.#plan.signer?.sign(stringToSign) ?? ''
    this.#chain?.advance(signature)
    return formatSignature(signature, this.#width)
  }

  #formatTrailers(): string {
    const trailers = this.#trailers.map<Header>((trailer) => [trailer.name, trailer.value()])
    const lines = trailers.map(([name, value]) => `${name}:${value}\r\n`).join('')
    if (!this.#plan.hasTrailer || !this.#chain) return lines
    const hash = defaultSha256().hashHex(buildCanonicalTrailers(trailers))
    const signature = this.#sign(this.#chain.buildTrailer(hash))
    return `${lines}${X_AMZ_TRAILER_SIGNATURE}:${signature}\r\n`
  }
}

function wrongLength({ decodedLength }: ChunkPlan, fault: 'longer' | 'shorter'): Error {
  return new SigningError(
    'BODY_LENGTH_MISMATCH',
    `The body is ${fault} than the ${decodedLength} bytes that were signed for it`,
  )
}
