import { describe, expect, it } from 'vitest'
import { SigningKey } from '../keys/signing-key.ts'
import { AWS4Auth, AWS4SigningKey, NoSecretKeyError, PassiveAWS4Auth, StrictAWS4Auth } from './index.ts'

const URL = 'https://example.amazonaws.com/path?b=2&a=1'
const NOON = new Date('2015-08-30T12:36:00Z')
const now = (): Date => NOON

const auth = (options: object = {}): AWS4Auth =>
  new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'service', { now, ...options })
const value = (signed: { headers: [string, string][] }, name: string): string | undefined =>
  signed.headers.find(([header]) => header === name)?.[1]

describe('AWS4Auth', () => {
  it('signs in the Authorization header', () => {
    const signed = auth().sign({ method: 'get', url: URL })
    expect(signed.method).toBe('GET')
    expect(value(signed, 'x-amz-date')).toBe('20150830T123600Z')
    expect(value(signed, 'authorization')).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signed.signature}`,
    )
  })

  it('signs the same from a secret, a key with and without its secret, and credentials', async () => {
    const request = { method: 'GET', url: URL }
    const expected = auth().sign(request)
    const stored = new AWS4SigningKey('secret', 'us-east-1', 'service', NOON)
    const bare = new AWS4SigningKey('secret', 'us-east-1', 'service', NOON, false)
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    const rest = { region: 'us-east-1', service: 'service', now }
    const others = [
      new AWS4Auth('AKIDEXAMPLE', stored, { now }),
      new AWS4Auth('AKIDEXAMPLE', bare, { now }),
      new AWS4Auth('AKIDEXAMPLE', bare.signingKey, { now }),
      new AWS4Auth({ credentials, ...rest }),
      new AWS4Auth({ credentials: { accessKeyId: 'AKIDEXAMPLE', signingKey: bare.signingKey }, ...rest }),
      new StrictAWS4Auth({ credentials, ...rest }),
      new PassiveAWS4Auth({ credentials, ...rest }),
    ]
    for (const other of others) {
      expect(other.sign(request)).toEqual(expected)
      expect(await other.signAsync(request)).toEqual(expected)
    }
    const provided = new AWS4Auth({ credentials: async () => credentials, ...rest })
    expect(await provided.signAsync(request)).toEqual(expected)
  })

  it('tells access key, key, day, region and service', () => {
    const made = auth()
    expect([made.accessKeyId, made.date, made.region, made.service]).toEqual([
      'AKIDEXAMPLE',
      '20150830',
      'us-east-1',
      'service',
    ])
    expect(made.signingKey).toBeInstanceOf(AWS4SigningKey)
    expect(auth({ date: '2011-09-09' }).date).toBe('20110909')
  })

  it('sends and signs the session token, in place of one that is there (TOK-3)', () => {
    const headers = { 'X-Amz-Security-Token': 'old' }
    const signed = auth({ sessionToken: 'token' }).sign({ method: 'GET', url: URL, headers })
    expect(signed.headers.filter(([name]) => name === 'x-amz-security-token')).toEqual([
      ['x-amz-security-token', 'token'],
    ])
    expect(signed.signedHeaders).toContain('x-amz-security-token')
    const bare = new AWS4SigningKey('secret', 'us-east-1', 'service', NOON, false)
    const withKey = new AWS4Auth('AKIDEXAMPLE', bare, { sessionToken: 'token', now })
    expect(withKey.sign({ method: 'GET', url: URL, headers })).toEqual(signed)
  })

  it('warns of a secret that looks miscopied (KEY-6)', () => {
    const made = new AWS4Auth('AKIDEXAMPLE', 'sec%2Fret', 'us-east-1', 'service')
    expect(made.sign({ method: 'GET', url: URL }).warnings).toContain('SECRET_HAS_ODD_CHARACTERS')
  })

  it('gives the same set of headers when a signed request is signed again (HDR-7)', () => {
    const later = new Date('2015-08-31T00:00:01Z')
    const once = auth().sign({ method: 'GET', url: URL })
    const twice = auth({ now: () => later }).sign(once)
    expect(twice.headers.map(([name]) => name)).toEqual(once.headers.map(([name]) => name))
    expect(twice.scope.date).toBe('20150831')
  })

  it('passes the rules of signing on', () => {
    const request = { method: 'GET', url: 'https://example.amazonaws.com/a//b' }
    expect(auth().sign(request).canonicalRequest).toContain('\n/a/b\n')
    expect(auth({ normalizePath: false }).sign(request).canonicalRequest).toContain('\n/a//b\n')
    expect(auth({ contentSha256Header: true }).sign(request).signedHeaders).toContain('x-amz-content-sha256')
    const s3 = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 's3', { payloadHash: 'UNSIGNED-PAYLOAD' })
    expect(s3.sign({ ...request, body: 'x' }).canonicalRequest).toMatch(/\nUNSIGNED-PAYLOAD$/)
  })
})

describe('regenerateSigningKey (KEY-3)', () => {
  it('takes today unless a date is given, and keeps what is not changed', () => {
    const made = auth({ date: '20110909' })
    made.regenerateSigningKey()
    expect(made.signingKey?.scope).toBe('20150830/us-east-1/service/aws4_request')
    made.regenerateSigningKey({ region: 'eu-west-1', service: 's3', date: '20140101' })
    expect(made.signingKey?.scope).toBe('20140101/eu-west-1/s3/aws4_request')
    expect([made.region, made.service]).toEqual(['eu-west-1', 's3'])
    expect(made.sign({ method: 'GET', url: URL }).scope).toEqual({
      date: '20150830',
      region: 'eu-west-1',
      service: 's3',
    })
  })

  it('takes another secret', () => {
    const made = auth()
    made.regenerateSigningKey({ secretAccessKey: 'other' })
    const other = new AWS4Auth('AKIDEXAMPLE', 'other', 'us-east-1', 'service', { now })
    const request = { method: 'GET', url: URL }
    expect(made.sign(request)).toEqual(other.sign(request))
  })

  it('keeps the old key when it fails (KEY-2)', () => {
    const made = new AWS4Auth(
      'AKIDEXAMPLE',
      new AWS4SigningKey('secret', 'us-east-1', 'service', NOON, false),
      { now },
    )
    const before = made.signingKey
    expect(() => made.regenerateSigningKey()).toThrow(NoSecretKeyError)
    expect(() => made.regenerateSigningKey({ secretAccessKey: 's', date: 'never' })).toThrow(
      expect.objectContaining({ name: 'DateFormatError' }),
    )
    expect(() => made.regenerateSigningKey({ secretAccessKey: 's', region: 'a/b' })).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_SCOPE_MALFORMED' }),
    )
    expect(made.signingKey).toBe(before)
    expect(made.region).toBe('us-east-1')
    made.regenerateSigningKey({ secretAccessKey: 's', date: '20150901' })
    expect(made.date).toBe('20150901')
  })
})

describe('request date and key date differ (KEY-1, row 29)', () => {
  const request = { method: 'GET', url: URL, headers: { 'X-Amz-Date': '20001231T235959Z' } }
  const stored = new AWS4SigningKey('secret', 'us-east-1', 'service', '20010101')
  const bare = new AWS4SigningKey('secret', 'us-east-1', 'service', '20010101', false)

  it('AWS4Auth derives a key for the request and keeps it', () => {
    const made = new AWS4Auth('AKIDEXAMPLE', stored)
    expect(made.sign(request).scope.date).toBe('20001231')
    expect(made.date).toBe('20001231')
    expect(made.sign(request)).toEqual(auth().sign(request))
    expect(stored.date).toBe('20010101')
  })

  it('AWS4Auth without the secret throws NoSecretKeyError and keeps its key', () => {
    for (const key of [bare, bare.signingKey]) {
      const made = new AWS4Auth('AKIDEXAMPLE', key)
      const kept = made.signingKey
      expect(() => made.sign(request)).toThrow(NoSecretKeyError)
      expect(() => made.sign(request)).toThrow(
        expect.objectContaining({ name: 'NoSecretKeyError', code: 'SECRET_KEY_MISSING' }),
      )
      expect(made.signingKey).toBe(kept)
    }
  })

  it('StrictAWS4Auth throws DateMismatchError, with or without the secret', () => {
    for (const key of [stored, bare]) {
      const made = new StrictAWS4Auth('AKIDEXAMPLE', key)
      expect(() => made.sign(request)).toThrow(
        expect.objectContaining({
          name: 'DateMismatchError',
          code: 'DATE_MISMATCH',
          keyDate: '20010101',
          requestDate: '20001231',
        }),
      )
      expect(made.date).toBe('20010101')
    }
    const renewed = new StrictAWS4Auth('AKIDEXAMPLE', stored)
    renewed.regenerateSigningKey({ date: '20001231' })
    expect(renewed.sign(request).scope.date).toBe('20001231')
  })

  it('PassiveAWS4Auth signs with the key and the scope that it has', () => {
    for (const key of [stored, bare]) {
      const made = new PassiveAWS4Auth('AKIDEXAMPLE', key)
      const signed = made.sign(request)
      expect(signed.stringToSign).toMatch(
        /^AWS4-HMAC-SHA256\n20001231T235959Z\n20010101\/us-east-1\/service\/aws4_request\n/,
      )
      expect(value(signed, 'authorization')).toContain('Credential=AKIDEXAMPLE/20010101/us-east-1/')
      expect(made.date).toBe('20010101')
    }
  })

  it('PassiveAWS4Auth signs for the holder of an exported key', () => {
    const key = SigningKey.import(bare.signingKey.export())
    const made = new PassiveAWS4Auth('AKIDEXAMPLE', key, { now })
    expect(made.sign({ method: 'GET', url: URL }).scope.date).toBe('20010101')
  })
})
