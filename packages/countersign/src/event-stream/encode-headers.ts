/**
 * Writes the headers of an event-stream message: length and text of the name, type, value.
 *
 * @module
 */
import { bytesOfHex, isText, utf8, type Bytes } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import {
  MAX_HEADERS,
  TYPE,
  type EventHeaders,
  type EventHeaderValue,
  type EventInteger,
} from './event-message.ts'

const MAX_NAME = 255
/** What all of AWS's readers take; the field would hold twice as much. */
const MAX_VALUE = 32_767
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const HALF_PAIR = /\p{Cs}/u

/** Lengths of whole numbers, in bytes. */
const WIDTHS: ReadonlyMap<string, number> = new Map([
  ['byte', 1],
  ['short', 2],
  ['integer', 4],
])

/**
 * Writes headers.
 *
 * @throws {@link SigningError} `HEADER_INVALID`, `TEXT_INVALID`
 */
export function encodeHeaders(headers: EventHeaders): Bytes {
  const pieces: Uint8Array[] = []
  const names = new Set<string>()
  for (const [name, value] of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    if (names.has(name)) throw invalid(name, 'stands twice')
    names.add(name)
    pieces.push(encodeName(name), encodeValue(name, value))
  }
  const encoded = joinBytes(pieces)
  if (encoded.length <= MAX_HEADERS) return encoded
  throw new SigningError('HEADER_INVALID', `The headers of an event have over ${MAX_HEADERS} bytes`)
}

/** Joins pieces of bytes. */
export function joinBytes(pieces: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/**
 * UTF-8 bytes of a text.
 *
 * @throws {@link SigningError} `TEXT_INVALID`
 */
export function encodeText(text: string): Bytes {
  if (!HALF_PAIR.test(text)) return utf8(text)
  throw new SigningError('TEXT_INVALID', 'A text of an event has half of a surrogate pair')
}

function encodeName(name: string): Bytes {
  const bytes = encodeText(name)
  if (bytes.length < 1 || bytes.length > MAX_NAME)
    throw invalid(name, `needs a name of 1 to ${MAX_NAME} bytes`)
  return joinBytes([Uint8Array.of(bytes.length), bytes])
}

function encodeValue(name: string, value: EventHeaderValue): Bytes {
  if (typeof value === 'string') return encodeLong(name, TYPE.string, encodeText(value))
  if (typeof value === 'boolean') return Uint8Array.of(value ? TYPE.true : TYPE.false)
  if (typeof value === 'bigint') return encodeInt64(name, TYPE.long, value)
  if (value instanceof Uint8Array) return encodeLong(name, TYPE.bytes, value)
  if (value instanceof Date) return encodeTimestamp(name, value)
  if (value?.type === 'uuid' && isText(value.value, UUID)) {
    return joinBytes([Uint8Array.of(TYPE.uuid), bytesOfHex(value.value.replaceAll('-', ''))])
  }
  const width = WIDTHS.get(value?.type)
  if (width !== undefined) return encodeInteger(name, value as EventInteger, width)
  throw invalid(name, 'has a value of a type that the format does not know')
}

function encodeLong(name: string, type: number, bytes: Uint8Array): Bytes {
  if (bytes.length > MAX_VALUE) throw invalid(name, `has a value of over ${MAX_VALUE} bytes`)
  return joinBytes([Uint8Array.of(type, bytes.length >> 8, bytes.length), bytes])
}

function encodeTimestamp(name: string, date: Date): Bytes {
  if (Number.isNaN(date.getTime())) throw invalid(name, 'has an invalid Date')
  return encodeInt64(name, TYPE.timestamp, BigInt(date.getTime()))
}

function encodeInt64(name: string, type: number, value: bigint): Bytes {
  if (BigInt.asIntN(64, value) !== value) throw invalid(name, 'has a number of over 64 bits')
  const bytes = new Uint8Array(9)
  bytes[0] = type
  new DataView(bytes.buffer).setBigInt64(1, value)
  return bytes
}

function encodeInteger(name: string, { type, value }: EventInteger, width: number): Bytes {
  const half = 2 ** (width * 8 - 1)
  if (!Number.isInteger(value) || value < -half || value >= half) throw invalid(name, `has no ${type}`)
  const bytes = new Uint8Array(5)
  new DataView(bytes.buffer).setInt32(1, value)
  bytes[4 - width] = TYPE[type]
  return bytes.subarray(4 - width)
}

function invalid(name: string, fault: string): Error {
  return new SigningError('HEADER_INVALID', `The header ${JSON.stringify(name)} of an event ${fault}`)
}
