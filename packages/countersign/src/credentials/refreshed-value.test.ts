import { describe, expect, it } from 'vitest'
import { RefreshedValue, type ExpiringValue } from './refreshed-value.ts'

const TIMES = { advisory: 45, mandatory: 10, pause: 5 }
const START = 1_700_000_000_000

/** Values that live for 300 seconds by a clock of the test's own, and what it takes to get them. */
function begin() {
  const state = { time: START, asked: 0, fails: false }
  const value = new RefreshedValue(
    async () => {
      state.asked++
      if (state.fails) throw new Error(`refused ${state.asked}`)
      return { id: state.asked, expiration: new Date(state.time + 300_000) }
    },
    () => TIMES,
    () => new Date(state.time),
  )
  return { state, value, at: (seconds: number) => (state.time = START + seconds * 1000) }
}

describe('RefreshedValue', () => {
  it('asks once for all concurrent callers', async () => {
    const { state, value } = begin()
    const got = await Promise.all(Array.from({ length: 100 }, async () => value.get()))
    expect(new Set(got.map(({ id }) => id))).toEqual(new Set([1]))
    expect(state.asked).toBe(1)
  })

  it('asks anew where an answer does not come, and keeps what comes first', async () => {
    const answers: ((value: ExpiringValue & { id: string }) => void)[] = []
    let time = START
    const value = new RefreshedValue(
      async () => new Promise<ExpiringValue & { id: string }>((resolve) => answers.push(resolve)),
      () => TIMES,
      () => new Date(time),
    )
    const first = value.get()
    time = START + 59_999
    const shared = value.get()
    expect(answers).toHaveLength(1)
    time = START + 60_000
    const second = value.get()
    expect(answers).toHaveLength(2)
    answers[1]!({ id: 'new' })
    expect(await second).toEqual({ id: 'new' })
    answers[0]!({ id: 'late' })
    expect([await first, await shared]).toEqual([{ id: 'late' }, { id: 'late' }])
    expect(await value.get()).toEqual({ id: 'new' })
  })

  it('keeps an answer that is always late', async () => {
    const answers: ((value: ExpiringValue) => void)[] = []
    let time = START
    const value = new RefreshedValue(
      async () => new Promise<ExpiringValue>((resolve) => answers.push(resolve)),
      () => TIMES,
      () => new Date(time),
    )
    const first = value.get()
    time = START + 60_000
    const second = value.get()
    answers[0]!({})
    await first
    expect(await value.get()).toEqual({})
    expect(answers).toHaveLength(2)
    answers[1]!({})
    await second
  })

  it('fetches a new one ahead of the end, while the old one serves', async () => {
    const { state, value, at } = begin()
    await value.get()
    at(254)
    expect([(await value.get()).id, state.asked]).toEqual([1, 1])
    at(255)
    expect([(await value.get()).id, state.asked]).toEqual([1, 2])
    expect((await value.get()).id).toBe(2)
  })

  it('waits for the new one where the old one is about to die', async () => {
    const { value, at } = begin()
    await value.get()
    at(290)
    expect((await value.get()).id).toBe(2)
  })

  it('waits for one that has as much life as is asked for', async () => {
    const { value, at } = begin()
    await value.get()
    at(149)
    expect((await value.get(150)).id).toBe(1)
    at(151)
    expect((await value.get(150)).id).toBe(2)
  })

  it('serves until it truly dies when refreshing fails, and does not ask all the time', async () => {
    const { state, value, at } = begin()
    await value.get()
    state.fails = true
    at(292)
    expect((await value.get()).id).toBe(1)
    expect((await value.get()).id).toBe(1)
    expect(state.asked).toBe(2)
    at(297)
    expect((await value.get()).id).toBe(1)
    expect(state.asked).toBe(3)
    at(300)
    await expect(value.get()).rejects.toThrow('refused 4')
    state.fails = false
    expect((await value.get()).id).toBe(5)
  })

  it('keeps no failure', async () => {
    const { state, value } = begin()
    state.fails = true
    await expect(value.get()).rejects.toThrow('refused 1')
    state.fails = false
    expect((await value.get()).id).toBe(2)
  })

  it('keeps what has no end', async () => {
    let asked = 0
    const fetchNext = async (): Promise<ExpiringValue & { id: number }> => ({ id: ++asked })
    const value = new RefreshedValue(
      fetchNext,
      () => TIMES,
      () => new Date(START),
    )
    expect([await value.get(), await value.get()]).toEqual([{ id: 1 }, { id: 1 }])
  })

  it('hands out nothing that died while a refresh was on its way, and failed', async () => {
    const { state, value, at } = begin()
    await value.get()
    at(292)
    const late = value.get()
    state.fails = true
    const waiting = value.get()
    at(301)
    expect((await late).id).toBe(2)
    expect((await waiting).id).toBe(2)
    at(601 - 8)
    const failing = value.get()
    at(602)
    await expect(failing).rejects.toThrow('refused 3')
  })

  it('asks less and less often while nothing lives and every attempt fails', async () => {
    const { state, value, at } = begin()
    state.fails = true
    await expect(value.get()).rejects.toThrow('refused 1')
    await expect(value.get()).rejects.toThrow('refused 2')
    for (let i = 0; i < 100; i++) await expect(value.get()).rejects.toThrow('refused 2')
    expect(state.asked).toBe(2)
    for (let tenth = 0; tenth < 36_000; tenth += 1) {
      at(tenth / 10)
      await value.get().catch(() => undefined)
    }
    // An hour with a pause of 5 to 10 seconds, but for the first few.
    expect(state.asked).toBeGreaterThan(360)
    expect(state.asked).toBeLessThan(740)
    at(3620)
    state.fails = false
    expect((await value.get()).expiration.getTime()).toBe(START + 3_920_000)
  })

  it.each([2, 10, 60, 240, 900, 3600])('keeps its proportions in a life of %d seconds', async (life) => {
    let time = START
    const asked: number[] = []
    const fetchNext = async () => {
      asked.push((time - START) / 1000)
      return { id: asked.length, expiration: new Date(time + life * 1000) }
    }
    const value = new RefreshedValue(
      fetchNext,
      () => ({ advisory: 300, mandatory: 60, pause: 600 }),
      () => new Date(time),
    )
    const advisory = Math.min(300, life / 3)
    await value.get()
    time = START + (life - advisory) * 1000 - 5
    await value.get()
    expect(asked).toHaveLength(1)
    time += 10
    expect((await value.get()).id).toBe(1)
    expect(asked).toHaveLength(2)
    // The second dies in its last fifth of those without anybody having asked for it in between.
    time += (life - advisory / 5) * 1000 + 5
    expect((await value.get()).id).toBe(3)
  })

  it('spreads its second attempts', async () => {
    const pauses = new Set<number>()
    for (let i = 0; i < 20; i++) {
      const { state, value, at } = begin()
      await value.get()
      state.fails = true
      at(256)
      await value.get()
      let tenth = 2560
      for (; state.asked < 3; tenth++) {
        at(tenth / 10)
        await value.get()
      }
      pauses.add(tenth - 2560)
    }
    expect(pauses.size).toBeGreaterThan(3)
    expect(Math.min(...pauses)).toBeGreaterThan(24)
    expect(Math.max(...pauses)).toBeLessThan(53)
  })

  it('asks a cache behind it, which has the same value still, a few times and not at each call', async () => {
    let time = START
    let asked = 0
    const end = new Date(START + 6 * 3_600_000)
    const fetchNext = async () => {
      asked++
      return { expiration: end }
    }
    const times = { advisory: 3600, mandatory: 60, pause: 600 }
    const value = new RefreshedValue(
      fetchNext,
      () => times,
      () => new Date(time),
    )
    for (; time < end.getTime(); time += 1000) await value.get()
    expect(asked).toBeLessThan(12)
  })
})
