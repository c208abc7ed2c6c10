/**
 * Reads the headers of an event-stream message, strictly: what is cut off, stands twice or is no UTF-8 is refused.
 *
 * @module
 */
import { hexOf } from '../core/bytes.ts'
import { CountersignError } from '../errors.ts'
import type { EventHeaderValue } from './event-message.ts'

/** The rest of the bytes, and what takes values off it. */
class HeaderReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** Goes past a number of bytes; where they begin. */
  skip(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start) throw malformed('is cut off')
    this.#at += length
    return start
  }

  byte(): number {
    return this.#view.getUint8(this.skip(1))
  }

  int8(): number {
    return this.#view.getInt8(this.skip(1))
  }

  int16(): number {
    return this.#view.getInt16(this.skip(2))
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.skip(8))
  }

  bytes(length: number): Uint8Array {
    const start = this.skip(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** Bytes whose length stands before them. */
  longBytes(): Uint8Array {
    return this.bytes(this.#view.getUint16(this.skip(2)))
  }

  text(bytes: Uint8Array): string {
    try {
      return this.#text.decode(bytes)
    } catch {
      throw malformed('is not UTF-8')
    }
  }
}

/** What reads a value, by the number of its type. */
const READERS: readonly ((reader: HeaderReader) => EventHeaderValue)[] = [
  () => true,
  () => false,
  (reader) => ({ type: 'byte', value: reader.int8() }),
  (reader) => ({ type: 'short', value: reader.int16() }),
  (reader) => ({ type: 'integer', value: reader.int32() }),
  (reader) => reader.int64(),
  (reader) => reader.longBytes(),
  (reader) => reader.text(reader.longBytes()),
  (reader) => toDate(reader.int64()),
  (reader) => ({ type: 'uuid', value: formatUuid(hexOf(reader.bytes(16))) }),
]

/**
 * Reads headers.
 *
 * @throws {@link CountersignError} `EVENT_MALFORMED`
 */
export function decodeHeaders(bytes: Uint8Array): Map<string, EventHeaderValue> {
  const reader = new HeaderReader(bytes)
  const headers = new Map<string, EventHeaderValue>()
  while (!reader.isAtEnd) {
    const name = reader.text(reader.bytes(reader.byte()))
    if (name === '') throw malformed('has no name')
    // Two readers could take different ones.
    if (headers.has(name)) throw malformed('stands twice')
    const read = READERS[reader.byte()]
    if (!read) throw malformed('has a type that the format does not know')
    headers.set(name, read(reader))
  }
  return headers
}

function toDate(milliseconds: bigint): Date {
  const date = new Date(Number(milliseconds))
  if (Number.isNaN(date.getTime())) throw malformed('has a timestamp beyond the year 275760')
  return date
}

function formatUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function malformed(fault: string): Error {
  return new CountersignError('EVENT_MALFORMED', `A header of the event ${fault}`)
}
