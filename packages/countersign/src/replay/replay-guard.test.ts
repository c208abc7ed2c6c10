/** The replay guard: what it remembers, for how long, and how much of it. */
import { describe, expect, it } from 'vitest'
import { createReplayGuard } from './replay-guard.ts'

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22) + seconds * 1000)
const FULL: unknown = expect.objectContaining({ code: 'REPLAY_GUARD_FULL' })

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

  it('keeps what has no end', () => {
    const guard = createReplayGuard()
    expect(guard.claim('a', new Date(NaN), at(0))).toBe(true)
    expect(guard.claim('b', at(1), at(0))).toBe(true)
    expect(guard.claim('a', at(1), at(1e9))).toBe(false)
    expect(guard.claim('b', at(1e9), at(1e9))).toBe(true)
  })

  it('makes room of what has ended, in whatever order that came, and of nothing else', () => {
    const guard = createReplayGuard({ maxEntries: 3 })
    for (const [id, end] of [
      ['a', 90],
      ['b', 10],
      ['c', 50],
    ] as const)
      expect(guard.claim(id, at(end), at(0))).toBe(true)
    expect(() => guard.claim('d', at(90), at(5))).toThrow(FULL)
    expect(guard.claim('a', at(90), at(5))).toBe(false)
    expect(guard.claim('d', at(90), at(60))).toBe(true)
    expect(guard.claim('e', at(90), at(60))).toBe(true)
    expect(() => guard.claim('f', at(90), at(60))).toThrow('3 ids are remembered')
  })

  it('forgets the one that ends first only where it was told to', () => {
    const guard = createReplayGuard({ maxEntries: 2, whenFull: 'evict' })
    guard.claim('long', at(90), at(0))
    guard.claim('short', at(10), at(0))
    expect(guard.claim('c', at(50), at(5))).toBe(true)
    expect(guard.claim('long', at(90), at(5))).toBe(false)
    expect(guard.claim('short', at(10), at(5))).toBe(true)
    expect(guard.counts()).toEqual({ entries: 2, claimed: 4, replayed: 1, turnedAway: 0, evicted: 2 })
  })

  it('counts what it does', () => {
    const guard = createReplayGuard({ maxEntries: 1 })
    guard.claim('a', at(10), at(0))
    guard.claim('a', at(10), at(0))
    expect(() => guard.claim('b', at(10), at(0))).toThrow(FULL)
    expect(guard.counts()).toEqual({ entries: 1, claimed: 1, replayed: 1, turnedAway: 1, evicted: 0 })
    guard.claim('b', at(20), at(11))
    expect(guard.counts()).toMatchObject({ entries: 1, claimed: 2 })
  })

  it('says of any run of claims what a list that is searched through would say', () => {
    // A generator of numbers that gives the same ones every time.
    let state = 7
    const next = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below
    const guard = createReplayGuard({ maxEntries: 40 })
    let model: { id: string; end: number }[] = []
    let full = 0
    for (let second = 0; second < 4000; second++) {
      const id = `id ${next(200)}`
      const end = second + next(90)
      model = model.filter((entry) => entry.end >= second)
      const expected = model.some((entry) => entry.id === id) ? false : model.length < 40 ? true : 'full'
      if (expected === true) model.push({ id, end })
      if (expected === 'full') full += 1
      const claim = (): boolean => guard.claim(id, at(end), at(second))
      if (expected === 'full') expect(claim).toThrow(FULL)
      else expect(claim()).toBe(expected)
      expect(guard.counts().entries).toBe(model.length)
    }
    expect(full).toBeGreaterThan(50)
  })

  it.each([{ maxEntries: 0 }, { maxEntries: 1.5 }, { maxEntries: NaN }, { maxEntries: Infinity }])(
    'has no %o',
    (options) => {
      expect(() => createReplayGuard(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    },
  )

  it('does one of two things when full', () => {
    const options: object = { whenFull: 'forget' }
    expect(() => createReplayGuard(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
