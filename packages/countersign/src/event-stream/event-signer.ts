/**
 * Signs messages one by one, after a request or a presigned URL that began the stream:
 *
 * ```js
 * const presigned = presignWebSocket('wss://transcribestreaming.eu-west-1.amazonaws.com:8443/…', { credentials })
 * const signer = createEventSigner(presigned, { credentials })
 * socket.send(signer.sign({ headers: { ':message-type': 'event' }, payload: audio }))
 * socket.send(signer.end())
 * ```
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/streaming-websocket.html}
 * @module
 */
import type { SignerKey } from '../algorithms/algorithm.ts'
import { formatAmzDate } from '../core/amz-date.ts'
import { bytesOfHex } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import type { SignedRequest } from '../sign/http-request.ts'
import { readUrl } from '../sign/read-url.ts'
import { resolveKey } from '../sign/resolve-key.ts'
import type { SignOptions } from '../sign/sign-options.ts'
import { assertPayloadLength, encodeParts, frameEvent, lengthOf, writeEvent } from './encode-event.ts'
import { encodeHeaders, joinBytes } from './encode-headers.ts'
import { buildEventStringToSign, DATE_HEADER, SIGNATURE_HEADER } from './event-chain.ts'
import { CHECKSUM, PRELUDE, type EventInput } from './event-message.ts'

/** Options of {@link createEventSigner}: those of the request that began the stream. */
export interface EventSignerOptions extends Pick<SignOptions, 'credentials' | 'algorithm' | 'keyDate'> {
  /** The clock: each message has its own date. */
  readonly now?: (() => Date) | undefined
}

/** What began the stream: a request or a presigned URL, as the signer gave it. */
export type EventSeed = Pick<SignedRequest, 'url' | 'stringToSign' | 'signature' | 'scope'>

/** Signs the messages of one stream, in their order. */
export interface EventSigner {
  /**
   * Wraps and signs a message; what comes back is to be sent next, whole.
   *
   * @throws {@link SigningError} `HEADER_INVALID`, `TEXT_INVALID`, `BODY_UNSUPPORTED`, `EVENT_TOO_LARGE`,
   *   `EVENT_STREAM_ENDED`; `DATE_MISMATCH` when a signing key's day is over
   */
  sign(message: EventInput): Uint8Array
  /**
   * Signs the end of the stream, without which it counts as cut off.
   *
   * @throws {@link SigningError} `EVENT_STREAM_ENDED`, `DATE_MISMATCH`
   */
  end(): Uint8Array
}

/** The headers of an outer message at their longest, in bytes: the date, and a signature of 72 bytes in DER. */
const MOST_HEADERS = 107

/**
 * Makes a signer of one stream, for those who send its messages themselves. Each signature covers the one before, so
 * that the messages have to be sent in the order in which they were signed.
 */
export function createEventSigner(seed: EventSeed, options: EventSignerOptions): EventSigner {
  return new ChainedSigner(seed, options)
}

class ChainedSigner implements EventSigner {
  readonly #seed: EventSeed
  readonly #options: EventSignerOptions
  readonly #algorithm: string
  #previous: string
  #key: SignerKey | undefined
  #day = ''
  #isEnded = false

  constructor(seed: EventSeed, options: EventSignerOptions) {
    this.#seed = seed
    this.#options = options
    const [algorithm = ''] = seed.stringToSign.split('\n', 1)
    this.#algorithm = algorithm
    this.#previous = seed.signature
  }

  sign(message: EventInput): Uint8Array {
    const parts = encodeParts(message)
    const length = lengthOf(parts)
    assertPayloadLength(length)
    return this.#wrap(length, (target) => writeEvent(target, parts))
  }

  end(): Uint8Array {
    const wrapped = this.#wrap(0, () => {})
    this.#isEnded = true
    return wrapped
  }

  /** Writes the inner message where it stays, signs it there, and puts the outer one around it. */
  #wrap(length: number, write: (target: Uint8Array) => void): Uint8Array {
    if (this.#isEnded)
      throw new SigningError('EVENT_STREAM_ENDED', 'The stream was ended; nothing can follow')
    const whole = new Uint8Array(PRELUDE + MOST_HEADERS + length + CHECKSUM)
    const inner = whole.subarray(PRELUDE + MOST_HEADERS, whole.length - CHECKSUM)
    write(inner)
    const headers = this.#signHeaders(inner)
    const wrapped = whole.subarray(MOST_HEADERS - headers.length)
    frameEvent(wrapped, headers)
    return wrapped
  }

  #signHeaders(inner: Uint8Array): Uint8Array {
    const { now = () => new Date() } = this.#options
    const instant = now()
    const amzDate = formatAmzDate(instant)
    // To the second, as it stands in the string to sign.
    const second = new Date(Math.floor(instant.getTime() / 1000) * 1000)
    const date = encodeHeaders([[DATE_HEADER, second]])
    const key = this.#keyOf(amzDate.slice(0, 8))
    const place = {
      algorithm: this.#algorithm,
      amzDate,
      scopeText: key.scopeText,
      previous: this.#previous,
    }
    this.#previous = key.sign(buildEventStringToSign(place, date, inner))
    return joinBytes([date, encodeHeaders([[SIGNATURE_HEADER, bytesOfHex(this.#previous)]])])
  }

  /** The key of a day: a stream that runs past midnight goes on with that of the next one. */
  #keyOf(day: string): SignerKey {
    if (this.#key && day === this.#day) return this.#key
    const { url, scope } = this.#seed
    // The regions of SigV4A are in the request that began the stream, and in no scope.
    const { service, region = '*' } = scope
    this.#day = day
    this.#key = resolveKey({ ...this.#options, service, region }, readUrl(url), day)
    return this.#key
  }
}
