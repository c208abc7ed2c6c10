/**
 * Messages of event streams: what is written is read again however it is split, and what was changed is not.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CountersignError } from '../errors.ts'
import { decodeEvent, EventDecoder } from './decode-event.ts'
import { encodeEvent } from './encode-event.ts'
import type { EventHeaderValue, EventMessage } from './event-message.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const integer = (type: 'byte' | 'short' | 'integer', half: number): fc.Arbitrary<EventHeaderValue> =>
  fc.integer({ min: -half, max: half - 1 }).map((value) => ({ type, value }))

const value: fc.Arbitrary<EventHeaderValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 200 }),
  integer('byte', 2 ** 7),
  integer('short', 2 ** 15),
  integer('integer', 2 ** 31),
  fc.uuid().map((uuid) => ({ type: 'uuid' as const, value: uuid })),
)

const message: fc.Arbitrary<EventMessage> = fc.record({
  headers: fc
    .array(
      fc.tuple(
        text.filter((name) => name !== ''),
        value,
      ),
      { maxLength: 8 },
    )
    .map((pairs) => new Map(pairs)),
  payload: fc.uint8Array({ maxLength: 3000 }),
})

/** Bytes cut into pieces of the sizes, one after the other and around again. */
function split(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    pieces.push(bytes.slice(at, at + size))
    at += size
  }
  return pieces
}

/** The messages of pieces; throws what the decoder throws. */
function readAll(pieces: readonly Uint8Array[]): EventMessage[] {
  const decoder = new EventDecoder()
  const messages = pieces.flatMap((piece) => Array.from(decoder.write(piece)))
  decoder.end()
  return messages
}

it('what is written is read again, however it is split', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2000 })), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), sizes, (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(encodeEvent))
      const read = readAll(split(bytes, cuts))
      expect(read.map(({ headers }) => [...headers])).toEqual(messages.map(({ headers }) => [...headers]))
      expect(read.map(({ payload }) => Buffer.from(payload))).toEqual(
        messages.map(({ payload }) => Buffer.from(payload)),
      )
      expect(Buffer.concat(read.map(encodeEvent)).equals(bytes)).toBe(true)
    }),
  )
})

it('no changed byte goes through', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (whole, at, mask) => {
      const bytes = encodeEvent(whole)
      bytes[at % bytes.length]! ^= mask
      let error: unknown
      try {
        decodeEvent(bytes)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(CountersignError)
      expect(error).toHaveProperty('code', 'EVENT_CHECKSUM_MISMATCH')
    }),
  )
})

it('of bytes that are none of a message come typed errors, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (pieces) => {
      try {
        readAll(pieces)
      } catch (error) {
        expect(error).toBeInstanceOf(CountersignError)
      }
    }),
  )
})
