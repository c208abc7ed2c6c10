/**
 * Signing with SigV4A: what the public functions make of its options. What verifies is in `test/attacks`, published
 * answers are in `test/vectors`.
 */
import { describe, expect, it } from 'vitest'
import { SigningError } from './errors.ts'
import { createSigner, presignUrl, SigningKey, signRequest, type SignOptions } from './index.ts'
import { sigV4A } from './sigv4a.ts'
import { sigV4 } from './verify/index.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const MULTI_REGION = 'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/key'
const REGIONAL = 'https://my-bucket.s3.eu-west-1.amazonaws.com/key'
const date = new Date('2026-11-22T12:00:00Z')

const scopeOf = (stringToSign: string): string => stringToSign.split('\n')[2]!
const refused = (code: string): unknown => expect.objectContaining({ constructor: SigningError, code })

function regionSetOf(url: string, options: Partial<SignOptions> = {}): (string | null | undefined)[] {
  const settled: SignOptions = { credentials, algorithm: sigV4A, date, ...options }
  const { headers, signedHeaders } = signRequest({ method: 'GET', url }, settled)
  const presigned = new URL(presignUrl({ method: 'GET', url }, settled).url)
  expect(signedHeaders).toContain('x-amz-region-set')
  return [new Map(headers).get('x-amz-region-set'), presigned.searchParams.get('X-Amz-Region-Set')]
}

describe('SigV4A region set (V4A-1, V4A-6)', () => {
  it.each([
    ['of a host for all regions', MULTI_REGION, undefined, '*'],
    ['of a host for all regions of CloudFront', 'https://d1.cloudfront-kvs.global.api.aws/', undefined, '*'],
    ['of a regional host', REGIONAL, undefined, 'eu-west-1'],
    ['as given', REGIONAL, '*', '*'],
    ['as a list', MULTI_REGION, ['us-east-1', 'eu-west-*'], 'us-east-1,eu-west-*'],
    ['as a list of one', MULTI_REGION, ['us-east-1'], 'us-east-1'],
    ['as a text with commas', REGIONAL, 'us-east-1, eu-west-1', 'us-east-1,eu-west-1'],
  ])('%s', (_, url, region, expected) => {
    expect(regionSetOf(url, { region })).toEqual([expected, expected])
  })

  it('is not guessed for a host that does not tell', () => {
    const options = { credentials, algorithm: sigV4A }
    for (const more of [{}, { service: 's3' }, { region: '*' }, { service: 's3', region: '' }]) {
      expect(() =>
        signRequest({ method: 'GET', url: 'https://example.com/' }, { ...options, ...more }),
      ).toThrow(refused('SCOPE_UNKNOWN'))
    }
  })

  it.each([[[]], [['us-east-1', '']], ['us/east'], ['us-east-1;eu-west-1']])('refuses %j', (region) => {
    expect(() => regionSetOf(REGIONAL, { region })).toThrow(refused('OPTION_INVALID'))
  })

  it('stands once in a request that is signed again, with the new one', () => {
    const options = { credentials, algorithm: sigV4A, date }
    const first = signRequest({ method: 'GET', url: REGIONAL }, options)
    const again = signRequest(first, { ...options, region: '*' })
    expect(again.headers.filter(([name]) => name === 'x-amz-region-set')).toEqual([['x-amz-region-set', '*']])
    const { headers } = signRequest(first, { credentials, date })
    expect(headers.map(([name]) => name)).not.toContain('x-amz-region-set')
    const url = presignUrl({ method: 'GET', url: REGIONAL }, options)
    const { searchParams } = new URL(
      presignUrl({ method: 'GET', url: url.url }, { ...options, region: '*' }).url,
    )
    expect(searchParams.getAll('X-Amz-Region-Set')).toEqual(['*'])
  })
})

describe('SigV4A scope and key', () => {
  it('has no region in its scope, wherever that stands', () => {
    const { scope, stringToSign, headers } = signRequest(
      { method: 'GET', url: REGIONAL },
      { credentials, algorithm: sigV4A, date },
    )
    expect(scope).toEqual({ date: '20261122', service: 's3' })
    expect(scopeOf(stringToSign)).toBe('20261122/s3/aws4_request')
    expect(new Map(headers).get('authorization')).toMatch(
      /^AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE\/20261122\/s3\/aws4_request, /,
    )
  })

  it('signs on any day and for any service with one pair, and never with that of another secret', () => {
    const sign = (secretAccessKey: string, service: string) =>
      signRequest(
        { method: 'GET', url: REGIONAL },
        { credentials: { accessKeyId: 'AKID', secretAccessKey }, service, algorithm: sigV4A },
      )
    for (const [secret, service] of [
      ['a', 's3'],
      ['b', 's3'],
      ['a', 'es'],
    ] as const) {
      const { stringToSign, signature } = sign(secret, service)
      const keyOf = (other: string) =>
        sigV4A.prepareKey(sigV4A.deriveKey(other, { date: '', service: '' }, 'AKID'))
      expect(keyOf(secret).hasSigned(stringToSign, signature)).toBe(true)
      expect(keyOf(`${secret}x`).hasSigned(stringToSign, signature)).toBe(false)
    }
  })

  it('takes no derived key, which it could not be bound by', () => {
    const signingKey = SigningKey.derive(credentials.secretAccessKey, {
      date,
      region: 'eu-west-1',
      service: 's3',
    })
    const options = { credentials: { accessKeyId: 'AKIDEXAMPLE', signingKey }, algorithm: sigV4A, date }
    expect(() => signRequest({ method: 'GET', url: REGIONAL }, options)).toThrow(
      refused('SECRET_KEY_MISSING'),
    )
    expect(() => presignUrl({ method: 'GET', url: REGIONAL }, options)).toThrow('bound to a scope')
  })

  it.each(['s3/x', 's 3', 'ü'])('refuses the service %j', (service) => {
    const options = { credentials, service, region: '*', algorithm: sigV4A }
    expect(() => signRequest({ method: 'GET', url: REGIONAL }, options)).toThrow(
      refused('CREDENTIAL_SCOPE_MALFORMED'),
    )
  })

  it('works in a signer', async () => {
    const signer = createSigner({ credentials: async () => credentials, algorithm: sigV4A, now: () => date })
    const { headers, scope } = await signer.sign({ method: 'PUT', url: MULTI_REGION, body: 'text' })
    expect([new Map(headers).get('x-amz-region-set'), scope.region]).toEqual(['*', undefined])
    const { url } = await signer.presign({ method: 'GET', url: MULTI_REGION })
    expect(url).toContain('X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&')
    expect(url).toContain('&X-Amz-Region-Set=%2A&')
  })

  it('shows no secret in what it signs, nor in an error', () => {
    const { secretAccessKey } = credentials
    const signed = signRequest({ method: 'GET', url: REGIONAL }, { credentials, algorithm: sigV4A })
    const scalar = Buffer.from(sigV4A.deriveKey(secretAccessKey, { date: '', service: '' }, 'AKIDEXAMPLE'))
    expect(JSON.stringify(signed)).not.toContain(secretAccessKey)
    expect(JSON.stringify(signed)).not.toContain(scalar.toString('hex'))
  })
})

describe('V4A-7 never SigV4 in its place', () => {
  it.each([
    ['a host for all regions', MULTI_REGION, {}],
    ['CloudFront KeyValueStore', 'https://d1.cloudfront-kvs.global.api.aws/', {}],
    ['a host for all regions, and a region for all requests', MULTI_REGION, { region: 'us-east-1' }],
    ['all regions', REGIONAL, { region: '*' }],
    ['a wildcard', REGIONAL, { region: 'us-*' }],
    ['a list', REGIONAL, { region: ['us-east-1', 'eu-west-1'] }],
    ['a list as text', REGIONAL, { region: 'us-east-1,eu-west-1' }],
    ['sigV4 by name', MULTI_REGION, { algorithm: sigV4 }],
  ])('%s', (_, url, options) => {
    for (const sign of [signRequest, presignUrl]) {
      expect(() => sign({ method: 'GET', url }, { credentials, ...options })).toThrow(
        refused('SIGV4A_REQUIRED'),
      )
      expect(() => sign({ method: 'GET', url }, { credentials, ...options })).toThrow('sigV4A')
    }
  })

  it('a list of one region is that region', () => {
    const one = signRequest({ method: 'GET', url: REGIONAL }, { credentials, region: ['eu-west-1'], date })
    const text = signRequest({ method: 'GET', url: REGIONAL }, { credentials, algorithm: sigV4, date })
    expect(one).toEqual(text)
    expect(one.scope.region).toBe('eu-west-1')
  })
})
