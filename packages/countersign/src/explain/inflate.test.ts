import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gunzip } from './inflate.ts'

const LIMIT = 1 << 20

describe('gunzip', () => {
  it.each([0, 1, 6, 9])('unpacks what zlib packed at level %i', (level) => {
    const texts = [
      '',
      'a',
      'abc'.repeat(5000),
      JSON.stringify({ pets: Array.from({ length: 300 }, (_, i) => i) }),
    ]
    for (const text of texts) {
      const unpacked = gunzip(gzipSync(text, { level }), LIMIT)
      expect(Buffer.from(unpacked ?? []).toString()).toBe(text)
    }
  })

  it('unpacks any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(Buffer.compare(gunzip(gzipSync(bytes), LIMIT) ?? new Uint8Array(), bytes)).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('passes over a name, a comment and extra data in the head', () => {
    const packed = deflateRawSync('text')
    const head = (flags: number, extra: string): Buffer =>
      Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
        Buffer.from(extra, 'latin1'),
        packed,
      ])
    for (const file of [head(8, 'name\0'), head(24, 'name\0comment\0'), head(4, '\x02\0ab'), head(2, 'xx')]) {
      expect(Buffer.from(gunzip(file, LIMIT) ?? []).toString()).toBe('text')
    }
  })

  it('gives nothing for what is no gzip, is damaged, or is longer than the limit', () => {
    expect(gunzip(Buffer.from('plain'), LIMIT)).toBeUndefined()
    expect(gunzip(gzipSync('a'.repeat(5000)).subarray(0, 16), LIMIT)).toBeUndefined()
    expect(gunzip(gzipSync('a'.repeat(5000)), 4999)).toBeUndefined()
  })

  it('throws for no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        gunzip(Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...bytes]), 10_000)
      }),
      { numRuns: 500 },
    )
  })
})
