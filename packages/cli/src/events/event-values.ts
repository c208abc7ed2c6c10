/**
 * Values of an event's headers as JSON spells them, with their types beside them: a long is a text of digits, bytes are
 * base64, a timestamp is ISO 8601 in UTC.
 *
 * @module
 */
import type { EventHeaderValue } from 'countersign/streaming'

/** A header in a JSON line. */
export interface HeaderField {
  readonly name: string
  /** `string`, `boolean`, `byte`, `short`, `integer`, `long`, `bytes`, `timestamp` or `uuid`. */
  readonly type: string
  readonly value: string | boolean | number
}

/** Spells a header. */
export function formatField(name: string, value: EventHeaderValue): HeaderField {
  if (typeof value === 'string') return { name, type: 'string', value }
  if (typeof value === 'boolean') return { name, type: 'boolean', value }
  if (typeof value === 'bigint') return { name, type: 'long', value: String(value) }
  if (value instanceof Uint8Array) {
    return { name, type: 'bytes', value: Buffer.from(value).toString('base64') }
  }
  if (value instanceof Date) return { name, type: 'timestamp', value: value.toISOString() }
  return { name, ...value }
}

/** Reads the value of a header; nothing where it is none of its type. */
export function parseValue(type: string, value: unknown): EventHeaderValue | undefined {
  return READERS.get(type)?.(value)
}

/** Bytes of base64; nothing where it is none. */
export function parseBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined
  const bytes = Buffer.from(text, 'base64')
  // Node passes over what is no base64.
  return bytes.toString('base64') === text ? bytes : undefined
}

const LONG = /^-?\d{1,19}$/
const INSTANT = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/

type Reader = (value: unknown) => EventHeaderValue | undefined

const readInteger =
  (type: 'byte' | 'short' | 'integer'): Reader =>
  (value) =>
    typeof value === 'number' ? { type, value } : undefined

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['string', (value) => (typeof value === 'string' ? value : undefined)],
  ['boolean', (value) => (typeof value === 'boolean' ? value : undefined)],
  ['byte', readInteger('byte')],
  ['short', readInteger('short')],
  ['integer', readInteger('integer')],
  ['long', (value) => (typeof value === 'string' && LONG.test(value) ? BigInt(value) : undefined)],
  ['bytes', parseBase64],
  ['timestamp', parseTimestamp],
  ['uuid', (value) => (typeof value === 'string' ? { type: 'uuid', value } : undefined)],
])

function parseTimestamp(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined
  const date = new Date(value)
  const [day = ''] = value.split('T')
  // Date rolls 30 February over into March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) ? date : undefined
}
