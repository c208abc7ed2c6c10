/** The base64 of URLs: every byte string comes back, and each has one text. */
import { describe, expect, it } from 'vitest'
import { decodeUrlSafe, encodeUrlSafe } from './url-safe-base64.ts'

describe('url-safe base64', () => {
  it('brings every byte back, at every length', () => {
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
    for (let length = 1; length <= 256; length++) {
      const bytes = all.slice(256 - length)
      const text = encodeUrlSafe(bytes)
      expect(text).toBe(Buffer.from(bytes, 'latin1').toString('base64url'))
      expect(decodeUrlSafe(text)).toBe(bytes)
    }
  })

  it.each(['', 'A', 'AAAAA', 'AA==', 'AB', 'AAB', 'A+', 'A/', 'A A', 'AA\n', 'é'])('is not %j', (text) => {
    expect(decodeUrlSafe(text)).toBeUndefined()
  })
})
