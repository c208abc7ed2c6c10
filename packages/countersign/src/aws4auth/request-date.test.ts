import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { AWS4Auth, InvalidDateError } from './index.ts'

const NOW = new Date('2026-11-22T10:00:00.999Z')

function sign(headers: Record<string, string>, options: object = {}): Record<string, string> {
  const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'service', { now: () => NOW, ...options })
  const signed = auth.sign({ method: 'GET', url: 'https://h/', headers })
  const signedHeaders = signed.signedHeaders.join(';')
  return { ...Object.fromEntries(signed.headers), scope: signed.scope.date, signedHeaders }
}

describe('date of a request (rows 29 and 30)', () => {
  it.each([
    ['20110909T233600Z', '20110909T233600Z'],
    ['Mon, 09 Sep 2011 23:36:00 GMT', '20110909T233600Z'],
    ['09 Sep 2011 23:36:00 GMT', '20110909T233600Z'],
    ['Friday, 09-Sep-11 23:36:00 GMT', '20110909T233600Z'],
    ['Fri Sep  9 23:36:00 2011', '20110909T233600Z'],
    ['Fri Sep 9 23:36:00 2011', '20110909T233600Z'],
    ['Sun Nov  6 08:49:37 1994', '19941106T084937Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '19941106T084937Z'],
    ['2011-09-09T23:36:00.987Z', '20110909T233600Z'],
    ['2011-09-09t23:36:00z', '20110909T233600Z'],
    ['2011-09-09T23:30-05:00', '20110910T043000Z'],
    ['2011-09-09', '20110909T000000Z'],
  ])('%s is signed as %s, in either header (DATE-5, DATE-6)', (text, amzDate) => {
    const rewritten = sign({ 'X-Amz-Date': text })
    expect(rewritten).toMatchObject({ 'x-amz-date': amzDate, scope: amzDate.slice(0, 8) })
    const added = sign({ Date: text })
    expect(added).toMatchObject({ 'x-amz-date': amzDate, date: text, signedHeaders: 'date;host;x-amz-date' })
  })

  it('prefers x-amz-date, and does not sign a Date that tells another instant (DATE-2, DATE-8)', () => {
    const headers = { Date: 'Fri, 09 Sep 2011 23:36:00 GMT', 'X-Amz-Date': '20150830T123600Z' }
    expect(sign(headers)).toMatchObject({
      'x-amz-date': '20150830T123600Z',
      signedHeaders: 'host;x-amz-date',
    })
  })

  it('takes the first that can be read (DATE-2)', () => {
    const headers = { Date: 'Fri, 09 Sep 2011 23:36:00 GMT', 'X-Amz-Date': '20110230T000000Z' }
    expect(sign(headers)).toMatchObject({ 'x-amz-date': '20110909T233600Z' })
    expect(sign(headers, { raiseInvalidDate: true })).toMatchObject({ 'x-amz-date': '20110909T233600Z' })
  })

  it.each(['', '111111111', '111-11-11', 'Fri, 09 Xyz 2011 23:36:00 GMT', '20110230T000000Z'])(
    'replaces %j by now, or throws InvalidDateError when told to (DATE-3, DATE-7)',
    (text) => {
      for (const headers of [{ Date: text }, { 'X-Amz-Date': text }, { Date: text, 'X-Amz-Date': 'x' }]) {
        const signed = sign(headers, { raiseInvalidDate: false })
        expect(signed).toMatchObject({ 'x-amz-date': '20261122T100000Z', scope: '20261122' })
        expect(signed).not.toHaveProperty('date')
        const strict = (): unknown => sign(headers, { raiseInvalidDate: true })
        expect(strict).toThrow(InvalidDateError)
        expect(strict).toThrow(SigningError)
        expect(strict).toThrow(expect.objectContaining({ name: 'InvalidDateError', code: 'DATE_INVALID' }))
      }
    },
  )

  it('has nothing to raise where there is no date', () => {
    expect(sign({}, { raiseInvalidDate: true })).toMatchObject({ 'x-amz-date': '20261122T100000Z' })
  })

  it('takes a new instant when a signed request is signed again (DATE-9)', () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 old', 'X-Amz-Date': '20150830T123600Z' }
    expect(sign(headers)).toMatchObject({ 'x-amz-date': '20261122T100000Z' })
  })

  it('reads the clock once a signing (DATE-1)', () => {
    let reads = 0
    const ticking = (): Date => new Date(Date.UTC(2014, 0, 1) + 86_400_000 * reads++)
    const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'service', {
      date: '20140101',
      now: ticking,
    })
    reads = 0
    const signed = auth.sign({ method: 'GET', url: 'https://h/' })
    expect(signed.scope.date).toBe('20140101')
    expect(signed.stringToSign).toContain('\n20140101T000000Z\n20140101/')
    expect(reads).toBe(1)
  })
})
