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
    TIMES,
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
    const value = new RefreshedValue(fetchNext, TIMES, () => new Date(START))
    expect([await value.get(), await value.get()]).toEqual([{ id: 1 }, { id: 1 }])
  })
})
