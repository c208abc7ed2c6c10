/**
 * The body of a chunked upload on its way to the handler: its data without frames, each chunk once it is known to be
 * the one that was signed.
 *
 * @module
 */
import { readAnnouncement, type AnnouncedChunks } from './announced-chunks.ts'
import { holdBack, type CheckedBody } from './body.ts'
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
  { rules, maxBytes, maxBufferedBody }: ChunkedBodyOptions,
): Promise<CheckedBody> {
  const announced = readAnnouncement(claim, rules, maxBytes)
  const decoder = createDecoder(announced, claim, match, rules)
  const data = decode(message, decoder)
  const isShort = announced.decodedLength <= maxBufferedBody || message.body instanceof Uint8Array
  const checked: CheckedBody = isShort ? await holdBack(data, Infinity) : { payload: 'pending', body: data }
  return announced.isSigned ? checked : { ...checked, payload: 'unsigned' }
}

/**
 * Checks a chunked body that is at hand whole.
 *
 * @throws {@link VerificationError}
 */
export function assertChunks(body: Uint8Array, claim: Claim, match: MatchedKey, rules: StreamingRules): void {
  const decoder = createDecoder(readAnnouncement(claim, rules, Infinity), claim, match, rules)
  Array.from(decoder.write(body))
  decoder.end()
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
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    signal?.throwIfAborted()
    for (const data of decoder.write(piece)) yield data
  }
  decoder.end()
}
