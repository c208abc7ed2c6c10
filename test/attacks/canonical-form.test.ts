/**
 * Attacks with a request that reads differently from how it was signed.
 */
import { describe, expect, it } from 'vitest'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  BAD_SIGNATURE,
  EVERYWHERE,
  HOST,
  MECHANISMS,
  presign,
  signInHeader,
  withHeaders,
  withoutHeader,
  withTarget,
  type Sign,
} from '../kit/messages.ts'

const ON_QUERY = 'AuthorizationQueryParametersError'

/** Signs one target and sends another. */
function sentAs(sign: Sign, service: string, signed: string, sent: string): ReturnType<Sign> {
  return withTarget(sign({ service, target: signed }), (target) => target.replace(signed, () => sent))
}

async function expectSame(sign: Sign, service: string, signed: string, sent: string): Promise<void> {
  await expectLetIn(sentAs(sign, service, signed, sent))
}

async function expectOther(sign: Sign, service: string, signed: string, sent: string): Promise<void> {
  const message = sentAs(sign, service, signed, sent)
  await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
}

describe.each([
  ['A20 client-sent prefix header', 'X-Forwarded-Prefix', '/team', '/team/secret/k', '/secret/k'],
  ['A20 client-sent prefix header', 'X-Script-Name', '/team', '/team/secret/k', '/secret/k'],
  ['A22 client-sent path header', 'proxy_path', '/allowed/key', '/allowed/key', '/secret/k'],
  ['A22 client-sent path header', 'X-Original-URL', '/allowed/key', '/allowed/key', '/secret/k'],
  ['A22 client-sent path header', 'X-Rewrite-URL', '/allowed/key', '/allowed/key', '/secret/k'],
  ['A22 client-sent path header', 'X-Forwarded-Path', '/allowed/key', '/allowed/key', '/secret/k'],
  ['A22 client-sent path header', 'X-HTTP-Method-Override', 'PUT', '/allowed/key', '/secret/k'],
])('%s: %s', (_, name, value, signed, sent) => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const message = withHeaders(sentAs(sign, service, signed, sent), [name, value])
    await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    await expectLetIn(withHeaders(sign({ service, target: signed }), [name, sent]))
  })
})

describe('A21 client-sent host header', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const moved = withHeaders(withoutHeader(sign({ service }), 'host'), ['host', 'tenant-b.example.com'])
    for (const name of ['X-Forwarded-Host', 'Forwarded', 'X-Host', 'X-Original-Host', 'X-Forwarded-Server']) {
      const value = name === 'Forwarded' ? `host=${HOST}` : HOST
      const message = { ...withHeaders(moved, [name, value]), remoteAddress: '127.0.0.1' }
      await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })
})

describe('A23 path fallbacks', () => {
  describe.each(MECHANISMS)('$mechanism', ({ sign }) => {
    it.each([
      ['/b//k', '/b/k'],
      ['//b/k', '/b/k'],
      ['/b/k/', '/b/k'],
      ['/b/./k', '/b/k'],
      ['/b/x/../y', '/b/y'],
      ['/b/%2E%2E/y', '/y'],
      ['/b/a%20b', '/b/a+b'],
      ['/b/a%2Bb', '/b/a%20b'],
      ['/b/a%2520b', '/b/a%20b'],
      ['/b/%E4', '/b/%C3%A4'],
      ['/b/%E4', '/b/%EF%BF%BD'],
      ['/b/K', '/b/k'],
      ['/b/%00', '/b/'],
      ['/b/%5C', '/b/%2F'],
    ])('S3: %s is not %s', async (one, other) => {
      await expectLetIn(sign({ target: one }))
      await expectOther(sign, 's3', one, other)
      await expectOther(sign, 's3', other, one)
    })

    it.each([
      ['/b/a%2Fb', '/b/a/b'],
      ['/b/a%7Eb', '/b/a~b'],
      ['/b/%2E%2E/y', '/b/../y'],
      ['/b/%c3%a9', '/b/%C3%A9'],
      ['/b/%41', '/b/A'],
      ['/b/a%2Bb', '/b/a+b'],
      ['/b/a=b', '/b/a%3Db'],
      ['/b/\u00e4', '/b/%E4'],
    ])('S3: %s is %s', async (one, other) => {
      await expectSame(sign, 's3', one, other)
      await expectSame(sign, 's3', other, one)
    })

    it.each([
      ['/b/a%2Fb', '/b/a/b'],
      ['/b/a%20b', '/b/a+b'],
      ['/b/%2E%2E/y', '/y'],
      ['/b/%2E%2E/y', '/b/../y'],
      ['/b/%E4', '/b/\u00e4'],
      ['/b/%c3%a9', '/b/%C3%A9'],
      ['/b/%41', '/b/A'],
      ['/b/k/', '/b/k'],
      ['/b/a%20b', '/b/a%2520b'],
    ])('others: %s is not %s', async (one, other) => {
      await expectLetIn(sign({ service: 'execute-api', target: one }))
      await expectOther(sign, 'execute-api', one, other)
      await expectOther(sign, 'execute-api', other, one)
    })

    it.each([
      ['/b//k', '/b/k'],
      ['//b/k', '/b/k'],
      ['/b/./k', '/b/k'],
      ['/b/x/../y', '/b/y'],
      ['/../b', '/b'],
    ])('others: %s is %s', async (one, other) => {
      await expectSame(sign, 'execute-api', one, other)
      await expectSame(sign, 'execute-api', other, one)
    })

    it('the covered path is the raw one', async () => {
      const { covered } = await expectLetIn(sign({ target: '/b//x/../y%2Fz' }))
      expect(covered.path).toBe('/b//x/../y%2Fz')
    })
  })

  it('a target without a slash, or with what cannot stand in it', async () => {
    for (const target of ['b/k', '*', '', 'b.example.com:443', '/b /k', '/b\nk', '/b\u0000', '/b\u0101']) {
      await expectRefused({ ...signInHeader(), target }, 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  })

  // Routers and proxies cut it off: `/b/k#x` would be served as `/b/k`, and `?a=1#x` read as `a=1`.
  it.each(EVERYWHERE)('a fragment is no escaped one: $mechanism, $service', async ({ sign, service }) => {
    for (const signed of ['/b/k%23x', '/b/k?a=1%23x', '/b/k?a%23=1']) {
      await expectLetIn(sign({ service, target: signed }))
      const message = sentAs(sign, service, signed, signed.replace('%23', '#'))
      await expectRefused(message, 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  })
})

describe('A24 query traps', () => {
  const encodings = [
    ['a=1&a=2', 'a=2&a=1'],
    ['b=1&a=2', 'a=2&b=1'],
    ['a', 'a='],
    ['a=%2b', 'a=%2B'],
    ['a=%41', 'a=A'],
    ['a=1&&b=2', 'a=1&b=2'],
    ['a=b=c', 'a=b%3Dc'],
    ['a=/', 'a=%2F'],
  ] as const
  const others = [
    ['a=1&a=2', 'a=1'],
    ['a=1', 'a=1&a=1'],
    ['a=1;b=2', 'a=1&b=2'],
    ['a=1', 'A=1'],
    ['a=1', 'a=1&b'],
    ['a=%2520', 'a=%20'],
    ['a=%E4', 'a=%C3%A4'],
    ['a=', '=a'],
  ] as const

  describe.each(EVERYWHERE)('$mechanism, $service', ({ sign, service }) => {
    it.each(encodings)('%s is %s', async (one, other) => {
      await expectSame(sign, service, `/b?${one}`, `/b?${other}`)
      await expectSame(sign, service, `/b?${other}`, `/b?${one}`)
    })

    it.each(others)('%s is not %s', async (one, other) => {
      await expectLetIn(sign({ service, target: `/b?${one}` }))
      await expectOther(sign, service, `/b?${one}`, `/b?${other}`)
    })

    it('a + is a blank for S3, and a plus elsewhere', async () => {
      const [same, other] = service === 's3' ? ['%20', '%2B'] : ['%2B', '%20']
      await expectSame(sign, service, `/b?a=x${same}y`, '/b?a=x+y')
      await expectSame(sign, service, '/b?a=x+y', `/b?a=x${same}y`)
      await expectOther(sign, service, `/b?a=x${other}y`, '/b?a=x+y')
    })

    it('the covered query is read in the same way', async () => {
      const { covered } = await expectLetIn(sign({ service, target: '/b?a=x+y&a=%2B&;=&c' }))
      const plus = service === 's3' ? ' ' : '+'
      expect(covered.query).toEqual([
        ['a', `x${plus}y`],
        ['a', '+'],
        [';', ''],
        ['c', ''],
      ])
    })
  })

  describe.each(['s3', 'execute-api'])('reserved names, %s', (service) => {
    const names = [
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-SignedHeaders',
      'X-Amz-Signature',
    ]

    it.each(names)('%s twice', async (name) => {
      const url = presign({ service })
      const pair = new RegExp(`${name}=[^&]*`).exec(url.target)![0]
      for (const second of [pair, `${name}=${BAD_SIGNATURE}`, name, pair.replace('X-Amz', 'X%2DAmz')]) {
        const doubled = withTarget(url, (target) => `${target}&${second}`)
        await expectRefused(doubled, 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
        const before = withTarget(url, (target) => target.replace('?', () => `?${second}&`))
        await expectRefused(before, 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
      }
    })

    it.each([...names, 'X-Amz-Security-Token', 'X-Amz-Content-Sha256'])(
      '%s in another case',
      async (name) => {
        const url = presign({
          service,
          sessionToken: 'x',
          target: '/b?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD',
        })
        for (const other of [name.toLowerCase(), name.toUpperCase(), name.replace('Amz', 'amz')]) {
          const changed = withTarget(url, (target) => target.replace(name, other))
          await expectRefused(changed, 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
          const added = presign({ service, target: `/b?${other}=x` })
          await expectRefused(added, 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
        }
      },
    )

    it('also beside a signature in the header', async () => {
      const message = signInHeader({ service, target: '/b?x-amz-signature=x' })
      await expectRefused(message, 'QUERY_PARAMETER_MALFORMED', ON_QUERY)
    })

    it('an escaped name is the same name', async () => {
      const url = presign({ service })
      await expectLetIn(withTarget(url, (target) => target.replace('X-Amz-Expires', '%58%2dAmz-Expires')))
    })
  })

  it('x-amz-meta-* in the query of a presigned PUT is covered', async () => {
    const { covered } = await expectLetIn(presign({ method: 'PUT', target: '/b/k?x-amz-meta-foo=bar' }))
    expect(covered.query).toEqual([['x-amz-meta-foo', 'bar']])
  })
})

describe('A36 client-dependent canonicalisation', () => {
  const agents = [
    'aws-sdk-java/1.6.4 Linux',
    'aws-sdk-cpp/0.10',
    'Boto/2.0',
    'MinIO (linux; amd64) minio-go/v1',
    'APN/1.0 Cyberduck',
    '',
  ]

  it.each(agents)('User-Agent: %s', async (agent) => {
    for (const { sign, service } of EVERYWHERE) {
      await expectLetIn(withHeaders(sign({ service, target: '/b/a*b?c=d*e' }), ['User-Agent', agent]))
      const verdicts = sentAs(sign, service, '/b/a%2Ab?c=%2A', '/b/a%2Bb?c=%2A')
      const message = withHeaders(verdicts, ['User-Agent', agent])
      await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })

  it('no header is made up', async () => {
    for (const { sign } of MECHANISMS) {
      const expecting = sign({ headers: [['expect', '100-continue']] })
      await expectLetIn(expecting)
      const without = withoutHeader(expecting, 'expect')
      await expectRefused(without, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
      const length = sign({ headers: [['content-length', '0']] })
      const stripped = withoutHeader(length, 'content-length')
      await expectRefused(stripped, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
    }
  })

  it('names are sorted by bytes', async () => {
    const headers = ['x-a_b', 'x-a1', 'x-a-b', 'x-a', 'x-A~'].map((name) => [name, '1'] as const)
    for (const { sign } of MECHANISMS) {
      const verified = await expectLetIn(sign({ headers }))
      const names = verified.signedHeaders.filter(
        (name) => name.startsWith('x-a') && !name.startsWith('x-amz'),
      )
      expect(names).toEqual(['x-a', 'x-a-b', 'x-a1', 'x-a_b', 'x-a~'])
      const locale = ['host', 'x-a_b', 'x-a-b', 'x-a', 'x-a1', 'x-a~'].join(';')
      await expectRefused(presign({ headers, signedHeaders: locale }), 'SIGNED_HEADERS_MALFORMED', ON_QUERY)
    }
  })

  it('the method is taken as it is', async () => {
    const message = signInHeader({ method: 'GET' })
    for (const method of ['get', 'HEAD', 'PUT']) {
      const changed = { ...message, method }
      await expectRefused(changed, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
    await expectLetIn(signInHeader({ method: 'get' }))
  })
})
