/**
 * A verifier's options, the view of what is covered, and the forms that a message may come in.
 */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  dateAt,
  EVERYWHERE,
  expectLetIn,
  expectRefused,
  HOST,
  MECHANISMS,
  NOW,
  presign,
  SECRET,
  signInHeader,
  TOKEN,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import type { UnsignedPayload } from './checks/check.ts'
import { createVerifier, type VerifierOptions } from './verifier.ts'

const ON_HEADER = 'AuthorizationHeaderMalformed'
const ON_QUERY = 'AuthorizationQueryParametersError'

describe('what a verifier serves', () => {
  it.each([
    ['no service', { service: undefined }],
    ['an empty service', { service: '' }],
    ['no services', { service: [] }],
    ['empty services', { service: ['', ''] }],
    ['no region', { region: undefined }],
    ['an empty region', { region: '' }],
    ['no regions', { region: [] }],
    ['a region that is no text', { region: 7 }],
    ['a body that nothing is longer than', { maxBytes: NaN }],
    ['a negative body', { maxBytes: -1 }],
    ['a buffer in words', { maxBufferedBody: '1 MiB' }],
    ['a clock that nothing is off', { maxClockSkew: NaN }],
    ['a limit that is missing', { limits: { headerBytes: undefined } }],
    ['a limit that is text', { limits: { queryPairs: 'ten' } }],
    ['chunks of any size', { streaming: { maxChunk: NaN } }],
  ])('%s: OPTION_INVALID', (_, wrong) => {
    const options = { service: 's3', region: 'us-east-1', secrets: () => undefined, ...wrong }
    expect(() => createVerifier(options as unknown as VerifierOptions)).toThrow(
      expect.objectContaining({ name: 'SigningError', code: 'OPTION_INVALID' }),
    )
  })

  it.each(MECHANISMS)('regions: $mechanism', async ({ mechanism, sign }) => {
    const awsCode = mechanism === 'query' ? ON_QUERY : ON_HEADER
    const message = sign({ region: 'eu-west-1' })
    for (const region of ['*', 'eu-west-1', ['us-east-1', 'eu-west-1'], ['us-east-1', '*']]) {
      await expectLetIn(message, { region })
    }
    for (const region of ['us-east-1', ['us-east-1'], 'eu-west-*', 'eu-west-10']) {
      await expectRefused(message, 'SCOPE_REGION_WRONG', awsCode, { region })
    }
    const error = await expectRefused(message, 'SCOPE_REGION_WRONG', awsCode, { region: ['a', 'b'] })
    expect(error.facts).toMatchObject({ given: 'eu-west-1', expected: 'a, b' })
  })

  it.each(MECHANISMS)('services: $mechanism', async ({ mechanism, sign }) => {
    const awsCode = mechanism === 'query' ? ON_QUERY : ON_HEADER
    for (const service of ['execute-api', ['s3', 'execute-api']]) {
      await expectLetIn(sign({ service: 'execute-api' }), { service })
    }
    for (const service of ['s3', ['s3', 'sqs'], '*', 'execute']) {
      await expectRefused(sign({ service: 'execute-api' }), 'SCOPE_SERVICE_WRONG', awsCode, { service })
    }
  })

  it('lists of options are copied', async () => {
    const service = ['s3']
    const region = ['us-east-1']
    const allowUnsignedHeaders: string[] = []
    const secrets = () => ({ secretAccessKey: SECRET })
    const verifier = createVerifier({ service, region, allowUnsignedHeaders, secrets, now: () => NOW })
    service.push('sqs')
    region.push('*')
    allowUnsignedHeaders.push('x-amz-acl')
    await expect(verifier.verify(presign({ service: 'sqs' }))).rejects.toMatchObject({
      code: 'SCOPE_SERVICE_WRONG',
    })
    await expect(verifier.verify(presign({ region: 'x' }))).rejects.toMatchObject({
      code: 'SCOPE_REGION_WRONG',
    })
    const unsigned = withHeaders(presign(), ['x-amz-acl', 'x'])
    await expect(verifier.verify(unsigned)).rejects.toMatchObject({ code: 'HEADERS_NOT_SIGNED' })
  })

  it('an algorithm that is not served', async () => {
    const url = withTarget(presign(), (target) => target.replace('HMAC-SHA256', 'ECDSA-P256-SHA256'))
    await expectRefused(url, 'ALGORITHM_UNSUPPORTED', ON_QUERY)
    await expectRefused(presign(), 'ALGORITHM_UNSUPPORTED', ON_QUERY, { algorithms: [] })
  })

  it('the message is left as it was', async () => {
    for (const { sign, service } of EVERYWHERE) {
      const message = sign({
        service,
        method: 'PUT',
        body: 'x',
        headers: [
          ['X-B', ' b '],
          ['x-a', 'a'],
        ],
      })
      const copy = structuredClone(message)
      Object.freeze(message.headers)
      await expectLetIn(Object.freeze(message))
      expect(message).toEqual(copy)
    }
  })
})

describe('maxClockSkew', () => {
  it.each(['s3', 'execute-api'])('%s', async (service) => {
    const at = (seconds: number): SentMessage => signInHeader({ service, amzDate: dateAt(seconds) })
    for (const maxClockSkew of [0, 10, 7200]) {
      const options = { maxClockSkew }
      await expectLetIn(at(maxClockSkew), options)
      await expectLetIn(at(-maxClockSkew), options)
      for (const seconds of [maxClockSkew + 1, -maxClockSkew - 1]) {
        await expectRefused(at(seconds), 'CLOCK_SKEWED', 'RequestTimeTooSkewed', options)
      }
      const early = presign({ service, amzDate: dateAt(maxClockSkew + 1) })
      await expectRefused(early, 'NOT_YET_VALID', 'AccessDenied', options)
      await expectLetIn(presign({ service, amzDate: dateAt(-3000) }), options)
    }
  })

  it('the clock is asked once for each request', async () => {
    let asked = 0
    const now = (): Date => {
      asked += 1
      return NOW
    }
    await expectLetIn(presign(), { now })
    expect(asked).toBe(1)
  })

  it('is the real one where none is given', async () => {
    const real = new Date(Math.floor(Date.now() / 1000) * 1000)
    const amzDate = real.toISOString().replace(/\.\d+|\W/g, '')
    await expectLetIn(signInHeader({ amzDate }), { now: undefined })
  })
})

describe('unsignedPayload', () => {
  const unsigned: HeaderField[] = [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']]
  const rows: [UnsignedPayload | undefined, 'http' | 'https' | undefined, s3: boolean, others: boolean][] = [
    [undefined, undefined, true, false],
    [undefined, 'http', true, false],
    [undefined, 'https', true, false],
    ['allowed', undefined, true, true],
    ['allowed', 'http', true, true],
    ['allowed', 'https', true, true],
    ['https-only', undefined, false, false],
    ['https-only', 'http', false, false],
    ['https-only', 'https', true, true],
    ['refused', undefined, false, false],
    ['refused', 'http', false, false],
    ['refused', 'https', false, false],
  ]

  describe.each(rows)('%s over %s', (unsignedPayload, protocol, s3, others) => {
    it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
      const draft = { service, method: 'PUT', headers: unsigned, payloadHash: 'UNSIGNED-PAYLOAD' }
      const message = { ...sign(draft), body: bytesOf('x'), protocol }
      if (service === 's3' ? s3 : others) {
        expect((await expectLetIn(message, { unsignedPayload })).warnings).toEqual(['PAYLOAD_UNSIGNED'])
      } else {
        await expectRefused(message, 'PAYLOAD_UNSIGNED', 'InvalidRequest', { unsignedPayload })
      }
    })
  })

  it('a hashed body is always taken', async () => {
    const message = { ...signInHeader({ method: 'PUT', body: 'x' }), protocol: 'http' as const }
    for (const unsignedPayload of ['allowed', 'https-only', 'refused'] as const) {
      await expectLetIn(message, { unsignedPayload })
    }
  })
})

describe('the covered view', () => {
  const headers: HeaderField[] = [
    ['X-Amz-Meta-A', ' 1  2 '],
    ['Content-Type', 'text/plain'],
    ['X-Amz-Meta-A', '3'],
  ]

  it('has the signed headers alone, raw, in the order of the wire', async () => {
    const message = presign({ headers, signedHeaders: 'host;x-amz-meta-a' })
    const { covered } = await expectLetIn(withHeaders(message, ['x-forwarded-for', '10.0.0.1']))
    expect(covered.headers).toEqual([
      ['host', HOST],
      ['x-amz-meta-a', ' 1  2 '],
      ['x-amz-meta-a', '3'],
    ])
  })

  it.each(MECHANISMS)('has no signature and no parameter of one: $mechanism', async ({ sign }) => {
    const secrets = () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' })
    const message = sign({ target: '/b/k%2Fx?b=%2B%20&a=1&a&%C3%A9=%E4&=v', sessionToken: TOKEN })
    const { covered } = await expectLetIn(message, { secrets })
    expect(covered).toMatchObject({ method: 'GET', path: '/b/k%2Fx' })
    expect(covered.query).toEqual([
      ['b', '+ '],
      ['a', '1'],
      ['a', ''],
      ['\u00e9', '%E4'],
      ['', 'v'],
    ])
    expect(covered.headers.map(([name]) => name)).not.toContain('authorization')
  })

  it('says who signed what', async () => {
    const verified = await expectLetIn(presign({ headers: [['x-a', 'b']] }))
    expect(verified).toMatchObject({
      accessKeyId: 'AKIDEXAMPLE',
      mechanism: 'query',
      algorithm: 'AWS4-HMAC-SHA256',
      scope: { date: '20261122', region: 'us-east-1', service: 's3' },
      signedHeaders: ['host', 'x-a'],
    })
    expect(verified.covered).toBe(verified.covered)
  })
})

describe('HTTP/2', () => {
  const pseudo: HeaderField[] = [
    [':method', 'GET'],
    [':path', '/bucket/key'],
    [':scheme', 'https'],
    [':authority', HOST],
  ]
  const asHttp2 = (message: SentMessage): SentMessage => ({
    ...message,
    headers: [...pseudo, ...withoutHeader(message, 'host').headers],
  })

  it.each(EVERYWHERE)(':authority stands in for host: $mechanism, $service', async ({ sign, service }) => {
    const verified = await expectLetIn(asHttp2(sign({ service })))
    expect(verified.covered.headers).toContainEqual(['host', HOST])
    expect(verified.covered.headers.some(([name]) => name.startsWith(':'))).toBe(false)
  })

  it.each(MECHANISMS)('both, when they agree: $mechanism', async ({ sign }) => {
    const both = (authority: string): SentMessage => withHeaders(sign(), [':authority', authority])
    await expectLetIn(both(HOST))
    await expectLetIn(both(HOST.toUpperCase()))
    for (const authority of ['tenant-b.example.com', '', `${HOST}:443`]) {
      await expectRefused(both(authority), 'REQUEST_MALFORMED', 'InvalidRequest')
    }
    const twice = withHeaders(both(HOST), [':authority', HOST])
    await expectRefused(twice, 'REQUEST_MALFORMED', 'InvalidRequest')
  })

  it('an :authority of another tenant', async () => {
    const message = asHttp2(signInHeader())
    const moved = withHeaders(withoutHeader(message, ':authority'), [':authority', 'tenant-b.example.com'])
    await expectRefused(moved, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('a target in absolute form', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    for (const origin of [`http://${HOST}`, `https://${HOST}`, `HTTP://${HOST.toUpperCase()}`]) {
      const message = withTarget(sign({ service, target: '/b/k?a=1' }), (target) => origin + target)
      expect((await expectLetIn(message)).covered.path).toBe('/b/k')
    }
  })

  it('without a path it is that of the root', async () => {
    const message = { ...signInHeader({ target: '/' }), target: `http://${HOST}` }
    expect((await expectLetIn(message)).covered.path).toBe('/')
    await expectLetIn({ ...signInHeader({ target: '/?a=1' }), target: `http://${HOST}?a=1` })
  })

  it.each([
    'http://tenant-b.example.com/bucket/key',
    `http://${HOST}:80/bucket/key`,
    `http://user@${HOST}/bucket/key`,
    `http://${HOST}@tenant-b.example.com/bucket/key`,
    `ftp://${HOST}/bucket/key`,
    `http:/${HOST}/bucket/key`,
    'http:///bucket/key',
    `${HOST}/bucket/key`,
    `http://${HOST}#/bucket/key`,
  ])('%s is refused', async (target) => {
    await expectRefused({ ...signInHeader(), target }, 'REQUEST_MALFORMED', 'InvalidRequest')
    const bare = { ...withoutHeader(signInHeader(), 'host'), target: `http://${HOST}/bucket/key` }
    await expectRefused(bare, 'REQUEST_MALFORMED', 'InvalidRequest')
  })
})

describe('characters that are no bytes', () => {
  // The Kelvin sign is a k in lower case.
  it.each(['x-amz-to\u212aen', 'x-\u0131', 'x-\ud800'])('a name %j', async (name) => {
    for (const { sign } of MECHANISMS) {
      await expectRefused(withHeaders(sign(), [name, 'v']), 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  })

  it.each(['\u0100', '\ud83d\ude00', '\ud800'])('a value or target with %j', async (character) => {
    for (const { sign } of MECHANISMS) {
      await expectRefused(withHeaders(sign(), ['x-a', character]), 'REQUEST_MALFORMED', 'InvalidRequest')
      const message = withTarget(sign(), (target) => target + character)
      await expectRefused(message, 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  })
})

it.each([undefined, 7, ['/'], Object.create(null), Symbol('/')])(
  'a method or target that is no text is refused',
  async (odd) => {
    for (const part of ['method', 'target']) {
      const message = { ...signInHeader(), [part]: odd as unknown }
      await expectRefused(message, 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  },
)
