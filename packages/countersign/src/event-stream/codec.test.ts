/**
 * Messages of event streams: what can be written, what is refused on both ways, and that splitting changes nothing.
 */
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { decodeEvent, decodeEvents, EventDecoder } from './decode-event.ts'
import { encodeEvent } from './encode-event.ts'
import type { EventHeaders, EventHeaderValue, EventInput, EventLimits } from './event-message.ts'
import { codeOf } from '../../../../test/kit/code-of.ts'

const KIB = 1024

/** A message around the bytes of its headers, right or wrong. */
function frame(headers: Uint8Array, payload: Uint8Array = new Uint8Array()): Buffer {
  const whole = Buffer.alloc(16 + headers.length + payload.length)
  whole.writeUInt32BE(whole.length, 0)
  whole.writeUInt32BE(headers.length, 4)
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8)
  whole.set(headers, 12)
  whole.set(payload, 12 + headers.length)
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4)
  return whole
}

/** A prelude that announces lengths, with a good checksum. */
function prelude(length: number, headers: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt32BE(headers, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  return bytes
}

const reading = (bytes: Uint8Array, limits?: EventLimits): unknown => codeOf(() => decodeEvent(bytes, limits))
const writing = (headers: EventHeaders): unknown => codeOf(() => encodeEvent({ headers }))
/** The header `a` of a type with a value in hex. */
const header = (type: number, hex: string): Uint8Array =>
  Buffer.concat([Buffer.from([1, 97, type]), Buffer.from(hex, 'hex')])

describe('writing', () => {
  it.each<[EventHeaderValue, string]>([
    [true, '00'],
    [false, '01'],
    [{ type: 'byte', value: -128 }, '0280'],
    [{ type: 'byte', value: 127 }, '027f'],
    [{ type: 'short', value: -32_768 }, '038000'],
    [{ type: 'integer', value: -2 }, '04fffffffe'],
    [{ type: 'integer', value: 2 ** 31 - 1 }, '047fffffff'],
    [-1n, '05ffffffffffffffff'],
    [2n ** 63n - 1n, '057fffffffffffffff'],
    [Uint8Array.of(1, 2), '0600020102'],
    ['é', '070002c3a9'],
    [new Date(1), '080000000000000001'],
    [new Date(-1), '08ffffffffffffffff'],
    [{ type: 'uuid', value: '00010203-0405-0607-0809-0a0b0c0d0e0f' }, '09000102030405060708090a0b0c0d0e0f'],
  ])('%o', (value, hex) => {
    const encoded = encodeEvent({ headers: { a: value } })
    expect(Buffer.from(encoded)).toEqual(frame(header(parseInt(hex.slice(0, 2), 16), hex.slice(2))))
    expect([...decodeEvent(encoded).headers]).toEqual([['a', value]])
  })

  it('takes headers as an object, a list and a Map, in their order', () => {
    const pairs: [string, EventHeaderValue][] = [
      [':b', 'x'],
      [':a', 'y'],
    ]
    const written = encodeEvent({ headers: pairs, payload: 'text é' })
    for (const headers of [Object.fromEntries(pairs), new Map(pairs)]) {
      expect(encodeEvent({ headers, payload: Buffer.from('text é') })).toEqual(written)
    }
    const { headers, payload } = decodeEvent(written)
    expect([...headers.keys()]).toEqual([':b', ':a'])
    expect(Buffer.from(payload).toString()).toBe('text é')
  })

  it('takes only the bytes of a view', () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
    expect(decodeEvent(encodeEvent({ payload: view })).payload).toEqual(Uint8Array.of(2, 3))
  })

  it('names like those of objects are names', () => {
    const headers = new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(decodeEvent(encodeEvent({ headers })).headers).toEqual(headers)
  })

  it.each<[string, EventHeaders]>([
    ['no name', { '': 'x' }],
    ['a name of 256 bytes', { ['é'.repeat(128)]: 'x' }],
    [
      'a name twice',
      [
        ['a', 'x'],
        ['a', 'y'],
      ],
    ],
    ['a text of 32,768 bytes', { a: 'x'.repeat(32_768) }],
    ['128 KiB of headers', Object.fromEntries(Array.from({ length: 5 }, (_, i) => [i, 'x'.repeat(32_000)]))],
    ['a byte of 128', { a: { type: 'byte', value: 128 } }],
    ['a short below its least', { a: { type: 'short', value: -32_769 } }],
    ['half an integer', { a: { type: 'integer', value: 0.5 } }],
    ['no number', { a: { type: 'integer', value: NaN } }],
    ['65 bits', { a: 2n ** 63n }],
    ['no date', { a: new Date(NaN) }],
    ['no UUID', { a: { type: 'uuid', value: '0001' } }],
    // @ts-expect-error a number has three widths
    ['a bare number', { a: 1 }],
    // @ts-expect-error nothing is no value
    ['nothing', { a: undefined }],
  ])('refuses %s', (_, headers) => {
    expect(writing(headers)).toBe('HEADER_INVALID')
  })

  it('refuses half of a surrogate pair', () => {
    expect(writing({ a: '\ud800' })).toBe('TEXT_INVALID')
    expect(writing({ 'a\udc00': 'x' })).toBe('TEXT_INVALID')
    expect(codeOf(() => encodeEvent({ payload: 'a\ud83e' }))).toBe('TEXT_INVALID')
  })

  it('takes the longest payload, and refuses one more byte, and what is no bytes', () => {
    const longest = new Uint8Array(16 * KIB * KIB)
    expect(decodeEvent(encodeEvent({ payload: longest })).payload.length).toBe(longest.length)
    expect(codeOf(() => encodeEvent({ payload: new Uint8Array(longest.length + 1) }))).toBe('EVENT_TOO_LARGE')
    // @ts-expect-error neither bytes nor a text
    expect(codeOf(() => encodeEvent({ payload: { length: 1 } }))).toBe('BODY_UNSUPPORTED')
  })

  it.each([Uint8Array.of(1, 2), 'text', 5, null, undefined])(
    'makes no empty event of %j (WIRE-4)',
    (given) => {
      expect(codeOf(() => encodeEvent(given as EventInput))).toBe('BODY_UNSUPPORTED')
    },
  )

  it('shows no value in the message of an error', () => {
    const secret = 'very-secret'.repeat(4000)
    expect(() => encodeEvent({ headers: { a: secret } })).toThrow(SigningError)
    expect(() => encodeEvent({ headers: { a: secret } })).not.toThrow(/very-secret/)
  })
})

describe('reading', () => {
  it.each([
    ['no name', Buffer.from([0, 0])],
    ['a name that is cut off', Buffer.from([200, 97, 0])],
    ['a type that is none', header(10, '')],
    ['no type', Buffer.from([1, 97])],
    ['an integer that is cut off', header(4, '0000')],
    ['a text that is cut off', header(7, '000561')],
    ['a length that is cut off', header(7, '00')],
    ['a UUID that is cut off', header(9, '00')],
    ['a text that is not UTF-8', header(7, '0001ff')],
    ['a name that is not UTF-8', Buffer.from([1, 0xc3, 0])],
    ['a timestamp that no Date has', header(8, '7fffffffffffffff')],
    ['a name twice', Buffer.from([1, 97, 0, 1, 97, 1])],
  ])('refuses %s', (_, headers) => {
    expect(reading(frame(headers, Buffer.from('payload')))).toBe('EVENT_MALFORMED')
  })

  it('takes a value of up to 65,535 bytes, and a byte order mark as it is', () => {
    const long = Buffer.concat([header(6, 'ffff'), Buffer.alloc(65_535)])
    expect(decodeEvent(frame(long)).headers.get('a')).toHaveLength(65_535)
    expect(decodeEvent(frame(header(7, '0003efbbbf'))).headers.get('a')).toBe('\ufeff')
  })

  it('refuses lengths that cannot be', () => {
    for (const [length, headers] of [
      [0, 0],
      [15, 0],
      [16, 1],
      [20, 0xffffffff],
    ]) {
      expect(reading(prelude(length!, headers!))).toBe('EVENT_MALFORMED')
    }
  })

  it('refuses what is over the limits at its prelude, with nothing of the rest there', () => {
    const limit = (length: number, headers: number, limits?: EventLimits): unknown => {
      const decoder = new EventDecoder(limits)
      return codeOf(() => Array.from(decoder.write(prelude(length, headers))))
    }
    const [most, mostHeaders] = [16 * KIB * KIB, 128 * KIB]
    expect(limit(16 + most, 0)).toBeUndefined()
    expect(limit(17 + most, 0)).toBe('EVENT_LIMIT_EXCEEDED')
    expect(limit(0xffffffff, 0)).toBe('EVENT_LIMIT_EXCEEDED')
    expect(limit(16 + mostHeaders, mostHeaders)).toBeUndefined()
    expect(limit(17 + mostHeaders, mostHeaders + 1)).toBe('EVENT_LIMIT_EXCEEDED')
    expect(limit(16 + 11, 0, { maxPayload: 10 })).toBe('EVENT_LIMIT_EXCEEDED')
    expect(limit(16 + 6, 6, { maxHeaders: 5 })).toBe('EVENT_LIMIT_EXCEEDED')
    expect(limit(16, 0, { maxPayload: 0, maxHeaders: 0 })).toBeUndefined()
  })

  it('holds what has come of a message, and not what it says will come', () => {
    const decoder = new EventDecoder()
    const before = process.memoryUsage().arrayBuffers
    const held = Array.from({ length: 100 }, () => {
      const one = new EventDecoder()
      expect(Array.from(one.write(prelude(16 * KIB * KIB, 0)))).toEqual([])
      return one
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * KIB * KIB)
    expect(held.every(({ isAmid }) => isAmid)).toBe(true)
    expect(decoder.isAmid).toBe(false)
  })

  it.each([{ maxPayload: -1 }, { maxHeaders: 0.5 }, { maxPayload: NaN }])('refuses %o', (limits) => {
    expect(codeOf(() => new EventDecoder(limits))).toBe('OPTION_INVALID')
  })

  it('one message is one, neither none nor two nor half a one', () => {
    const one = encodeEvent({ payload: 'x' })
    expect(reading(new Uint8Array())).toBe('EVENT_MALFORMED')
    expect(reading(Buffer.concat([one, one]))).toBe('EVENT_MALFORMED')
    expect(reading(one.subarray(0, -1))).toBe('EVENT_STREAM_INCOMPLETE')
    expect(reading(one.subarray(0, 5))).toBe('EVENT_STREAM_INCOMPLETE')
  })

  it('reads a stream of either kind, and says when it ends amid a message', async () => {
    const bytes = ['a', 'b', 'c'].map((payload) => encodeEvent({ payload }))
    const read: string[] = []
    const readAll = async (pieces: Uint8Array[], isWeb: boolean): Promise<void> => {
      const stream = Readable.from(pieces)
      const source = isWeb ? (Readable.toWeb(stream) as ReadableStream<Uint8Array>) : stream
      for await (const { payload } of decodeEvents(source)) read.push(Buffer.from(payload).toString())
    }
    await readAll(bytes, true)
    await readAll(bytes, false)
    await expect(readAll([...bytes, bytes[0]!.subarray(0, 13)], false)).rejects.toMatchObject({
      code: 'EVENT_STREAM_INCOMPLETE',
    })
    expect(read.join('')).toBe('abcabcabc')
  })

  it('does not copy what lies in one piece', () => {
    const bytes = encodeEvent({ payload: 'payload' })
    expect(decodeEvent(bytes).payload.buffer).toBe(bytes.buffer)
  })
})
