/**
 * The events of a signed stream on their way to the handler: unwrapped, each once it is known to be the one that was
 * signed.
 *
 * @module
 */
import { CountersignError } from '../errors.ts'
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'
import { decodeEvent, EventDecoder } from './decode-event.ts'
import type { EventLimits, EventMessage } from './event-message.ts'
import type { EventProof } from './event-proof.ts'

/** How a stream is read. */
export interface StreamRules {
  readonly limits: EventLimits
  /** Whether the bytes come from a WebSocket, which stays open behind the last event. */
  readonly isSocket: boolean
}

const NOTHING: readonly Uint8Array[] = []

/** An event that is known to be the one that was signed. */
export interface VerifiedMessage {
  readonly event: EventMessage
  /** The same as it was sent, without what its signature stands in. */
  readonly bytes: Uint8Array
}

/**
 * Reads the events of a stream.
 *
 * @throws {@link VerificationError} as {@link readVerifiedMessages}
 */
export async function* readVerifiedEvents(
  message: RequestMessage,
  proof: EventProof,
  rules: StreamRules,
): AsyncGenerator<EventMessage, void, undefined> {
  for await (const { event } of readVerifiedMessages(message, proof, rules)) yield event
}

/**
 * Reads the events of a stream, with their bytes.
 *
 * @throws {@link VerificationError} `CHUNK_MALFORMED`, `CHUNK_SIZE_INVALID`, `CHUNK_SIGNATURE_MISMATCH`, `CLOCK_SKEWED`,
 *   `BODY_INCOMPLETE`, `KEY_UNKNOWN`, `KEY_EXPIRED`
 */
export async function* readVerifiedMessages(
  { body, signal }: RequestMessage,
  proof: EventProof,
  { limits, isSocket }: StreamRules,
): AsyncGenerator<VerifiedMessage, void, undefined> {
  const decoder = new EventDecoder(limits)
  const source = body instanceof Uint8Array ? [body] : (body ?? NOTHING)
  let isEnded = false
  for await (const piece of isSocket ? keepOpen(source) : source) {
    signal?.throwIfAborted()
    for (const outer of refusing(decoder.write(piece))) {
      if (isEnded) throw refuse('CHUNK_MALFORMED', 'There is an event behind the end of the stream')
      await proof.check(outer)
      if (outer.payload.length === 0) isEnded = true
      else yield { event: readInner(outer, limits), bytes: outer.payload }
    }
    if (isEnded && decoder.isAmid) {
      throw refuse('CHUNK_MALFORMED', 'There are bytes behind the end of the stream')
    }
    if (isEnded && isSocket) return
  }
  if (!isEnded) throw refuse('BODY_INCOMPLETE', 'The stream ended before the event that is signed as its end')
}

/** A source that its reader does not close: answers go out over the socket that the events came in by. */
function keepOpen(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  return { [Symbol.asyncIterator]: () => ({ next: async () => iterator.next() }) }
}

/** The message within another one. */
function readInner({ payload }: EventMessage, limits: EventLimits): EventMessage {
  try {
    return decodeEvent(payload, limits)
  } catch (error) {
    throw toRefusal(error)
  }
}

/** Passes messages on; what cannot be read is refused. */
function* refusing(messages: Iterable<EventMessage>): Generator<EventMessage, void, undefined> {
  try {
    yield* messages
  } catch (error) {
    throw toRefusal(error)
  }
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof CountersignError)) return error
  const isTooLarge = error.code === 'EVENT_LIMIT_EXCEEDED'
  return refuse(isTooLarge ? 'CHUNK_SIZE_INVALID' : 'CHUNK_MALFORMED', error.message)
}
