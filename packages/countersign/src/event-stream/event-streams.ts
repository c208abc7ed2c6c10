/**
 * Event streams for `createVerifier`: a body of signed events, of which each comes out once it is known to be the one that
 * was signed.
 *
 * ```js
 * const verifier = createVerifier({ secrets, service: 'transcribe', region, eventStreams })
 * const { body } = await verifier.verify({ method, target, headers, body: request })
 * for await (const { headers, payload } of decodeEvents(body)) take(headers.get(':event-type'), payload)
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html}
 * @module
 */
import type { EventStreams, EventStreamStart } from '../verify/event-streams.ts'
import { refuse } from '../verify/refusals.ts'
import { formatEventsMode } from './event-chain.ts'
import { EventProof } from './event-proof.ts'
import { readVerifiedMessages } from './verified-events.ts'

/**
 * For the option `eventStreams` of a verifier. `payload` is `pending`, and `body` gives each event as the bytes of its
 * message, for {@link decodeEvents}; it throws `VerificationError` at the first that is not as it was sent, and when the
 * end is missing. A WebSocket that a presigned URL opened is for {@link createEventStreamVerifier}.
 */
export const eventStreams: EventStreams = {
  isAnnounced: (keyword, algorithm) => keyword === formatEventsMode(algorithm),
  read: readBody,
}

async function* readBody(start: EventStreamStart): AsyncGenerator<Uint8Array, void, undefined> {
  const { message, maxBytes } = start
  const rules = { limits: {}, isSocket: false }
  let length = 0
  for await (const { bytes } of readVerifiedMessages(message, new EventProof(start), rules)) {
    length += bytes.length
    if (length > maxBytes) {
      throw refuse('BODY_TOO_LARGE', `The events are over ${maxBytes} bytes`, { maxBytes: String(maxBytes) })
    }
    yield bytes
  }
}
