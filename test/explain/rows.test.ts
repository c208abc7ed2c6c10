import { describe, expect, it } from 'vitest'
import type { Known } from './row.ts'
import { explainRefusal, findCause, SECTIONS } from './rows/table.ts'

describe.each(SECTIONS)('causes of a refusal: $title', ({ rows }) => {
  const cases = rows.flatMap((row) =>
    Object.entries(row.expected).map(([known, grade]) => ({
      row,
      id: row.id,
      input: row.input,
      known,
      grade,
    })),
  )

  it.each(cases)('$id is $grade by $known: $input', async ({ row, known, grade }) => {
    const { evidence, options } = await row.make(known as Known)
    const { verdicts } = explainRefusal(evidence, options)
    const code = findCause(row.id)?.code
    expect(verdicts).toContainEqual(expect.objectContaining({ id: row.id, code, grade }))
    const others = verdicts.map(({ id }) => id).filter((id) => id !== row.id && !row.also?.includes(id))
    expect(others).toEqual([])
    for (const { finding, fix } of verdicts) expect(`${finding} ${fix}`).not.toMatch(/undefined|\bNaN\b/)
  })
})
