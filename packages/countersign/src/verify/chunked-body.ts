/**
 * The body of a chunked upload on its way to the handler: its data without frames, each chunk once it is known to be
 * the one that was signed.
 *
 * @module
 */
import { readAnnouncement, type AnnouncedChunks } from './announced-chunks.ts'
import type { Header } from '../core/canonical-headers.ts'
import { asUnsigned, holdBack, type CheckedBody } from './body.ts'
import { BodyDigests, type ExpectedDigest } from './body-digests.ts'
import { ChunkDecoder } from './chunk-decoder.ts'
import { ChunkProof } from './chunk-proof.ts'
import type { Claim } from './claim.ts'
import type { MatchedKey } from './found-key.ts'
import type { RequestMessage } from './message.ts'
import type { StreamingRules } from './streaming-options.ts'

/** What is taken of a chunked body. */
export interface ChunkedBodyOptions {
  readonly rules: StreamingRules
  /** Longest body that is taken, in bytes. */
  readonly maxBytes: number
  /** Bodies up to this length are read to their end before anything comes out; in bytes. */
  readonly maxBufferedBody: number
  /** What headers say of the data. */
  readonly digests: readonly ExpectedDigest[] | undefined
}

/**
 * Checks a chunked body. A short one is known to be good when it comes back; a longer one throws on the way, at the
 * first chunk that is not, and whoever consumes it must be able to undo what he did with it.
 *
 * @throws {@link VerificationError}
 */
export async function checkChunkedBody(
  message: RequestMessage,
  claim: Claim,
  match: MatchedKey,
  { rules, maxBytes, maxBufferedBody, digests }: ChunkedBodyOptions,
): Promise<CheckedBody> {
  const announced = readAnnouncement(claim, rules, maxBytes)
  const decoder = createDecoder(announced, claim, match, rules)
  let trailers: readonly Header[] | undefined
  const data = decode(message, decoder, new BodyDigests(digests ?? []), (proven) => (trailers = proven))
  const isShort = announced.decodedLength <= maxBufferedBody || message.body instanceof Uint8Array
  const held: CheckedBody = isShort
    ? await holdBack(data, Infinity)
    : { payload: 'pending', isPending: true, body: data }
  const checked = announced.hasTrailer ? { ...held, trailers: () => trailers } : held
  return announced.isSigned ? checked : asUnsigned(checked)
}

/**
 * Checks a chunked body that is at hand whole.
 *
 * @throws {@link VerificationError}
 */
export function assertChunks(
  body: Uint8Array,
  claim: Claim,
  match: MatchedKey,
  { rules, digests: expected = [] }: Pick<ChunkedBodyOptions, 'rules' | 'digests'>,
): void {
  const decoder = createDecoder(readAnnouncement(claim, rules, Infinity), claim, match, rules)
  const digests = new BodyDigests(expected)
  for (const data of decoder.write(body)) digests.update(data)
  decoder.end()
  digests.check()
}

function createDecoder(
  announced: AnnouncedChunks,
  claim: Claim,
  { key }: MatchedKey,
  rules: StreamingRules,
): ChunkDecoder {
  return new ChunkDecoder(announced, rules, new ChunkProof(announced, claim, key))
}

const NO_BODY = new Uint8Array()

async function* decode(
  { body = NO_BODY, signal }: RequestMessage,
  decoder: ChunkDecoder,
  digests: BodyDigests,
  onEnd: (trailers: readonly Header[]) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    signal?.throwIfAborted()
    for (const data of decoder.write(piece)) {
      digests.update(data)
      yield data
    }
  }
  const trailers = decoder.end()
  digests.check()
  onEnd(trailers)
}
