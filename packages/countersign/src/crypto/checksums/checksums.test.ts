/**
 * Checksums: their published check values, our tables against Node's and against the definition bit by bit, in
 * whatever pieces the bytes come.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hexOf, utf8 } from '../../core/bytes.ts'
import type { Checksum } from './checksum.ts'
import { createCrc32, createTableCrc32 } from './crc32.ts'
import {
  checksumNames,
  checksumLength,
  checksumOfHeader,
  createChecksum,
  digestBase64,
  isChecksumText,
} from './s3-checksums.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

function digestOf(checksum: Checksum, ...pieces: Uint8Array[]): string {
  for (const piece of pieces) checksum.update(piece)
  return hexOf(checksum.digest())
}

/** A reflected CRC as its definition says, one bit after the other. */
function bitByBit(bytes: Uint8Array, polynomial: bigint, width: bigint): string {
  const ones = (1n << width) - 1n
  let crc = ones
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
  }
  return (crc ^ ones).toString(16).padStart(Number(width) / 4, '0')
}

/** The check values of the catalogue of CRC algorithms, and hashes of the same text. */
const CHECK = utf8('123456789')
const CHECK_VALUES: [string, string][] = [
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
  ['md5', '25f9e794323b453885f5181f1b624d0b'],
  ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
]

describe.each(['node', 'without node'])('%s', (runtime) => {
  it.each(CHECK_VALUES)('%s of 123456789 is %s', (name, expected) => {
    if (runtime !== 'node') vi.stubGlobal('process', undefined)
    expect(digestOf(createChecksum(name), CHECK)).toBe(expected)
    expect(digestOf(createChecksum(name), ...Array.from(CHECK, (byte) => Uint8Array.of(byte)))).toBe(expected)
  })

  it.each(CHECK_VALUES)('%s of nothing, and its length', (name) => {
    if (runtime !== 'node') vi.stubGlobal('process', undefined)
    const text = digestBase64(createChecksum(name))
    expect(text.length).toBe(checksumLength(name))
    if (/^(?:md5|sha)/.test(name)) expect(text).toBe(createHash(name).digest('base64'))
    else expect(Buffer.from(text, 'base64').every((byte) => byte === 0)).toBe(true)
  })
})

describe('any bytes in any pieces', () => {
  const cases = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }))

  function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
    const ends = [0, ...at.map((end) => Math.min(end, bytes.length)).toSorted((a, b) => a - b), bytes.length]
    return ends.slice(1).map((end, index) => bytes.subarray(ends[index], end))
  }

  it('CRC32, CRC32C and CRC64NVME are what they are by definition', () => {
    fc.assert(
      fc.property(cases, ([bytes, at]) => {
        const pieces = split(bytes, at)
        expect(digestOf(createTableCrc32(), ...pieces)).toBe(bitByBit(bytes, 0xedb88320n, 32n))
        expect(digestOf(createChecksum('crc32c'), ...pieces)).toBe(bitByBit(bytes, 0x82f63b78n, 32n))
        expect(digestOf(createChecksum('crc64nvme'), ...pieces)).toBe(
          bitByBit(bytes, 0x9a6c9329ac4bc9b5n, 64n),
        )
      }),
    )
  })

  it("our CRC32 is Node's", () => {
    fc.assert(
      fc.property(cases, ([bytes, at]) => {
        const expected = crc32(bytes).toString(16).padStart(8, '0')
        expect(digestOf(createCrc32(), ...split(bytes, at))).toBe(expected)
        expect(digestOf(createTableCrc32(), ...split(bytes, at))).toBe(expected)
      }),
    )
  })

  it('the hashes of both runtimes are the same', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom('md5', 'sha1', 'sha256'), ([bytes, at], name) => {
        const onNode = digestOf(createChecksum(name), ...split(bytes, at))
        vi.stubGlobal('process', undefined)
        const elsewhere = digestOf(createChecksum(name), ...split(bytes, at))
        vi.unstubAllGlobals()
        expect(elsewhere).toBe(onNode)
        expect(onNode).toBe(createHash(name).update(bytes).digest('hex'))
      }),
    )
  })
})

describe('names', () => {
  it('of headers', () => {
    expect(checksumOfHeader('x-amz-checksum-crc32c')).toBe('crc32c')
    for (const header of ['x-amz-checksum-', 'x-amz-checksum-constructor', 'x-amz-checksum-type', 'crc32'])
      expect(checksumOfHeader(header)).toBeUndefined()
  })

  it('of SHA-512, where there is node:crypto and nowhere else', () => {
    const empty = createHash('sha512').digest('base64')
    expect(digestBase64(createChecksum('sha512'))).toBe(empty)
    expect(isChecksumText('sha512', empty)).toBe(true)
    expect(checksumNames()).toEqual([...CHECK_VALUES.map(([name]) => name), 'sha512'])
    vi.stubGlobal('process', undefined)
    expect(checksumOfHeader('x-amz-checksum-sha512')).toBeUndefined()
    expect(checksumLength('sha512')).toBeUndefined()
    expect(isChecksumText('sha512', empty)).toBe(false)
    expect(() => createChecksum('sha512')).toThrow(TypeError)
    expect(checksumNames()).toEqual(CHECK_VALUES.map(([name]) => name))
  })

  it('that are none', () => {
    expect(checksumLength('crc16')).toBeUndefined()
    expect(() => createChecksum('crc16')).toThrow(TypeError)
  })
})
