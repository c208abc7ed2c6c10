/** The rows of the causes again, with the same mistakes in requests that are signed with SigV4A. */
import { describe, expect, it } from 'vitest'
import type { Known, SignedAs } from './row.ts'
import { explainRefusal, SECTIONS } from './rows/table.ts'

const IN_HEADER: SignedAs = { regionSet: 'us-east-1,eu-*' }
const SIGNED = /"AWS4-ECDSA-P256-SHA256 Credential=/

/** Those that do not hang on SigV4. */
const cases = await Promise.all(
  SECTIONS.filter(({ title }) => title !== 'SigV4A').flatMap(({ rows }) =>
    rows.flatMap(({ id, input, also = [], expected, make }) =>
      Object.entries(expected).map(async ([known, grade]) => {
        const opened = await make(known as Known, IN_HEADER)
        return { id, input, also, known, grade, opened }
      }),
    ),
  ),
).then((all) => all.filter(({ opened }) => SIGNED.test(JSON.stringify(opened.evidence.request))))

describe('causes of a refusal, with SigV4A', () => {
  it('are those of SigV4', () => {
    const proven = cases.filter(({ known, grade }) => known === 'key' && grade === 'proven')
    expect(new Set(proven.map(({ id }) => id)).size).toBeGreaterThan(40)
  })

  it.each(cases)('$id is $grade by $known: $input', ({ id, also, grade, opened }) => {
    const { evidence, options } = opened
    const { verdicts, searched } = explainRefusal(evidence, options)
    expect(verdicts).toContainEqual(expect.objectContaining({ id, grade }))
    expect(verdicts.filter((verdict) => verdict.id !== id && !also.includes(verdict.id))).toEqual([])
    expect(searched).toBeLessThanOrEqual(4000)
  })
})
