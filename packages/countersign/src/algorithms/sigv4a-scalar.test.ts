import { describe, expect, it } from 'vitest'
import { hexOf } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import { deriveScalar } from './sigv4a-scalar.ts'

const ORDER_LESS_1 = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550'

/** Gives the candidates in turn, the last one for ever, and keeps what it was asked for. */
function macOf(...candidates: string[]): { mac: (input: string) => string; inputs: string[] } {
  const inputs: string[] = []
  const mac = (input: string): string => {
    inputs.push(Buffer.from(input, 'latin1').toString('hex'))
    return candidates[Math.min(inputs.length, candidates.length) - 1]!
  }
  return { mac, inputs }
}

describe('deriveScalar (V4A-2)', () => {
  it('begins every trial with the whole input, and counts', () => {
    const { mac, inputs } = macOf(ORDER_LESS_1, 'f'.repeat(64), '00'.repeat(32))
    expect(hexOf(deriveScalar(mac, 'key'))).toBe(`${'0'.repeat(63)}1`)
    const fixed = '00000001415753342d45434453412d503235362d534841323536006b6579'
    expect(inputs).toEqual(['01', '02', '03'].map((counter) => `${fixed}${counter}00000100`))
  })

  it('gives up after 254 trials', () => {
    const { mac, inputs } = macOf('f'.repeat(64))
    expect(() => deriveScalar(mac, 'key')).toThrow(
      expect.objectContaining({ constructor: SigningError, code: 'SIGNING_KEY_INVALID' }),
    )
    expect(inputs).toHaveLength(254)
    expect(inputs.at(-1)).toMatch(/fe00000100$/)
  })

  it('decides at every byte', () => {
    const most = BigInt(`0x${ORDER_LESS_1}`) - 1n
    const zero = '00'.repeat(32)
    for (let shift = 0n; shift < 256n; shift += 8n) {
      for (const candidate of [most + (1n << shift), most - (1n << shift)]) {
        if (candidate >> 256n) continue
        const scalar = deriveScalar(macOf(candidate.toString(16).padStart(64, '0'), zero).mac, 'key')
        expect(BigInt(`0x${hexOf(scalar)}`)).toBe(candidate > most ? 1n : candidate + 1n)
      }
    }
  })
})
