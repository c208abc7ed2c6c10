/**
 * The proof of a chunked body: the signatures of its chunks and trailers, in their chain, and its checksums.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { buildCanonicalTrailers, ChunkChain } from '../core/chunk-chain.ts'
import { parseSignature, signatureWidth, X_AMZ_TRAILER_SIGNATURE } from '../core/chunk-framing.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import type { Checksum } from '../crypto/checksums/checksum.ts'
import { checksumOfHeader, createChecksum, digestBase64 } from '../crypto/checksums/s3-checksums.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { AnnouncedChunks } from './announced-chunks.ts'
import type { Claim } from './claim.ts'
import type { MatchedKey } from './found-key.ts'
import { wrongChecksum } from './body-digests.ts'
import { refuse } from './refusals.ts'

/** What is needed of the head: where the chain begins, and with whose key. */
export type ProvenHead = Pick<Claim, 'accessKeyId' | 'algorithm' | 'amzDate' | 'scopeText' | 'signature'>

/** A key that tells which signatures it made. */
export type SigningProof = Pick<MatchedKey['key'], 'hasSigned'>

/** Proves one body. */
export class ChunkProof {
  readonly #announced: AnnouncedChunks
  readonly #claim: ProvenHead
  readonly #key: SigningProof
  readonly #chain: ChunkChain
  readonly #width: number
  readonly #checksums: ReadonlyMap<string, Checksum>

  constructor(announced: AnnouncedChunks, claim: ProvenHead, key: SigningProof) {
    const { algorithm, amzDate, scopeText, signature } = claim
    this.#announced = announced
    this.#claim = claim
    this.#key = key
    this.#chain = new ChunkChain({ algorithm: algorithm.name, amzDate, scopeText, signature })
    this.#width = signatureWidth(algorithm.name)
    this.#checksums = new Map(
      announced.trailers.flatMap((header) => {
        const name = checksumOfHeader(header)
        return name === undefined ? [] : [[header, createChecksum(name)]]
      }),
    )
  }

  /** Takes data that comes out. */
  update(data: Uint8Array): void {
    for (const checksum of this.#checksums.values()) checksum.update(data)
  }

  /**
   * Checks the signature of a chunk.
   *
   * @param hash SHA-256 of its data in hex
   * @param index number of the chunk, from 1
   * @throws {@link VerificationError} `CHUNK_SIGNATURE_MISMATCH`
   */
  checkChunk(hash: string, padded: string, index: number): void {
    const signature = parseSignature(padded, this.#width)
    if (!this.#isSigned(this.#chain.buildChunk(hash), signature)) {
      throw refuse('CHUNK_SIGNATURE_MISMATCH', `Chunk ${index}, or one before it, is not as it was signed`, {
        accessKeyId: this.#claim.accessKeyId,
        signatureProvided: signature,
        chunk: String(index),
      })
    }
    this.#chain.advance(signature)
  }

  /**
   * Checks the trailers: those declared and no others, their signature, and the checksums among them.
   *
   * @returns them without their signature
   * @throws {@link VerificationError} `TRAILER_MALFORMED`, `TRAILER_SIGNATURE_MISMATCH`, `CHECKSUM_MISMATCH`
   */
  checkTrailers(received: readonly Header[]): readonly Header[] {
    const { isSigned, hasTrailer, trailers } = this.#announced
    const isProven = isSigned && hasTrailer
    const [last, signature = ''] = (isProven && received.at(-1)) || []
    const covered = isProven ? received.slice(0, -1) : received
    const names = covered.map(([name]) => name)
    // No comma can be in a name, and none is declared twice.
    const isAsDeclared = names.toSorted().join() === trailers.toSorted().join()
    if (!isAsDeclared || (isProven && last !== X_AMZ_TRAILER_SIGNATURE)) {
      throw refuse('TRAILER_MALFORMED', 'The trailers are not those that x-amz-trailer declares, each once')
    }
    if (isProven) this.#checkTrailerSignature(covered, signature)
    for (const [name, value] of covered) this.#checkChecksum(name, value)
    return covered
  }

  #checkTrailerSignature(trailers: readonly Header[], padded: string): void {
    const signature = parseSignature(padded, this.#width)
    const hash = defaultSha256().hashHex(buildCanonicalTrailers(trailers))
    if (this.#isSigned(this.#chain.buildTrailer(hash), signature)) return
    throw refuse('TRAILER_SIGNATURE_MISMATCH', 'The trailers are not as they were signed', {
      accessKeyId: this.#claim.accessKeyId,
      signatureProvided: signature,
    })
  }

  #isSigned(stringToSign: string, signature: string): boolean {
    return this.#key.hasSigned(stringToSign, signature)
  }

  #checkChecksum(header: string, given: string): void {
    const checksum = this.#checksums.get(header)
    if (!checksum || equalConstantTime(digestBase64(checksum), given)) return
    throw wrongChecksum(header, checksumOfHeader(header) ?? '')
  }
}
