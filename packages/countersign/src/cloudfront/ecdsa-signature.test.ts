import { createSign, createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesOfHex, hexOf } from '../core/bytes.ts'
import { formatEcdsaSignature, parseEcdsaSignature } from './ecdsa-signature.ts'

const ones = '01'.repeat(32)

describe('ECDSA signature', () => {
  it.each([
    ['no leading zeros', ones + ones, `3044${`0220${ones}`.repeat(2)}`],
    ['a first bit', 'ff'.repeat(64), `3046${`022100${'ff'.repeat(32)}`.repeat(2)}`],
    ['short numbers', '00'.repeat(31) + '05' + '00'.repeat(30) + '80ff', '300802010502030080ff'],
  ])('has DER with %s', (_, raw, der) => {
    expect(hexOf(formatEcdsaSignature(bytesOfHex(raw)))).toBe(der)
    expect(hexOf(parseEcdsaSignature(bytesOfHex(der)) ?? new Uint8Array())).toBe(raw)
  })

  it.each([
    ['nothing', ''],
    ['no sequence', `0220${ones}`],
    ['one number', `30220220${ones}`],
    ['three numbers', '3009020105020105020105'],
    ['a text among them', '3006040105020105'],
    ['a leading zero too many', '300702020005020105'],
    ['a negative number', '30060201ff020105'],
    ['a number of no bytes', '30050200020105'],
    ['a number too large', `30260221${'01'.repeat(33)}020105`],
    ['a length in long form', '308106020105020105'],
    ['something behind', '300602010502010500'],
    ['less than its length', '30060201050201'],
  ])('refuses %s', (_, der) => {
    expect(parseEcdsaSignature(bytesOfHex(der))).toBeUndefined()
  })

  it('goes both ways with OpenSSL', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (let i = 0; i < 64; i += 1) {
      const der = createSign('sha256').update(String(i)).sign(privateKey)
      const raw = parseEcdsaSignature(der)
      if (!raw) throw new Error('not read')
      expect(hexOf(formatEcdsaSignature(raw))).toBe(der.toString('hex'))
      expect(
        createVerify('sha256').update(String(i)).verify({ key: publicKey, dsaEncoding: 'ieee-p1363' }, raw),
      ).toBe(true)
    }
  })
})
