import { describe, expect, it } from 'vitest'
import { formatDuration, formatLifetime, parseDuration, parseInstant } from './times.ts'

describe('instants', () => {
  it.each([
    ['20150830T123600Z', '2015-08-30T12:36:00.000Z'],
    ['2015-08-30T12:36:00Z', '2015-08-30T12:36:00.000Z'],
    ['2015-08-30T12:36:00.5+02:00', '2015-08-30T10:36:00.500Z'],
    ['2015-08-30T23:36-05:00', '2015-08-31T04:36:00.000Z'],
    ['2016-02-29', '2016-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(parseInstant(text, '--at').toISOString()).toBe(expected)
  })

  it.each([
    '',
    'now',
    '2015',
    '20150230T000000Z',
    '2015-02-29',
    '20150830T250000Z',
    '2015-08-30T12:36:00',
    '1440938160',
  ])('none: %s', (text) => {
    expect(() => parseInstant(text, '--at')).toThrow(`--at is no time: ${text}`)
  })
})

describe('durations', () => {
  it.each([
    ['900', 900],
    ['900s', 900],
    ['15m', 900],
    ['12h', 43_200],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['0', 0],
  ])('%s', (text, expected) => {
    expect(parseDuration(text, '--expires')).toBe(expected)
  })

  it.each(['', '-1', '1.5', '1y', 'm', '15 m', '9999999999', '1h30m'])('none: %s', (text) => {
    expect(() => parseDuration(text, '--expires')).toThrow(`--expires is no duration: ${text}`)
  })

  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [61, '1 minute 1 second'],
    [3600, '1 hour'],
    [90_061, '1 day 1 hour'],
    [-5, '0 seconds'],
  ])('%d is for people %s', (seconds, expected) => {
    expect(formatDuration(seconds)).toBe(expected)
  })
})

it('counts the second in which something was made', () => {
  const made = new Date('2026-11-22T12:34:56.789Z')
  expect(formatLifetime(new Date('2026-11-22T12:39:56Z'), made)).toBe('5 minutes')
})
