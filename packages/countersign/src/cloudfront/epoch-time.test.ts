import { describe, expect, it } from 'vitest'
import { resolveEpochSeconds } from './epoch-time.ts'

describe('epoch time (CF-4)', () => {
  it.each([
    [new Date('2016-01-01T00:00:00Z'), 1_451_606_400],
    [1_451_606_400, 1_451_606_400],
    [new Date('2016-01-01T00:00:00.999Z'), 1_451_606_400],
    [1e9, 1e9],
    [1e11 - 1, 1e11 - 1],
  ])('%s is %s', (time, seconds) => {
    expect(resolveEpochSeconds(time, 'dateLessThan')).toBe(seconds)
  })

  it.each([
    ['milliseconds', Date.UTC(2026, 0), /as if it were milliseconds/],
    ['a Date of milliseconds of milliseconds', new Date(Date.UTC(2026, 0) * 1000), /milliseconds/],
    ['a Date of seconds', new Date(1_451_606_400), /before September 2001/],
    ['a duration', 3600, /a duration for an instant/],
    ['negative seconds', -1_451_606_400, /before September 2001/],
    ['a fraction', 1_451_606_400.5, /fraction/],
    ['Infinity', Infinity, /too far away/],
    ['NaN', NaN, /not an instant/],
    ['an invalid Date', new Date(NaN), /not an instant/],
    ['a text', '2026-01-01', /not an instant/],
    ['digits', '1451606400', /not an instant/],
    ['nothing', undefined, /not an instant/],
  ])('refuses %s', (_, time, message) => {
    const error = expect.objectContaining({
      code: 'EPOCH_TIME_INVALID',
      message: expect.stringMatching(message),
    })
    expect(() => resolveEpochSeconds(time, 'dateLessThan')).toThrow(error)
  })
})
