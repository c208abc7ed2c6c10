/** Causes in clocks and dates, from requests that a verifier refused for them. */
import { describe, expect, it } from 'vitest'
import { refuse, saying, sayingJson } from '../../../../../test/explain/verifier.ts'
import { KEY_ID, NOW, SECRET, signWrongly } from '../../../../../test/explain/wrong-signer.ts'
import { explainRefusal, type Evidence, type ObservedRequest } from '../index.ts'

const { request } = signWrongly({ target: '/key' })
const sts = signWrongly({ target: '/', service: 'sts' }).request

/** The server's clock, so many seconds ahead of the request's date. */
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)

function told(evidence: Evidence, now?: Date): string[] {
  return explainRefusal(evidence, { now }).verdicts.map(({ code, grade }) => `${code} ${grade}`)
}

describe('the clock', () => {
  it.each([
    ['clock-behind', 62 * 60 + 200],
    ['clock-ahead', -(62 * 60 + 200)],
  ])('%s: stated, exact to the second, by S3 and by the others', async (code, seconds) => {
    const now = later(seconds)
    const answers: [ObservedRequest, Parameters<typeof refuse>[1]][] = [
      [request, { now }],
      [sts, { now, service: 'sts', dialect: 'queryXml' }],
      [sts, { now, service: 'sts', dialect: 'awsJson' }],
    ]
    for (const [sent, options] of answers) {
      const { verdicts } = explainRefusal({ request: sent, answer: await refuse(sent, options) })
      expect(verdicts).toMatchObject([{ code, grade: 'stated', correction: { clockOffset: seconds } }])
      expect(verdicts[0]?.finding).toContain('1 h 5 min')
    }
  })

  it('M18 local-time-as-utc: as likely as a slow clock, unless the clock is known to be right', async () => {
    const now = later(2 * 3600 + 20)
    const answer = await refuse(request, { now })
    expect(told({ request, answer })).toEqual(['clock-behind likely', 'local-time-as-utc likely'])
    expect(told({ request, answer }, now)).toEqual(['local-time-as-utc likely'])
    expect(told({ request, answer }, NOW)).toEqual(['clock-behind stated'])
    const { verdicts } = explainRefusal({ request, answer }, { now })
    expect(verdicts[0]?.finding).toContain('UTC-02:00')
  })

  it('M19 signed-too-early: where the clock is right and the signature is old', async () => {
    const now = later(1000)
    const answer = await refuse(request, { now })
    expect(told({ request, answer }, now)).toEqual(['signed-too-early likely'])
  })

  it('M86c gateway-clock: where the server tells two times', async () => {
    const answer = await refuse(request, { now: later(4000), date: NOW })
    expect(told({ request, answer })).toEqual(['gateway-clock likely'])
    const same = await refuse(request, { now: later(4000), date: later(4001) })
    expect(told({ request, answer: same })).toEqual(['clock-behind stated'])
  })
})

describe('dates', () => {
  const withDate = (date: string, scope = '20261122'): ObservedRequest => ({
    ...request,
    headers: request.headers.map(
      ([name, value]) =>
        [name, name === 'x-amz-date' ? date : value.replace('/20261122/', `/${scope}/`)] as const,
    ),
  })

  it.each([['s3Xml'], ['queryXml'], ['awsJson']] as const)('M20 scope-date, in %s', async (dialect) => {
    const isS3 = dialect === 's3Xml'
    const base = isS3
      ? withDate('20261122T120000Z', '20261121')
      : {
          ...sts,
          headers: withDate('20261122T120000Z', '20261121').headers.map(
            ([name, value]) => [name, value.replace('/s3/', '/sts/')] as const,
          ),
        }
    const answer = await refuse(base, { dialect, service: isS3 ? 's3' : 'sts' })
    expect(told({ request: base, answer })).toEqual(['scope-date stated'])
  })

  it.each(['2026-11-22T12:00:00Z', '20261122T120000.000Z', '1795348800', '20261122'])(
    'M21 date-format: %s',
    async (date) => {
      const wrong = withDate(date)
      const answer = await refuse(wrong)
      expect(told({ request: wrong, answer })).toEqual([expect.stringMatching(/^date-format /)])
    },
  )

  it('M22 date-header-signed: the line differs', async () => {
    const signed = signWrongly({ target: '/key', headers: [['date', 'Sun, 22 Nov 2026 12:00:00 GMT']] })
    const wire = {
      ...signed.request,
      headers: signed.request.headers.map(
        ([name, value]) => [name, name === 'date' ? 'Sun, 22 Nov 2026 12:00:01 GMT' : value] as const,
      ),
    }
    const answer = await refuse(wire)
    const { canonicalRequest } = signed
    expect(told({ request: signed.request, wire, signed: { canonicalRequest }, answer })).toEqual([
      'date-header-signed proven',
    ])
  })

  it('takes an answer without any date for what it is', () => {
    expect(told({ request, answer: saying(403, 'RequestTimeTooSkewed', 'no') })).toEqual([])
    expect(
      told({ request, answer: sayingJson(403, 'InvalidSignatureException', 'Signature expired: x') }),
    ).toEqual([])
    expect([KEY_ID, SECRET]).not.toContain('')
  })
})
