import { expect, it } from 'vitest'
import { isTransient, resolveDelay } from './retry.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const delay = (attempt: number, retryAfter: string | undefined, random = 0.5): number =>
  resolveDelay(attempt, retryAfter, random, NOW)

it.each([
  [0, '0', 0],
  [5, '120', 120],
  [0, 'Sun, 22 Nov 2026 12:00:30 GMT', 30],
  [0, 'Sun, 22 Nov 2026 11:00:00 GMT', 0],
  [0, undefined, 0.25],
  [3, undefined, 2],
  [30, undefined, 10],
  [0, '-5', 0.25],
  [0, '1e9', 0.25],
  [0, 'soon', 0.25],
])('waits after attempt %i with %j for %d s', (attempt, retryAfter, seconds) => {
  expect(delay(attempt, retryAfter)).toBe(seconds)
})

it('is spread over all of the time', () => {
  expect([delay(2, undefined, 0), delay(2, undefined, 0.999)]).toEqual([0, 1.998])
})

it.each([
  [200, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [501, false],
  [599, true],
])('sends again after %i: %s', (status, expected) => {
  expect(isTransient(status)).toBe(expected)
})
