/** HMAC-SHA1 in both makes against RFC 2202, and against each other. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfHex, hexOf, utf8 } from '../core/bytes.ts'
import { hmacSha1, nobleHmacSha1 } from './hmac-sha1.ts'

const CASES: readonly (readonly [key: Uint8Array, message: string, mac: string])[] = [
  [bytesOfHex('0b'.repeat(20)), 'Hi There', 'b617318655057264e28bc0b6fb378c8ef146be00'],
  [utf8('Jefe'), 'what do ya want for nothing?', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  [
    bytesOfHex('aa'.repeat(80)),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    'aa4ae5e15272d00e95705637ce8a3b55ed402112',
  ],
]

describe.each([
  ['node:crypto', hmacSha1],
  ['plain JavaScript', nobleHmacSha1],
])('%s', (_, hmac) => {
  it.each(CASES)('RFC 2202, %#', (key, message, mac) => {
    expect(hexOf(hmac(key, message))).toBe(mac)
  })
})

it('both make the same of any text', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.string({ unit: 'binary' }),
      (key, message) => {
        expect(hexOf(nobleHmacSha1(key, message))).toBe(hexOf(hmacSha1(key, message)))
      },
    ),
  )
})
