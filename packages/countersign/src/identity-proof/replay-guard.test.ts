/** The replay guard: what it remembers, for how long, and how much of it. */
import { describe, expect, it } from 'vitest'
import { createReplayGuard } from './replay-guard.ts'

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22) + seconds * 1000)

describe('createReplayGuard', () => {
  it('lets an id in once until it ends', () => {
    const guard = createReplayGuard()
    expect(guard.claim('a', at(60), at(0))).toBe(true)
    expect(guard.claim('b', at(60), at(0))).toBe(true)
    for (const second of [0, 30, 60]) expect(guard.claim('a', at(60), at(second))).toBe(false)
    expect(guard.claim('a', at(120), at(61))).toBe(true)
    expect(guard.claim('a', at(120), at(62))).toBe(false)
  })

  it('is not moved by a clock that steps back', () => {
    const guard = createReplayGuard()
    expect(guard.claim('a', at(60), at(30))).toBe(true)
    expect(guard.claim('a', at(60), at(-3600))).toBe(false)
  })

  it('makes room of what has ended, in whatever order that came, and of nothing else', () => {
    const guard = createReplayGuard({ capacity: 3 })
    for (const [id, end] of [
      ['a', 90],
      ['b', 10],
      ['c', 50],
    ] as const)
      expect(guard.claim(id, at(end), at(0))).toBe(true)
    expect(() => guard.claim('d', at(90), at(5))).toThrow(
      expect.objectContaining({ code: 'REPLAY_GUARD_FULL' }),
    )
    expect(guard.claim('a', at(90), at(5))).toBe(false)
    expect(guard.claim('d', at(90), at(60))).toBe(true)
    expect(guard.claim('e', at(90), at(60))).toBe(true)
    expect(() => guard.claim('f', at(90), at(60))).toThrow('3 proofs are remembered')
  })

  it.each([0, -1, 1.5, NaN, Infinity])('has no capacity of %d', (capacity) => {
    expect(() => createReplayGuard({ capacity })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
