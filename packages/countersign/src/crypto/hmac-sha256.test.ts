/** HMAC-SHA256 of bytes against RFC 4231, and against node:crypto. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOfHex, hexOf, utf8 } from '../core/bytes.ts'
import { hmacSha256 } from './hmac-sha256.ts'

const CASES: readonly (readonly [key: Uint8Array, message: string, mac: string])[] = [
  [
    bytesOfHex('0b'.repeat(20)),
    'Hi There',
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    bytesOfHex('aa'.repeat(131)),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
]

it.each(CASES)('RFC 4231, %#', (key, message, mac) => {
  expect(hexOf(hmacSha256(key, utf8(message)))).toBe(mac)
})

it('is that of node:crypto for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 200 }), (key, message) => {
      expect(hexOf(hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'))
    }),
  )
})
