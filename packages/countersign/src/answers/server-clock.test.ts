import { expect, it } from 'vitest'
import { createServerClock } from './server-clock.ts'

const HOUR = 3_600_000
const near = (date: Date, time: number): boolean => Math.abs(date.getTime() - time) < 5000

it('keeps a clock for each host', () => {
  const clock = createServerClock()
  clock.set('A.example', new Date(Date.now() + HOUR))
  clock.set('b.example', new Date(Date.now() - HOUR))
  const { now } = clock
  expect(near(now('a.example'), Date.now() + HOUR)).toBe(true)
  expect(near(now('B.example'), Date.now() - HOUR)).toBe(true)
  expect(near(now('c.example'), Date.now())).toBe(true)
  expect(near(now(), Date.now())).toBe(true)
  expect(Math.round(clock.offset('a.example') / 60)).toBe(60)
  clock.set('a.example', undefined)
  expect(clock.offset('a.example')).toBe(0)
})

it('is bounded, and forgets those that were set first', () => {
  const clock = createServerClock({ maxHosts: 2 })
  for (const host of ['a', 'b', 'a', 'c']) clock.set(host, new Date(Date.now() + HOUR))
  expect(['a', 'b', 'c'].map((host) => clock.offset(host) > 0)).toEqual([true, false, true])
})
