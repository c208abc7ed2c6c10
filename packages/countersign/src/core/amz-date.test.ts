import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { formatAmzDate, parseAmzDate } from './amz-date.ts'

describe('formatAmzDate', () => {
  it.each([
    ['2015-08-30T12:36:00Z', '20150830T123600Z'],
    ['1999-12-31T23:59:59.999Z', '19991231T235959Z'],
    ['2024-02-29T00:00:00Z', '20240229T000000Z'],
    ['1969-12-31T23:59:59.001Z', '19691231T235959Z'],
    ['0001-01-01T00:00:00Z', '00010101T000000Z'],
    ['9999-12-31T23:59:59Z', '99991231T235959Z'],
  ])('writes %s as %s', (iso, text) => {
    expect(formatAmzDate(new Date(iso))).toBe(text)
  })

  it.each([NaN, Date.parse('0000-12-31T23:59:59Z'), Date.parse('+010000-01-01T00:00:00Z'), 8.64e15])(
    'refuses the time value %s',
    (time) => {
      expect(() => formatAmzDate(new Date(time))).toThrow(
        expect.objectContaining({ constructor: SigningError, code: 'DATE_INVALID' }),
      )
    },
  )
})

describe('parseAmzDate', () => {
  it.each([
    ['20150830T123600Z', '2015-08-30T12:36:00.000Z'],
    ['20000229T235959Z', '2000-02-29T23:59:59.000Z'],
    ['00990101T000000Z', '0099-01-01T00:00:00.000Z'],
    ['99991231T235959Z', '9999-12-31T23:59:59.000Z'],
  ])('reads %s', (text, iso) => {
    expect(parseAmzDate(text)?.toISOString()).toBe(iso)
  })

  it.each([
    ['nothing', ''],
    ['a day alone', '20150830'],
    ['lower case', '20150830t123600z'],
    ['an offset', '20150830T123600+'],
    ['the extended form', '2015-08-30T12:36:00Z'],
    ['a blank in front', ' 20150830T123600Z'],
    ['a line feed at the end', '20150830T123600Z\n'],
    ['a blank as a digit', '2015083 T123600Z'],
    ['a sign as a digit', '-0150830T123600Z'],
    ['digits of another script', '२०१५0830T123600Z'],
    ['year 0', '00000830T123600Z'],
    ['month 0', '20150030T123600Z'],
    ['month 13', '20151330T123600Z'],
    ['day 0', '20150800T123600Z'],
    ['31 April', '20150431T123600Z'],
    ['30 February', '20160230T123600Z'],
    ['29 February of a common year', '19000229T123600Z'],
    ['hour 24', '20150830T240000Z'],
    ['minute 60', '20150830T126000Z'],
    ['a leap second', '20161231T235960Z'],
  ])('refuses %s', (_, text) => {
    expect(parseAmzDate(text)).toBeUndefined()
  })
})
