/**
 * Writes event-stream messages: a prelude with lengths and their checksum, headers, payload, a checksum of it all.
 *
 * @module
 */
import { createCrc32 } from '../crypto/checksums/crc32.ts'
import { SigningError } from '../errors.ts'
import { encodeHeaders, encodeText } from './encode-headers.ts'
import { CHECKSUM, MAX_PAYLOAD, PRELUDE, type EventInput } from './event-message.ts'

/**
 * Writes a message.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED`, `HEADER_INVALID`, `TEXT_INVALID`, `EVENT_TOO_LARGE`
 */
export function encodeEvent(message: EventInput): Uint8Array {
  const parts = encodeParts(message)
  const target = new Uint8Array(lengthOf(parts))
  writeEvent(target, parts)
  return target
}

/** Headers and payload of a message as bytes. */
export interface EventParts {
  readonly headers: Uint8Array
  readonly payload: Uint8Array
}

/**
 * Headers and payload as bytes, and nothing around them yet.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED`, `HEADER_INVALID`, `TEXT_INVALID`, `EVENT_TOO_LARGE`
 */
export function encodeParts(message: EventInput): EventParts {
  // Bytes or a text have neither part, and would go out as an empty event.
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) {
    throw new SigningError('BODY_UNSUPPORTED', 'An event is an object: { headers?, payload? }')
  }
  const { headers = [], payload = '' } = message
  const bytes = typeof payload === 'string' ? encodeText(payload) : payload
  if (!(bytes instanceof Uint8Array)) {
    throw new SigningError('BODY_UNSUPPORTED', 'The payload of an event must be a Uint8Array or a text')
  }
  assertPayloadLength(bytes.length)
  return { headers: encodeHeaders(headers), payload: bytes }
}

/**
 * Checks the length of a payload.
 *
 * @throws {@link SigningError} `EVENT_TOO_LARGE`
 */
export function assertPayloadLength(length: number): void {
  if (length <= MAX_PAYLOAD) return
  throw new SigningError('EVENT_TOO_LARGE', `The payload of an event has over ${MAX_PAYLOAD} bytes`)
}

/** Length of a message on the wire, in bytes. */
export function lengthOf({ headers, payload }: EventParts): number {
  return PRELUDE + headers.length + payload.length + CHECKSUM
}

/** Writes a message into bytes of its length. */
export function writeEvent(target: Uint8Array, { headers, payload }: EventParts): void {
  target.set(payload, PRELUDE + headers.length)
  frameEvent(target, headers)
}

/** Writes what goes around a payload that is at its place already. */
export function frameEvent(target: Uint8Array, headers: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.length)
  view.setUint32(0, target.length)
  view.setUint32(4, headers.length)
  target.set(crc32(target.subarray(0, PRELUDE - CHECKSUM)), PRELUDE - CHECKSUM)
  target.set(headers, PRELUDE)
  const end = target.length - CHECKSUM
  target.set(crc32(target.subarray(0, end)), end)
}

/** CRC32 of bytes, the most significant byte first. */
export function crc32(bytes: Uint8Array): Uint8Array {
  const checksum = createCrc32()
  checksum.update(bytes)
  return checksum.digest()
}
