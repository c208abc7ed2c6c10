import { expect, it } from 'vitest'
import { decodeUrlSafe, encodeUrlSafe } from './url-safe-base64.ts'

it('writes - _ ~ for + = / (CF-2)', () => {
  const bytes = Uint8Array.of(0xfb, 0xef, 0xff, 0xff)
  expect(encodeUrlSafe(bytes)).toBe('--~~~w__')
  expect(decodeUrlSafe('--~~~w__')).toEqual(bytes)
})

it('reads every byte that it wrote', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  for (let length = 1; length <= bytes.length; length += 1) {
    const some = bytes.subarray(0, length)
    expect(decodeUrlSafe(encodeUrlSafe(some))).toEqual(some)
  }
})

it.each([
  ['plain base64', '++///w=='],
  ['no padding', '--~~~w'],
  ['left-over bits', '--~~~x__'],
  ['white space', '--~~ ~w__'],
  ['nothing', ''],
  ['what is none', 'a'],
])('refuses %s', (_, text) => {
  expect(decodeUrlSafe(text)).toBeUndefined()
})
