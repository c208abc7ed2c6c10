import { createHash, createHmac, hash } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { defaultSha256 } from './default-sha256.ts'
import { nobleSha256 } from './noble-sha256.ts'
import { nodeSha256 } from './node-sha256.ts'

const makes = [
  ['node:crypto', nodeSha256(hash, Buffer)],
  ['@noble/hashes', nobleSha256],
  ['the one of this runtime', defaultSha256()],
] as const

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

describe.each(makes)('%s', (_, { hashHex, hmacKey }) => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('hashes %j (FIPS 180-4)', (text, digest) => {
    expect(hashHex(text)).toBe(digest)
    expect(hashHex(Uint8Array.from(Buffer.from(text)))).toBe(digest)
  })

  // Test cases 1 to 4, 6 and 7 of RFC 4231; the messages of 3 and 4 are bytes that no ASCII text has.
  it.each([
    ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      '4a656665',
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'aa'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      'aa'.repeat(131),
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ])('makes the HMACs of RFC 4231: key %s', (key, message, mac) => {
    expect(hmacKey(bytes(key)).signHex(message)).toBe(mac)
  })

  it('keeps messages of different lengths under one key apart', () => {
    const key = hmacKey(bytes('00'.repeat(32)))
    for (const length of [0, 1, 136, 55, 56, 64, 136, 1000, 1]) {
      const message = 'a'.repeat(length)
      expect(key.signHex(message)).toBe(createHmac('sha256', Buffer.alloc(32)).update(message).digest('hex'))
    }
  })

  it('keeps two keys apart that are used in turns', () => {
    const [one, other] = ['01', '02'].map((byte) => ({ byte, key: hmacKey(bytes(byte.repeat(32))) }))
    for (let round = 0; round < 3; round++) {
      for (const { byte, key } of [one!, other!]) {
        const mac = createHmac('sha256', bytes(byte.repeat(32)))
          .update(`round ${round}`)
          .digest('hex')
        expect(key.signHex(`round ${round}`)).toBe(mac)
      }
    }
  })

  it('is not changed by what happens to the bytes of a key afterwards', () => {
    const raw = bytes('03'.repeat(32))
    const key = hmacKey(raw)
    const before = key.signHex('message')
    raw.fill(0)
    expect(key.signHex('message')).toBe(before)
  })

  it('hashes the bytes of a view, no others (PAY-7)', () => {
    const view = new Uint8Array(16).fill(1).subarray(4, 8)
    expect(hashHex(view)).toBe(createHash('sha256').update(Buffer.alloc(4, 1)).digest('hex'))
  })
})
