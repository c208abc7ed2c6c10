/** Row A34: the holes of version 2, which has none of the bounds of version 4. */
import { describe, expect, it } from 'vitest'
import { createS3V2, createSigV2, s3V2 } from '../../packages/countersign/src/sigv2.ts'
import type { VerifierOptions } from '../../packages/countersign/src/verify/index.ts'
import {
  ALL,
  epochAt,
  expectMismatch,
  FORMS,
  hmacBase64,
  httpDateAt,
  PLACES,
  QUERY,
  S3,
  signS3V2InHeader,
  signS3V2InUrl,
  signSigV2Message,
  withOtherPadding,
  withSignature,
} from '../kit/messages-v2.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  bytesOf,
  HOST,
  NOW,
  refusalOf,
  signInHeader,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

describe('A34 SigV2 holes: off by default', () => {
  it.each(PLACES)('S3 in the $place', async ({ sign }) => {
    await expectLetIn(sign(), S3)
    await expectRefused(sign(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest')
    await expectRefused(sign(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest', QUERY)
  })

  it('query APIs', async () => {
    await expectLetIn(signSigV2Message(), QUERY)
    await expectLetIn(signSigV2Message({ method: 'POST' }), QUERY)
    await expectRefused(signSigV2Message(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest')
    await expectRefused(signSigV2Message(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest', S3)
    await expectRefused(signSigV2Message({ method: 'POST' }), 'SIGNATURE_MISSING', 'AccessDenied', S3)
  })

  it.each(['', 'bearer x', 'AWS'])('anonymous stays refused, with %j', async (authorization) => {
    const headers: HeaderField[] = [
      ['host', HOST],
      ...(authorization ? [['authorization', authorization] as const] : []),
    ]
    const code = authorization ? 'SCHEME_UNKNOWN' : 'SIGNATURE_MISSING'
    expect(await refusalOf({ method: 'GET', target: '/b/k', headers }, ALL)).toMatchObject({ code })
    const post = {
      method: 'POST',
      target: '/',
      headers: [...headers, ['content-type', 'application/x-www-form-urlencoded'] as const],
    }
    expect(await refusalOf({ ...post, body: bytesOf('Action=x') }, ALL)).toMatchObject({ code })
  })

  it('a verifier that takes version 2 alone refuses version 4', async () => {
    await expectRefused(signInHeader(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest', { algorithms: [s3V2] })
  })
})

describe('A34, A9 SigV2 holes: time', () => {
  it.each([901, -901, 86_400 * 365 * 10, -86_400 * 365 * 10])('a Date %d seconds away', async (seconds) => {
    const message = signS3V2InHeader({ date: httpDateAt(seconds) })
    await expectRefused(message, 'CLOCK_SKEWED', 'RequestTimeTooSkewed', S3)
    const headers: HeaderField[] = [['x-amz-date', httpDateAt(seconds)]]
    await expectRefused(signS3V2InHeader({ headers }), 'CLOCK_SKEWED', 'RequestTimeTooSkewed', S3)
    const Timestamp = new Date(NOW.getTime() + seconds * 1000).toISOString()
    for (const { method } of FORMS) {
      const dated = signSigV2Message({ method, parameters: { Timestamp } })
      await expectRefused(dated, 'CLOCK_SKEWED', 'RequestTimeTooSkewed', QUERY)
    }
  })

  it.each([
    '',
    ' ',
    'yesterday',
    '1700000000',
    'Fri, 07 Nov 1969 10:00:00 GMT',
    'Mon, 30 Feb 2026 12:00:00 GMT',
  ])('a Date %j', async (date) => {
    await expectRefused(signS3V2InHeader({ date }), 'DATE_INVALID', 'AccessDenied', S3)
    const parameters = { Timestamp: date }
    expect(await refusalOf(signSigV2Message({ parameters }), QUERY)).toMatchObject({
      code: 'DATE_INVALID',
      status: 403,
    })
  })

  it('no date at all', async () => {
    const message = withoutHeader(signS3V2InHeader({ date: '' }), 'date')
    await expectRefused(message, 'DATE_INVALID', 'AccessDenied', S3)
    const parameters = { Timestamp: undefined }
    await expectRefused(signSigV2Message({ parameters }), 'DATE_INVALID', 'AccessDenied', QUERY)
  })

  it('x-amz-date counts, not a Date beside it', async () => {
    const headers: HeaderField[] = [['x-amz-date', httpDateAt()]]
    await expectLetIn(signS3V2InHeader({ headers, unsigned: [['date', httpDateAt(-86_400)]] }), S3)
    const old: HeaderField[] = [['x-amz-date', httpDateAt(-86_400)]]
    const message = signS3V2InHeader({ headers: old, unsigned: [['date', httpDateAt()]] })
    await expectRefused(message, 'CLOCK_SKEWED', 'RequestTimeTooSkewed', S3)
  })
})

describe('A34, A10 SigV2 holes: the end of a URL', () => {
  it('is at most a week away, unless the server says otherwise', async () => {
    await expectLetIn(signS3V2InUrl({ date: epochAt(604_800) }), S3)
    for (const seconds of [604_801, 86_400 * 365 * 100]) {
      const message = signS3V2InUrl({ date: epochAt(seconds) })
      await expectRefused(message, 'EXPIRES_INVALID', 'AccessDenied', S3)
      await expectLetIn(message, { algorithms: [createS3V2({ maxExpiresIn: 86_400 * 365 * 100 })] })
    }
    const tight = { algorithms: [createS3V2({ maxExpiresIn: 60 })] }
    await expectLetIn(signS3V2InUrl({ date: epochAt(60) }), tight)
    await expectRefused(signS3V2InUrl({ date: epochAt(61) }), 'EXPIRES_INVALID', 'AccessDenied', tight)
  })

  it('has no grace', async () => {
    await expectLetIn(signS3V2InUrl({ date: epochAt(0) }), S3)
    await expectRefused(signS3V2InUrl({ date: epochAt(-1) }), 'EXPIRED', 'AccessDenied', S3)
    await expectRefused(signS3V2InUrl({ date: '1' }), 'EXPIRED', 'AccessDenied', S3)
  })

  it.each([
    '',
    '-1',
    '0',
    '1e10',
    '0x7fffffff',
    ' 1795352400',
    '1795352400.5',
    httpDateAt(60),
    '999999999999',
  ])('Expires %j', async (date) => {
    const error = await refusalOf(signS3V2InUrl({ date }), S3)
    expect(['EXPIRES_INVALID', 'QUERY_PARAMETER_MISSING']).toContain(error.code)
    expect(error).toMatchObject({ awsCode: 'AccessDenied', status: 403 })
  })

  it('is moved by nobody', async () => {
    const later = withTarget(signS3V2InUrl(), (target) => target.replace(epochAt(3600), epochAt(7200)))
    await expectMismatch(later)
  })

  it('of a query API: Expires in the place of Timestamp', async () => {
    const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString()
    const sign = (seconds: number): SentMessage =>
      signSigV2Message({ parameters: { Timestamp: undefined, Expires: at(seconds) } })
    await expectLetIn(sign(604_800), QUERY)
    await expectRefused(sign(-1), 'EXPIRED', 'AccessDenied', QUERY)
    await expectRefused(sign(604_801), 'EXPIRES_INVALID', 'AccessDenied', QUERY)
    await expectLetIn(sign(604_801), { ...QUERY, algorithms: [createSigV2({ maxExpiresIn: 604_801 })] })
    const both = signSigV2Message({ parameters: { Expires: at(60) } })
    await expectRefused(both, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', QUERY)
  })
})

describe('A34 SigV2 holes: sub-resources', () => {
  const names = [
    'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory',
    'legal-hold lifecycle location logging metrics notification object-lock ownershipControls',
    'partNumber policy policyStatus publicAccessBlock replication requestPayment restore',
    'retention select tagging torrent uploadId uploads versionId versioning versions website',
    'response-cache-control response-expires response-content-disposition',
    'response-content-encoding response-content-language response-content-type',
  ].flatMap((line) => line.split(' '))

  it.each(names)('%s, added or taken away', async (name) => {
    for (const { sign } of PLACES) {
      const signed = sign({ target: `/bucket/key?${name}` })
      const { covered } = await expectLetIn(signed, S3)
      expect(covered.query).toEqual([[name, '']])
      await expectMismatch(withTarget(signed, (target) => target.replace(/\?[^&]+&?/, '?')))
      for (const added of [name, `${name}=1`, `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`]) {
        const plain = sign({ target: '/bucket/key?prefix=a', resource: '/bucket/key' })
        await expectMismatch(withTarget(plain, (target) => `${target}&${added}`))
      }
    }
  })

  it('what is none is let through, and not covered', async () => {
    for (const { sign } of PLACES) {
      const message = sign({ target: '/bucket?prefix=a&ACL&max-keys=1', resource: '/bucket' })
      const { covered } = await expectLetIn(message, S3)
      expect(covered.query).toEqual([])
    }
  })

  it('a value is bound', async () => {
    const message = signS3V2InHeader({ target: '/b/k?versionId=1' })
    await expectMismatch(withTarget(message, () => '/b/k?versionId=2'))
    const override = {
      target: '/b/k?response-content-type=text%2Fplain',
      resource: '/b/k?response-content-type=text/plain',
    }
    const { covered } = await expectLetIn(signS3V2InUrl(override), S3)
    expect(covered.query).toEqual([['response-content-type', 'text/plain']])
    await expectMismatch(withTarget(signS3V2InUrl(override), (target) => target.replace('plain', 'html')))
  })

  it.each([
    ['a value that reads like one more', 'response-content-type=a%26versionId%3D5'],
    ['a value that reads like one more, without a value', 'response-content-type=a%26versions'],
    ['one twice', 'versionId=1&versionId=2'],
    ['one twice, escaped', 'acl&%61cl'],
  ])('%s', async (_, query) => {
    const resource = '/b/k?response-content-type=a&versionId=5'
    const message = signS3V2InHeader({ target: `/b/k?${query}`, resource })
    await expectRefused(message, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', S3)
  })
})

describe('A34 SigV2 holes: the form of a signature', () => {
  const forms: readonly (readonly [name: string, change: (base64: string) => string])[] = [
    ['other padding bits', withOtherPadding],
    ['no padding', (base64) => base64.replace(/=$/, '')],
    ['more padding', (base64) => `${base64}=`],
    ['blanks inside', (base64) => `${base64.slice(0, 9)}\n${base64.slice(9)}`],
    ['url-safe digits', (base64) => `-_${base64.slice(2)}`],
    ['hex', (base64) => Buffer.from(base64, 'base64').toString('hex')],
    ['one byte less', (base64) => Buffer.from(base64, 'base64').subarray(1).toString('base64')],
    ['nothing but padding', () => '='],
    ['non-ASCII', (base64) => `${base64.slice(0, -1)}\u00e9`],
  ]

  it.each(forms)('%s', async (_, change) => {
    const messages: [SentMessage, Partial<VerifierOptions<string>>][] = [
      [signS3V2InUrl(), S3],
      [signSigV2Message(), QUERY],
      [signSigV2Message({ hash: 'sha1' }), QUERY],
      [signSigV2Message({ method: 'POST' }), QUERY],
    ]
    for (const [message, options] of messages) {
      await expectLetIn(message, options)
      const changed = withSignature(message, change)
      await expectRefused(changed, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', options)
      const unknown = { ...options, secrets: () => undefined }
      await expectRefused(changed, 'KEY_UNKNOWN', 'InvalidAccessKeyId', unknown)
    }
  })

  it('other padding bits in the header', async () => {
    const changed = withSignature(signS3V2InHeader(), withOtherPadding)
    await expectRefused(changed, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', S3)
  })

  it('the length chooses no HMAC', async () => {
    const text = `GET\n\n\n${epochAt(3600)}\n/bucket/key`
    const s3 = withSignature(signS3V2InUrl(), () => hmacBase64('sha256', text))
    await expectRefused(s3, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', S3)
    const named = signSigV2Message({ hash: 'sha1', parameters: { SignatureMethod: 'HmacSHA256' } })
    await expectRefused(named, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', QUERY)
  })

  it.each(['', 'HmacSHA512', 'hmacsha256', 'HmacMD5', undefined])(
    'SignatureMethod %j',
    async (SignatureMethod) => {
      const message = signSigV2Message({ parameters: { SignatureMethod } })
      expect(await refusalOf(message, QUERY)).toMatchObject({ code: 'ALGORITHM_UNSUPPORTED', status: 400 })
    },
  )

  it('a server may take one HMAC alone', async () => {
    const options = { ...QUERY, algorithms: [createSigV2({ methods: ['HmacSHA256'] })] }
    await expectLetIn(signSigV2Message(), options)
    const sha1 = signSigV2Message({ hash: 'sha1' })
    expect(await refusalOf(sha1, options)).toMatchObject({ code: 'ALGORITHM_UNSUPPORTED' })
  })

  it('a signature of zeroes, in every place', async () => {
    const zeroes = (length: number) => (): string => Buffer.alloc(length).toString('base64')
    for (const { sign } of PLACES) await expectMismatch(withSignature(sign(), zeroes(20)))
    for (const { method } of FORMS) {
      await expectMismatch(withSignature(signSigV2Message({ method }), zeroes(32)), QUERY)
    }
  })
})
