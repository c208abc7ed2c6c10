/**
 * Published signing keys. Reads keys.json.
 */
import { expect, it } from 'vitest'
import { deriveSigV4Key } from '../../packages/countersign/src/algorithms/sigv4.ts'
import { hexOf } from '../../packages/countersign/src/core/bytes.ts'
import { SigningKey } from '../../packages/countersign/src/index.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import type { KeyCase } from './key-case.ts'

describeVectors('keys.json', () => {
  const cases = expectCases(loadVectors<{ cases: KeyCase[] }>('keys.json').cases)

  const isDated = ({ date }: KeyCase): boolean => /^\d{8}$/.test(date)
  const dated = expectCases(cases.filter(isDated))
  const undated = expectCases(cases.filter((key) => !isDated(key)))

  it('has 7 cases, and one with a word for a date', () => {
    expect([dated.length, undated.length]).toEqual([7, 1])
  })

  it.each(dated)('$name', ({ secretAccessKey, signingKey, ...scope }) => {
    const exported = SigningKey.derive(secretAccessKey, scope).export()
    expect(exported.split(':').at(-1)).toBe(signingKey)
  })

  it.each(undated)(
    '$name: refused, and made below the check',
    ({ secretAccessKey, signingKey, ...scope }) => {
      expect(() => SigningKey.derive(secretAccessKey, scope)).toThrow(
        expect.objectContaining({ code: 'CREDENTIAL_SCOPE_MALFORMED' }),
      )
      expect(hexOf(deriveSigV4Key(secretAccessKey, scope))).toBe(signingKey)
    },
  )
})
