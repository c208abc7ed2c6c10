/**
 * Reads event-stream messages, however their bytes are split. Nothing is believed before its checksum is good, and
 * nothing is allocated because a message says how long it is.
 *
 * @module
 */
import { Pieces } from '../core/pieces.ts'
import { CountersignError, SigningError } from '../errors.ts'
import { readSource } from '../sign/chunk-source.ts'
import { decodeHeaders } from './decode-headers.ts'
import { crc32 } from './encode-event.ts'
import { joinBytes } from './encode-headers.ts'
import {
  CHECKSUM,
  MAX_HEADERS,
  MAX_PAYLOAD,
  PRELUDE,
  type EventLimits,
  type EventMessage,
} from './event-message.ts'

/** Takes a stream of messages apart. */
export class EventDecoder {
  readonly #maxPayload: number
  readonly #maxHeaders: number
  readonly #held = new Pieces()
  /** Length of what is being read, in bytes: a prelude, then the whole message that it begins. */
  #wanted = PRELUDE

  /** @throws {@link SigningError} `OPTION_INVALID` */
  constructor({ maxPayload = MAX_PAYLOAD, maxHeaders = MAX_HEADERS }: EventLimits = {}) {
    if (![maxPayload, maxHeaders].every((bytes) => Number.isInteger(bytes) && bytes >= 0)) {
      throw new SigningError('OPTION_INVALID', 'maxPayload and maxHeaders must be numbers of bytes')
    }
    this.#maxPayload = maxPayload
    this.#maxHeaders = maxHeaders
  }

  /** Whether bytes of a message are there that is not whole yet. */
  get isAmid(): boolean {
    return this.#held.length > 0
  }

  /**
   * Takes a piece of the stream, which must not be changed from now on; gives the messages that it completes.
   *
   * @throws {@link CountersignError} `EVENT_MALFORMED`, `EVENT_CHECKSUM_MISMATCH`, `EVENT_LIMIT_EXCEEDED`
   */
  *write(piece: Uint8Array): Generator<EventMessage, void, undefined> {
    // Views of Node's buffers are three times as expensive to make.
    let rest = new Uint8Array(piece.buffer, piece.byteOffset, piece.length)
    while (rest.length > 0) {
      if (this.#held.length === 0 && rest.length >= PRELUDE) this.#wanted = this.#readPrelude(rest)
      const part = rest.subarray(0, this.#wanted - this.#held.length)
      rest = rest.subarray(part.length)
      const bytes = this.#gather(part)
      if (!bytes) continue
      if (this.#wanted === PRELUDE) {
        this.#wanted = this.#readPrelude(bytes)
        this.#held.add(bytes)
      } else {
        this.#wanted = PRELUDE
        yield readEvent(bytes)
      }
    }
  }

  /**
   * Ends the stream.
   *
   * @throws {@link CountersignError} `EVENT_STREAM_INCOMPLETE`
   */
  end(): void {
    if (!this.isAmid) return
    throw new CountersignError('EVENT_STREAM_INCOMPLETE', 'The stream ended within a message')
  }

  /** All bytes that are wanted, once they are there. Those that lie in one piece are not copied. */
  #gather(part: Uint8Array): Uint8Array | undefined {
    if (part.length === this.#wanted) return part
    this.#held.add(part)
    return this.#held.length === this.#wanted ? joinBytes(this.#held.take()) : undefined
  }

  /** Length of the message that a prelude begins. */
  #readPrelude(bytes: Uint8Array): number {
    assertChecksum(bytes.subarray(0, PRELUDE))
    const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE)
    const length = view.getUint32(0)
    const headers = view.getUint32(4)
    const payload = length - headers - PRELUDE - CHECKSUM
    if (payload < 0) throw new CountersignError('EVENT_MALFORMED', 'The event is shorter than its headers')
    if (headers <= this.#maxHeaders && payload <= this.#maxPayload) return length
    throw new CountersignError(
      'EVENT_LIMIT_EXCEEDED',
      `The event has over ${this.#maxHeaders} bytes of headers, or over ${this.#maxPayload} of payload`,
    )
  }
}

/** Reads a message whose prelude is good. */
function readEvent(bytes: Uint8Array): EventMessage {
  assertChecksum(bytes)
  const headersLength = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE).getUint32(4)
  const payloadStart = PRELUDE + headersLength
  return {
    headers: decodeHeaders(bytes.subarray(PRELUDE, payloadStart)),
    payload: bytes.subarray(payloadStart, bytes.length - CHECKSUM),
  }
}

/** The last bytes are the checksum of those before. */
function assertChecksum(bytes: Uint8Array): void {
  const end = bytes.length - CHECKSUM
  const computed = crc32(bytes.subarray(0, end))
  if (computed.every((byte, i) => byte === bytes[end + i])) return
  throw new CountersignError(
    'EVENT_CHECKSUM_MISMATCH',
    'The event is not as it was sent: its checksum differs',
  )
}

/**
 * Reads one message, such as a frame of a WebSocket.
 *
 * @throws {@link CountersignError} `EVENT_MALFORMED`, `EVENT_CHECKSUM_MISMATCH`, `EVENT_LIMIT_EXCEEDED`,
 *   `EVENT_STREAM_INCOMPLETE`
 */
export function decodeEvent(bytes: Uint8Array, limits?: EventLimits): EventMessage {
  const decoder = new EventDecoder(limits)
  const messages = Array.from(decoder.write(bytes))
  decoder.end()
  const [message] = messages
  if (message && messages.length === 1) return message
  throw new CountersignError('EVENT_MALFORMED', 'The bytes are not those of one event')
}

/**
 * Reads a stream of messages, such as the body of an answer. Breaking off ends the source.
 *
 * @throws {@link CountersignError} as {@link decodeEvent}
 */
export async function* decodeEvents(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  limits?: EventLimits,
): AsyncGenerator<EventMessage, void, undefined> {
  const decoder = new EventDecoder(limits)
  for await (const piece of readSource(source).open()) yield* decoder.write(piece)
  decoder.end()
}
