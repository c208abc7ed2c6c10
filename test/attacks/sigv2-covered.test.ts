/** Attacks on what version 2 covers: headers, host, and what stands twice or in two places. */
import { describe, expect, it } from 'vitest'
import { createS3V2 } from '../../packages/countersign/src/sigv2.ts'
import { s3Xml } from '../../packages/countersign/src/verify/index.ts'
import {
  ALL,
  epochAt,
  expectMismatch,
  FORMS,
  httpDateAt,
  PLACES,
  QUERY,
  S3,
  signS3V2InHeader,
  signS3V2InUrl,
  signSigV2Message,
} from '../kit/messages-v2.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  HOST,
  presign,
  refusalOf,
  signInHeader,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
} from '../kit/messages.ts'

describe('A4, A5 unsigned headers', () => {
  it.each(['x-amz-copy-source', 'x-amz-acl', 'x-amz-meta-a', 'X-Amz-Tagging'])('%s, added', async (name) => {
    for (const { sign } of PLACES) await expectMismatch(withHeaders(sign({ method: 'PUT' }), [name, 'x']))
    for (const { method } of FORMS) {
      const added = withHeaders(signSigV2Message({ method }), [name, 'x'])
      await expectRefused(added, 'HEADERS_NOT_SIGNED', 'AccessDenied', QUERY)
    }
  })

  it('content-type and content-md5, added or changed', async () => {
    for (const { sign } of PLACES) {
      const headers: HeaderField[] = [
        ['content-md5', '1B2M2Y8AsgTpgAmY7PhCfg=='],
        ['content-type', 'text/plain'],
      ]
      const { covered } = await expectLetIn(sign({ headers }), S3)
      expect(covered.headers).toEqual(expect.arrayContaining(headers))
      expect(covered.headers.map(([name]) => name)).not.toContain('host')
      for (const [name] of headers) {
        await expectMismatch(withHeaders(sign(), [name, 'x']))
        await expectMismatch(withHeaders(sign({ headers }), [name, 'x']))
        await expectMismatch(withoutHeader(sign({ headers }), name))
      }
    }
  })

  it('in the query of a presigned URL, they are headers too', async () => {
    const headers: HeaderField[] = [['x-amz-acl', 'private']]
    const moved = withoutHeader(
      withTarget(signS3V2InUrl({ method: 'PUT', headers }), (target) => `${target}&x-amz-acl=private`),
      'x-amz-acl',
    )
    const { covered } = await expectLetIn(moved, S3)
    expect(covered.query).toEqual([['x-amz-acl', 'private']])
    await expectMismatch(withTarget(moved, (target) => target.replace('private', 'public-read')))
    await expectLetIn(withHeaders(moved, ['x-amz-acl', 'private']), S3)
    const malformed = ['QUERY_PARAMETER_MALFORMED', 'AccessDenied', S3] as const
    await expectRefused(withHeaders(moved, ['x-amz-acl', 'public-read']), ...malformed)
    await expectRefused(
      withTarget(moved, (target) => `${target}&x-amz-acl=private`),
      ...malformed,
    )
    await expectRefused(
      withTarget(moved, (target) => `${target}&X-Amz-Acl=private`),
      ...malformed,
    )
    await expectMismatch(withTarget(signS3V2InUrl(), (target) => `${target}&x-amz-acl=private`))
    const inHeader = withTarget(signS3V2InHeader(), (target) => `${target}?x-amz-acl=private`)
    expect((await expectLetIn(inHeader, S3)).covered.query).toEqual([])
  })

  it('a line end makes no second header of one', async () => {
    const headers: HeaderField[] = [
      ['x-amz-acl', 'private'],
      ['x-amz-meta-a', '1'],
    ]
    const { target } = signS3V2InUrl({ headers })
    const moved = {
      method: 'GET',
      target: `${target}&x-amz-acl=private%0Ax-amz-meta-a:1`,
      headers: [['host', HOST] as const],
    }
    await expectRefused(moved, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', S3)
  })
})

describe('A12 host', () => {
  it('of a query API is signed', async () => {
    for (const { method } of FORMS) {
      const message = signSigV2Message({ method })
      const other = withHeaders(withoutHeader(message, 'host'), ['host', 'tenant-b.example.com'])
      await expectMismatch(other, QUERY)
      await expectLetIn(withHeaders(withoutHeader(message, 'host'), ['Host', HOST.toUpperCase()]), QUERY)
    }
  })

  it('with a bucket in it is signed as that bucket', async () => {
    const bucketOf = (host: string): string | undefined => /^([^.]+)\.store\.example$/.exec(host)?.[1]
    const options = { algorithms: [createS3V2({ bucketOf })] }
    for (const { sign } of PLACES) {
      const message = sign({ target: '/k', resource: '/b/k', host: 'b.store.example:8080' })
      await expectLetIn(message, options)
      const other = withHeaders(withoutHeader(message, 'host'), ['host', 'c.store.example'])
      await expectMismatch(other, options)
      const none = withHeaders(withoutHeader(message, 'host'), ['host', 'store.example'])
      await expectMismatch(none, options)
    }
  })

  it('of AWS tells its bucket by default', async () => {
    const host = 'my.bucket.s3.eu-west-1.amazonaws.com'
    await expectLetIn(signS3V2InHeader({ target: '/k', resource: '/my.bucket/k', host }), S3)
    const other = withHeaders(
      withoutHeader(signS3V2InHeader({ target: '/k', resource: '/my.bucket/k', host }), 'host'),
      ['host', `other.${host}`],
    )
    await expectMismatch(other)
  })
})

describe('A15, A24 what stands twice, or in another spelling', () => {
  it.each(['AWSAccessKeyId', 'Expires', 'Signature', 'signature', 'awsaccesskeyid', 'EXPIRES'])(
    '%s',
    async (name) => {
      const doubled = withTarget(signS3V2InUrl(), (target) => `${target}&${name}=1`)
      await expectRefused(doubled, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', S3)
    },
  )

  it.each([
    'AWSAccessKeyId',
    'Signature',
    'SignatureMethod',
    'signatureversion',
    'timestamp',
    'Action',
    'securitytoken',
  ])('%s of a query API', async (name) => {
    const doubled = withTarget(signSigV2Message(), (target) => `${target}&${name}=1`)
    await expectRefused(doubled, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', QUERY)
    const message = signSigV2Message({ method: 'POST' })
    const form = { ...message, body: Buffer.concat([message.body!, Buffer.from(`&${name}=1`)]) }
    await expectRefused(form, 'QUERY_PARAMETER_MALFORMED', 'AccessDenied', QUERY)
  })

  it.each(['AWSAccessKeyId', 'Signature'])('without %s there is no signature', async (name) => {
    const without = withTarget(signS3V2InUrl(), (target) =>
      target.replace(new RegExp(`[?&]${name}=[^&]*`), '?'),
    )
    await expectRefused(without, 'SIGNATURE_MISSING', 'AccessDenied', S3)
  })

  it('without Expires the answer names what is needed', async () => {
    const without = withTarget(signS3V2InUrl(), (target) => target.replace(/&Expires=\d+/, ''))
    const error = await expectRefused(without, 'QUERY_PARAMETER_MISSING', 'AccessDenied', S3)
    expect(s3Xml(error).body).toContain(
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    )
  })

  it('two Date, two Authorization', async () => {
    for (const name of ['date', 'authorization', 'x-amz-date']) {
      const headers: HeaderField[] = name === 'x-amz-date' ? [[name, httpDateAt()]] : []
      const doubled = withHeaders(signS3V2InHeader({ headers }), [name, httpDateAt()])
      await expectRefused(doubled, 'REQUEST_MALFORMED', 'InvalidRequest', S3)
    }
  })
})

describe('A16 two mechanisms, with version 2 served', () => {
  const several = ['MECHANISMS_SEVERAL', 'InvalidArgument', ALL] as const

  it('version 2 in the URL and version 4 in either place', async () => {
    const query = signS3V2InUrl().target.split('?')[1]!
    await expectRefused(
      withTarget(presign(), (target) => `${target}&${query}`),
      ...several,
    )
    await expectRefused(signInHeader({ target: `/bucket/key?${query}` }), ...several)
    const sigV2Query = signSigV2Message().target.split('?')[1]!
    await expectRefused(
      withTarget(presign(), (target) => `${target}&${sigV2Query}`),
      ...several,
    )
    await expectRefused(signInHeader({ target: `/?${sigV2Query}` }), ...several)
  })

  it('version 2 in both places', async () => {
    const authorization = signS3V2InHeader().headers.find(([name]) => name === 'authorization')!
    await expectRefused(withHeaders(signS3V2InUrl(), authorization), ...several)
    await expectRefused(withHeaders(signSigV2Message(), authorization), ...several)
  })

  it.each([
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Signature=0',
    'X-Amz-Credential=x',
    'X-Amz-Security-Token=t',
  ])('version 2 with %s', async (pair) => {
    for (const { sign } of PLACES) {
      const added = withTarget(sign(), (target) => `${target}${target.includes('?') ? '&' : '?'}${pair}`)
      await expectRefused(added, ...several)
    }
    await expectRefused(
      withTarget(signSigV2Message(), (target) => `${target}&${pair}`),
      ...several,
    )
  })

  it('a form is read only where nothing else is', async () => {
    const form = signSigV2Message({ method: 'POST' })
    const authorization = signS3V2InHeader().headers.find(([name]) => name === 'authorization')!
    await expectRefused(withHeaders(form, authorization), 'DATE_INVALID', 'AccessDenied', ALL)
    await expectRefused(
      withTarget(form, () => '/?a=1'),
      'SIGNATURE_MISSING',
      'AccessDenied',
      ALL,
    )
    const put = { ...form, method: 'PUT' }
    await expectRefused(put, 'SIGNATURE_MISSING', 'AccessDenied', ALL)
    const other = withHeaders(withoutHeader(form, 'content-type'), ['content-type', 'text/plain'])
    await expectRefused(other, 'SIGNATURE_MISSING', 'AccessDenied', ALL)
  })

  it('a foreign Authorization beside a URL', async () => {
    const message = withHeaders(signS3V2InUrl(), ['authorization', 'Bearer x'])
    await expectRefused(message, ...several)
    await expectLetIn(message, { ...S3, ignoreForeignAuthorization: true })
  })

  it('a signature of one version is none of another', async () => {
    const query = signSigV2Message({ hash: 'sha1' })
    const asS3 = withTarget(query, (target) =>
      target.replace('SignatureVersion=2&', '').concat(`&Expires=${epochAt(60)}`),
    )
    await expectMismatch(asS3, ALL)
    const asQuery = withTarget(
      signS3V2InUrl(),
      (target) => `${target}&SignatureVersion=2&SignatureMethod=HmacSHA1`,
    )
    expect((await refusalOf(asQuery, ALL)).code).toBe('DATE_INVALID')
  })
})
