/**
 * Takes a chunked body apart, strictly and piece by piece. No byte of a signed chunk comes out before the chunk's
 * signature was checked, and nothing is allocated because the wire says so.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { EMPTY_SHA256 } from '../core/names.ts'
import { Pieces } from '../core/pieces.ts'
import { hashPieces } from '../crypto/hash-pieces.ts'
import type { AnnouncedChunks } from './announced-chunks.ts'
import type { ChunkProof } from './chunk-proof.ts'
import { wrongLength } from './expected-body.ts'
import { refuse } from './refusals.ts'
import type { StreamingRules } from './streaming-options.ts'

/** Longest line before a chunk, in bytes. */
const MAX_LINE = 256
const LF = 10

const SIZE = /^([0-9A-Fa-f]{1,16})(?:;chunk-signature=([0-9a-f]{1,144}\**))?\r\n$/
const TRAILER = /^([a-z0-9-]+):([!-~](?:[ -~]*[!-~])?)(\r?)\n$/
const LINE_END = '\r\n'
const NO_PIECES: readonly Uint8Array[] = []

/** What the next bytes belong to. */
type Place = 'size' | 'data' | 'end of data' | 'trailers' | 'end of trailer' | 'nothing'

/** Takes one body apart. */
export class ChunkDecoder {
  readonly #announced: AnnouncedChunks
  readonly #rules: StreamingRules
  readonly #proof: ChunkProof
  readonly #mostEncoded: number
  readonly #text = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #held = new Pieces()
  readonly #trailers: Header[] = []
  #provenTrailers: readonly Header[] = []
  #place: Place = 'size'
  #line = ''
  #signature = ''
  /** Bytes of the chunk that have not come yet. */
  #missing = 0
  #chunk = 0
  /** Length of the chunk before, where only the last one may be so short. */
  #short = 0
  #decoded = 0
  #encoded = 0
  #trailerBytes = 0

  constructor(announced: AnnouncedChunks, rules: StreamingRules, proof: ChunkProof) {
    this.#announced = announced
    this.#mostEncoded = announced.encodedLength ?? Infinity
    this.#rules = rules
    this.#proof = proof
  }

  /**
   * Takes a piece of the body; gives the data that it completes.
   *
   * @throws {@link VerificationError}
   */
  *write(given: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#encoded += given.length
    if (this.#encoded > this.#mostEncoded) throw wrongLength(this.#mostEncoded)
    // Views of Node's buffers are three times as expensive to make.
    const piece = new Uint8Array(given.buffer, given.byteOffset, given.length)
    let at = 0
    while (at < piece.length) {
      if (this.#place === 'nothing') throw this.#malformed()
      if (this.#place === 'data') {
        const data = piece.subarray(at, at + this.#missing)
        at += data.length
        if (this.#takeData(data)) yield data
      } else {
        at = this.#readLine(piece, at)
        if (this.#line.endsWith('\n')) for (const data of this.#takeLine()) yield data
      }
    }
  }

  /**
   * Ends the body.
   *
   * @returns its trailers, which are known to be right
   * @throws {@link VerificationError} `BODY_INCOMPLETE`, `BODY_LENGTH_MISMATCH`
   */
  end(): readonly Header[] {
    if (this.#place !== 'nothing') {
      throw refuse('BODY_INCOMPLETE', 'The body ended within its chunks or trailers')
    }
    const { encodedLength = this.#encoded } = this.#announced
    if (this.#encoded !== encodedLength) throw wrongLength(encodedLength)
    return this.#provenTrailers
  }

  /** Takes data of a chunk; whether it may come out at once. */
  #takeData(data: Uint8Array): boolean {
    this.#missing -= data.length
    if (this.#missing === 0) this.#place = 'end of data'
    if (this.#announced.isSigned) this.#held.add(data)
    else this.#proof.update(data)
    return !this.#announced.isSigned
  }

  /** Adds to the line what there is of it; where the next bytes begin. */
  #readLine(piece: Uint8Array, start: number): number {
    const most = this.#place === 'trailers' ? this.#rules.maxTrailer - this.#trailerBytes : MAX_LINE
    const lineFeed = piece.indexOf(LF, start)
    const end = lineFeed < 0 ? piece.length : lineFeed + 1
    if (this.#line.length + end - start > most) throw this.#malformed()
    // What is not ASCII stays such, and no line may hold it.
    this.#line += this.#text.decode(piece.subarray(start, end))
    return end
  }

  #takeLine(): readonly Uint8Array[] {
    const line = this.#line
    this.#line = ''
    if (this.#place === 'size') this.#takeSize(line)
    else if (this.#place === 'trailers') this.#takeTrailer(line)
    else return this.#takeLineEnd(line)
    return NO_PIECES
  }

  #takeLineEnd(line: string): readonly Uint8Array[] {
    if (line !== LINE_END) throw this.#malformed()
    const isOfChunk = this.#place === 'end of data'
    this.#place = isOfChunk ? 'size' : 'trailers'
    return isOfChunk && this.#announced.isSigned ? this.#release() : NO_PIECES
  }

  /** Gives out the chunk that is held, once it is known to be good. */
  #release(): readonly Uint8Array[] {
    const pieces = this.#held.take()
    this.#proof.checkChunk(hashPieces(pieces), this.#signature, this.#chunk)
    for (const piece of pieces) this.#proof.update(piece)
    return pieces
  }

  #takeSize(line: string): void {
    const [, digits = '', signature = ''] = SIZE.exec(line) ?? []
    if (digits === '' || this.#announced.isSigned !== (signature !== '')) throw this.#malformed()
    const size = parseInt(digits, 16)
    this.#chunk += 1
    this.#signature = signature
    if (size === 0) return this.#takeLast()
    this.#checkSize(size)
    this.#decoded += size
    this.#missing = size
    this.#place = 'data'
  }

  #checkSize(size: number): void {
    const { isSigned, decodedLength } = this.#announced
    const { minChunk, maxChunk } = this.#rules
    const facts = { chunk: String(this.#chunk), badChunkSize: String(this.#short || size) }
    if (this.#short > 0) {
      throw refuse('CHUNK_SIZE_INVALID', `A chunk before the last has less than ${minChunk} bytes`, facts)
    }
    if (isSigned && size > maxChunk) {
      throw refuse('CHUNK_SIZE_INVALID', `A chunk has over ${maxChunk} bytes`, facts)
    }
    if (size > decodedLength - this.#decoded) throw wrongLength(decodedLength)
    if (isSigned && size < minChunk) this.#short = size
  }

  #takeLast(): void {
    const { isSigned, decodedLength } = this.#announced
    if (isSigned) this.#proof.checkChunk(EMPTY_SHA256, this.#signature, this.#chunk)
    if (this.#decoded !== decodedLength) throw wrongLength(decodedLength)
    this.#place = 'trailers'
  }

  #takeTrailer(line: string): void {
    this.#trailerBytes += line.length
    if (line === LINE_END) {
      this.#provenTrailers = this.#proof.checkTrailers(this.#trailers)
      this.#place = 'nothing'
      return
    }
    const [, name, value = '', carriageReturn] = TRAILER.exec(line) ?? []
    if (name === undefined || !this.#announced.hasTrailer) throw this.#malformed()
    this.#trailers.push([name, value])
    // As S3's guide prints trailers, and some clients send them, a LF stands before the CR LF.
    if (carriageReturn === '') this.#place = 'end of trailer'
  }

  #malformed(): Error {
    if (this.#place === 'trailers' && this.#announced.hasTrailer) {
      return refuse('TRAILER_MALFORMED', 'The trailers are no name:value lines, or too long')
    }
    return refuse(
      'CHUNK_MALFORMED',
      `What is at the ${this.#place} of chunk ${this.#chunk} cannot stand there`,
    )
  }
}
