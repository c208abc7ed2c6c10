import { Buffer } from 'node:buffer'
import { createHash, createHmac, hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nobleSha256 } from './noble-sha256.ts'
import { nodeSha256 } from './node-sha256.ts'

const node = nodeSha256(hash, Buffer)
const lengths = { maxLength: 300 }
const ascii = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
  ...lengths,
})

it('hashes alike in both makes', () => {
  fc.assert(
    fc.property(fc.uint8Array(lengths), ascii, (data, text) => {
      const digests = [data, text].map((input) => createHash('sha256').update(input).digest('hex'))
      expect([data, text].map(node.hashHex)).toEqual(digests)
      expect([data, text].map(nobleSha256.hashHex)).toEqual(digests)
    }),
  )
})

it('makes the same HMAC in both makes, for keys and messages of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array(lengths), fc.array(ascii, { minLength: 1, maxLength: 4 }), (key, messages) => {
      const macs = messages.map((message) => createHmac('sha256', key).update(message).digest('hex'))
      for (const { hmacKey } of [node, nobleSha256]) {
        const ready = hmacKey(key)
        expect(messages.map((message) => ready.signHex(message))).toEqual(macs)
      }
    }),
  )
})
