import { describe, expect, it } from 'vitest'
import { parseDate } from './http-date.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const parse = (text: string, now = NOW) => parseDate(text, now)?.toISOString()

describe('the accepted forms (DATE-5)', () => {
  it.each([
    ['the basic form', '20150830T123600Z', '2015-08-30T12:36:00.000Z'],
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['one with the wrong weekday', 'Mon, 09 Sep 2011 23:36:00 GMT', '2011-09-09T23:36:00.000Z'],
    ['one without weekday', '09 Sep 2011 23:36:00 GMT', '2011-09-09T23:36:00.000Z'],
    ['one with a long weekday', 'Friday, 09 Sep 2011 23:36:00 GMT', '2011-09-09T23:36:00.000Z'],
    ['one in UTC', 'Fri, 09 Sep 2011 23:36:00 UTC', '2011-09-09T23:36:00.000Z'],
    ['one with +0000', 'Fri, 09 Sep 2011 23:36:00 +0000', '2011-09-09T23:36:00.000Z'],
    ['one with -0000', 'Fri, 09 Sep 2011 23:36:00 -0000', '2011-09-09T23:36:00.000Z'],
    ['one with another offset', 'Fri, 09 Sep 2011 23:36:00 -0730', '2011-09-10T07:06:00.000Z'],
    ['one in upper case', 'FRI, 09 SEP 2011 23:36:00 GMT', '2011-09-09T23:36:00.000Z'],
    ['one in lower case', 'fri, 09 sep 2011 23:36:00 gmt', '2011-09-09T23:36:00.000Z'],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['RFC 850 with a short weekday', 'Sun, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['asctime, two blanks', 'Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
    ['asctime, one blank', 'Sun Nov 6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
    ['asctime, two digits', 'Wed Dec 04 00:00:00 2002', '2002-12-04T00:00:00.000Z'],
    ['RFC 3339', '2011-09-09T23:36:00Z', '2011-09-09T23:36:00.000Z'],
    ['RFC 3339 in lower case', '2011-09-09t23:36:00z', '2011-09-09T23:36:00.000Z'],
    ['an offset east', '2011-09-09T23:36:00+02:00', '2011-09-09T21:36:00.000Z'],
    ['an offset west, past midnight', '2011-09-09T23:30:00-05:00', '2011-09-10T04:30:00.000Z'],
    ['no seconds (row 30)', '2011-09-09T23:30-05:00', '2011-09-10T04:30:00.000Z'],
    ['an offset without colon', '2011-09-09T23:36:00+0530', '2011-09-09T18:06:00.000Z'],
    ['an offset in hours', '2011-09-09T23:36:00+05', '2011-09-09T18:36:00.000Z'],
    ['fractions', '2011-09-09T23:36:00.987654321Z', '2011-09-09T23:36:00.000Z'],
    ['fractions after a comma', '2011-09-09T23:36:00,9+01:00', '2011-09-09T22:36:00.000Z'],
    ['a day alone', '2011-09-09', '2011-09-09T00:00:00.000Z'],
    ['a day of one digit', 'Sun, 6 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['a cookie’s date', 'Sun, 06-Nov-1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['RFC 822', 'Sun, 06 Nov 94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['a leap day', '29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (_, text, iso) => {
    expect(parse(text)).toBe(iso)
  })

  it('knows every month', () => {
    const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
    expect(months.map((month) => parseDate(`01 ${month} 2020 00:00:00 GMT`, NOW)?.getUTCMonth())).toEqual(
      months.map((_, index) => index),
    )
  })

  it.each(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])('knows %s', (weekday) => {
    expect(parse(`${weekday}, 06 Nov 1994 08:49:37 GMT`)).toBeDefined()
  })

  it.each(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])(
    'knows %s',
    (weekday) => {
      expect(parse(`${weekday}, 06-Nov-94 08:49:37 GMT`)).toBeDefined()
    },
  )
})

describe('two-digit years (RFC 9110)', () => {
  it.each([
    ['a year of this century', '06-Nov-21', '2021-11-06'],
    ['49 years ahead', '06-Nov-75', '2075-11-06'],
    ['just short of 50 years ahead', '22-Nov-76', '2076-11-22'],
    ['just past 50 years ahead', '23-Nov-76', '1976-11-23'],
    ['51 years ahead', '06-Nov-77', '1977-11-06'],
    ['the leap day of 2000', '29-Feb-00', '2000-02-29'],
  ])('%s: %s', (_, day, iso) => {
    expect(parse(`Sunday, ${day} 08:49:37 GMT`)).toBe(`${iso}T08:49:37.000Z`)
  })

  it('goes by the second', () => {
    expect(parse('Sunday, 22-Nov-76 12:00:00 GMT')).toBe('2076-11-22T12:00:00.000Z')
    expect(parse('Sunday, 22-Nov-76 12:00:01 GMT')).toBe('1976-11-22T12:00:01.000Z')
  })

  it('looks into the next century, and into the last one', () => {
    expect(parse('Sunday, 06-Nov-10 08:49:37 GMT', new Date('2080-01-01T00:00:00Z'))).toMatch(/^2110/)
    expect(parse('Sunday, 06-Nov-94 08:49:37 GMT', new Date('1994-01-01T00:00:00Z'))).toMatch(/^1994/)
    expect(parse('Sunday, 29-Feb-00 08:49:37 GMT', new Date('2060-01-01T00:00:00Z'))).toMatch(/^2000/)
  })

  it('has no answer without a valid clock', () => {
    expect(parse('Sunday, 06-Nov-94 08:49:37 GMT', new Date(NaN))).toBeUndefined()
  })
})

describe('anything else (DATE-7)', () => {
  it.each([
    '',
    ' ',
    'a',
    '111111111',
    '111-11-11',
    '20150830',
    '1440938160',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 anf 1994 08:49:37 GMT',
    'Sun, 31 Apr 1994 08:49:37 GMT',
    'Sun, 30 Feb 1996 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 0000 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sat, 31 Dec 2016 23:59:60 GMT',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 EST',
    'Sun, 06 Nov 1994 08:49:37 +00:00',
    'Sun, 06 Nov 1994 08:49:37 +2400',
    'Sun, 06 Nov 1994 08:49:37 +0060',
    'Sun, 006 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 994 08:49:37 GMT',
    'Sun 06 Nov 1994 08:49:37 GMT',
    ', 06 Nov 1994 08:49:37 GMT',
    '06/Nov/1994 08:49:37 GMT',
    '06 Nov 1994 8:49:37 GMT',
    '06 Nov 1994 08:49 GMT',
    '06 November 1994 08:49:37 GMT',
    'Sun Nov   6 08:49:37 1994',
    'Sun Nov 31 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 GMT',
    '2011-02-30',
    '2011-13-01',
    '2011-02-29T00:00:00Z',
    '2011-09-09T23:36:00',
    '2011-09-09 23:36:00Z',
    '2011-09-09T23:36:00 Z',
    '2011-09-09T23:36:00.Z',
    '2011-09-09T23Z',
    '2011-09-09Z',
    '2011-09-09T24:00:00Z',
    '2011-09-09T23:36:60Z',
    '2011-09-09T23:36:00+24:00',
    '2011-09-09T23:36:00+05:',
    '2011-09-09T23:36:00+5:00',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    ' 2011-09-09',
    '2011-09-09\n',
    'ſun, 06 Nov 1994 08:49:37 GMT',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined()
  })
})
