/**
 * Attacks with dates and lifetimes.
 */
import { describe, expect, it } from 'vitest'
import { s3Xml } from '../../packages/countersign/src/verify/index.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  dateAt,
  EVERYWHERE,
  MECHANISMS,
  NOW,
  presign,
  signInHeader,
  SERVICES,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
} from '../kit/messages.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const ON_QUERY = 'AuthorizationQueryParametersError'

function skewOf(service: string): number {
  return service === 's3' ? 15 * MINUTE : 5 * MINUTE
}

describe('A9 no time check', () => {
  describe.each(SERVICES)('%s', (service) => {
    it.each([
      ['in 2020', '20200101T000000Z'],
      ['23 hours old', dateAt(-23 * HOUR)],
      ['24 hours old', dateAt(-DAY)],
      ['a second too old', dateAt(-skewOf(service) - 1)],
      ['a second too new', dateAt(skewOf(service) + 1)],
      ['a day ahead', dateAt(DAY)],
    ])('%s', async (_, amzDate) => {
      const message = signInHeader({ service, amzDate })
      const error = await expectRefused(message, 'CLOCK_SKEWED', 'RequestTimeTooSkewed')
      expect(error.facts).toMatchObject({
        requestTime: amzDate,
        serverTime: dateAt(),
        maxAllowedSkewMilliseconds: String(skewOf(service) * 1000),
      })
      await expectRefused(withBadSignature(message), 'CLOCK_SKEWED', 'RequestTimeTooSkewed')
    })

    it.each([-1, 1])('just inside, %i', async (sign) => {
      await expectLetIn(signInHeader({ service, amzDate: dateAt(sign * skewOf(service)) }))
    })
  })

  it.each(['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'])(
    'in the mode %s',
    async (mode) => {
      const draft = { headers: [['x-amz-content-sha256', mode]] as const, payloadHash: mode, body: 'x' }
      for (const amzDate of ['20200101T000000Z', dateAt(-23 * HOUR)]) {
        await expectRefused(signInHeader({ ...draft, amzDate }), 'CLOCK_SKEWED', 'RequestTimeTooSkewed')
      }
    },
  )

  it.each([
    ['no date', undefined],
    ['an empty one', ''],
    ['not a date', 'yesterday'],
    ['with dashes', '2026-11-22T12:00:00Z'],
    ['a day that is none', '20260230T000000Z'],
    ['epoch', String(NOW.getTime() / 1000)],
  ])('x-amz-date: %s', async (_, amzDate) => {
    const message = withoutHeader(signInHeader(), 'x-amz-date')
    const dated = amzDate === undefined ? message : withHeaders(message, ['x-amz-date', amzDate])
    await expectRefused(dated, 'DATE_INVALID', 'AccessDenied')
  })

  it('x-amz-date decides where there is a Date as well, and Date where there is none', async () => {
    const both = signInHeader({ headers: [['Date', 'Wed, 01 Jan 2020 00:00:00 GMT']] })
    await expectLetIn(both)
    const alone = withoutHeader(both, 'x-amz-date')
    await expectRefused(alone, 'SCOPE_DATE_MISMATCH', 'AuthorizationHeaderMalformed')
    const bad = withHeaders(alone, ['x-amz-date', 'x'])
    await expectRefused(bad, 'DATE_INVALID', 'AccessDenied')
  })
})

describe('A10 presigned with no or absurd expiry', () => {
  describe.each(SERVICES)('%s', (service) => {
    it('no X-Amz-Expires', async () => {
      await expectRefused(presign({ service, expires: undefined }), 'QUERY_PARAMETER_MISSING', ON_QUERY)
    })

    it('an empty one', async () => {
      await expectRefused(presign({ service, expires: '' }), 'QUERY_PARAMETER_MISSING', ON_QUERY)
    })

    it.each([
      '315360000',
      '604801',
      '0',
      '-1',
      '1e9',
      'abc',
      '60abc',
      '0x10',
      ' 60',
      '60 ',
      '+60',
      '60.5',
      '60\n',
      'NaN',
      'Infinity',
      '0000060',
      '\u0666\u0660',
    ])('%j', async (expires) => {
      await expectRefused(presign({ service, expires }), 'EXPIRES_INVALID', ON_QUERY)
    })

    it('twice, the same or another', async () => {
      for (const second of ['3600', '60']) {
        const target = `/bucket/key?X-Amz-Expires=${second}`
        await expectRefused(presign({ service, target }), 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
      }
    })

    it.each([
      '2020xx01T000000Z',
      '20260230T000000Z',
      '20261122T250000Z',
      '20261122T120000',
      '20261122T120000z',
      '20261122',
      '2026-11-22T12:00:00Z',
      'Sun, 22 Nov 2026 12:00:00 GMT',
      '1795348800',
      ' 20261122T120000Z',
      '20261122T120000Z ',
      '20261122T120000.000Z',
    ])('X-Amz-Date: %j', async (amzDate) => {
      const scope = `20261122/us-east-1/${service}/aws4_request`
      await expectRefused(presign({ service, amzDate, scope }), 'DATE_INVALID', ON_QUERY)
    })

    it('an empty X-Amz-Date', async () => {
      const scope = `20261122/us-east-1/${service}/aws4_request`
      const message = presign({ service, amzDate: '', scope })
      await expectRefused(message, 'QUERY_PARAMETER_MISSING', ON_QUERY)
    })

    it.each(['1', '60', '604800', '000060'])('%s is a lifetime', async (expires) => {
      await expectLetIn(presign({ service, expires }))
    })
  })

  it('the URL lives as long as it says, and not a second more', async () => {
    await expectLetIn(presign({ amzDate: dateAt(-60), expires: '60' }))
    await expectLetIn(presign({ amzDate: dateAt(-7 * DAY), expires: '604800' }))
    const message = presign({ amzDate: dateAt(-61), expires: '60' })
    const error = await expectRefused(message, 'EXPIRED', 'AccessDenied')
    expect(s3Xml(error).body).toContain('<Message>Request has expired</Message>')
    expect(error.facts).toMatchObject({ expiresIn: '60' })
    await expectRefused(withBadSignature(message), 'EXPIRED', 'AccessDenied')
  })

  it('the lifetime is signed', async () => {
    const message = withTarget(presign({ expires: '60' }), (target) => target.replace('=60&', '=61&'))
    await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A11 future-dated presign', () => {
  it.each(SERVICES)('%s', async (service) => {
    const message = presign({ service, amzDate: dateAt(6 * DAY), expires: '604800' })
    const error = await expectRefused(message, 'NOT_YET_VALID', 'AccessDenied')
    expect(s3Xml(error).body).toContain('<Message>Request is not valid yet</Message>')
    const early = presign({ service, amzDate: dateAt(skewOf(service) + 1) })
    await expectRefused(early, 'NOT_YET_VALID', 'AccessDenied')
    await expectLetIn(presign({ service, amzDate: dateAt(skewOf(service)) }))
  })
})

describe('A18 scope date is not x-amz-date', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ mechanism, sign, service }) => {
    const awsCode = mechanism === 'query' ? ON_QUERY : 'AuthorizationHeaderMalformed'
    for (const day of ['20250101', '20200101', '20261121', '20261123']) {
      const message = sign({ service, scope: `${day}/us-east-1/${service}/aws4_request` })
      const error = await expectRefused(message, 'SCOPE_DATE_MISMATCH', awsCode)
      expect(error.facts).toMatchObject({ scopeDate: day, requestDate: dateAt() })
    }
  })

  it.each(MECHANISMS)('around midnight both are of the same day: $mechanism', async ({ sign }) => {
    const midnight = { now: () => new Date('2026-11-23T00:00:01Z') }
    await expectLetIn(sign({ amzDate: '20261122T235959Z' }), midnight)
    await expectLetIn(sign({ amzDate: '20261123T000000Z' }), midnight)
    const mixed = sign({ amzDate: '20261123T000000Z', scope: '20261122/us-east-1/s3/aws4_request' })
    const error = await expectRefused(mixed, 'SCOPE_DATE_MISMATCH', awsCodeOf(sign), midnight)
    expect(error.facts).toMatchObject({ scopeDate: '20261122' })
  })

  function awsCodeOf(sign: unknown): string {
    return sign === presign ? ON_QUERY : 'AuthorizationHeaderMalformed'
  }
})
