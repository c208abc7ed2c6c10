import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isDerSignature } from './der-signature.ts'

const integer = (hex: string): string => `02${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`
const sequence = (...parts: string[]): string => {
  const body = parts.join('')
  return `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`
}
const R = integer('7f'.repeat(32))
const S = integer(`00${'80'.repeat(32)}`)

describe('isDerSignature', () => {
  it('takes what OpenSSL signs, however long', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const lengths = new Set<number>()
    for (let i = 0; i < 300; i++) {
      const signature = sign('sha256', Buffer.from(String(i)), privateKey).toString('hex')
      expect(isDerSignature(signature)).toBe(true)
      lengths.add(signature.length)
    }
    expect(lengths.size).toBeGreaterThan(2)
  })

  it.each([
    ['two integers', sequence(R, S)],
    ['the shortest', sequence(integer('01'), integer('01'))],
    ['the longest', sequence(S, S)],
  ])('takes %s', (_, text) => {
    expect(isDerSignature(text)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['a signature of SigV4', 'ab'.repeat(32)],
    ['upper case', sequence(R, S).toUpperCase()],
    ['half a byte more', `${sequence(R, S)}0`],
    ['a byte behind it', `${sequence(R, S)}00`],
    ['a byte behind it, counted', sequence(R, S, '00')],
    ['a line end', `${sequence(R, S)}\n`],
    ['padding of chunk signatures', `${sequence(R, S)}**`],
    ['a byte less', sequence(R, S).slice(0, -2)],
    ['one integer', sequence(R)],
    ['three integers', sequence(R, R, integer('01'))],
    ['no sequence', `31${sequence(R, S).slice(2)}`],
    ['a length in the long form', `3081${sequence(R, S).slice(2)}`],
    ['no integer', sequence(R.replace(/^02/, '03'), S)],
    ['an integer without bytes', sequence('0200', S)],
    ['zero', sequence(integer('00'), S)],
    ['a negative number', sequence(integer('80'.repeat(32)), S)],
    ['a needless zero', sequence(integer(`00${'7f'.repeat(31)}`), S)],
    ['two needless zeros', sequence(integer('0001'), S)],
    ['a number of 34 bytes', sequence(integer(`00${'80'.repeat(33)}`), integer('01'))],
    ['a length beyond the end', sequence('0230', R)],
    ['much too much', sequence(R, S).repeat(1000)],
  ])('refuses %s', (_, text) => {
    expect(isDerSignature(text)).toBe(false)
  })
})
