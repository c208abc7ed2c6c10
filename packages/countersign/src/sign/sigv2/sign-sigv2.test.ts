/** Signing for query APIs with SigV2: parameters in the URL or in the form, and what is refused. */
import { describe, expect, it } from 'vitest'
import { SigningKey } from '../../keys/signing-key.ts'
import { createVerifier } from '../../verify/verifier.ts'
import { sigV2 } from '../../verify/read-v2-query-claim.ts'
import { signSigV2, type SigV2SignOptions } from './sign-sigv2.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00.500Z')
const options: SigV2SignOptions = { credentials, date }
const url = 'https://SDB.amazonaws.com'
const OWN =
  'AWSAccessKeyId=AKIDEXAMPLE&SignatureVersion=2&SignatureMethod=HmacSHA256&Timestamp=2026-11-22T12%3A00%3A00Z'

function refused(code: string): unknown {
  return expect.objectContaining({ name: 'SigningError', code })
}

async function verify(signed: ReturnType<typeof signSigV2>): Promise<string> {
  const verifier = createVerifier({
    service: 'sdb',
    region: '*',
    algorithms: [sigV2],
    now: () => date,
    secrets: () => credentials,
  })
  const { method, headers, body } = signed
  const target = signed.url.replace(/^https:\/\/[^/?]+/, '')
  return (await verifier.verify({ method, target, headers, body })).algorithm
}

describe('a GET', () => {
  it('has its parameters in the URL', async () => {
    const signed = signSigV2({ method: 'GET', url: `${url}/?Action=A%20b&q=%c3%a9+x#f` }, options)
    expect(signed.url).toMatch(/^https:\/\/sdb\.amazonaws\.com\/\?Action=A%20b&q=%C3%A9%20x&AWSAccessKeyId=/)
    expect(signed.url).toContain(`&${OWN}&Signature=`)
    expect(signed.headers).toEqual([['host', 'sdb.amazonaws.com']])
    expect(signed.body).toBeUndefined()
    expect(signed.stringToSign).toMatch(
      /^GET\nsdb\.amazonaws\.com\n\/\nAWSAccessKeyId=AKIDEXAMPLE&Action=A%20b&/,
    )
    expect(await verify(signed)).toBe('HmacSHA256')
  })

  it('is signed again in place of its first signature', () => {
    const first = signSigV2({ method: 'GET', url: `${url}/?Action=A` }, { ...options, expiresIn: 60 })
    expect(first.url).toContain('&Expires=2026-11-22T12%3A01%3A00Z&')
    const again = signSigV2({ method: 'GET', url: first.url }, options)
    expect(again.url).toBe(signSigV2({ method: 'GET', url: `${url}/?Action=A` }, options).url)
  })

  it('with HmacSHA1, for what knows nothing else', async () => {
    const signed = signSigV2(
      { method: 'GET', url: `${url}/?Action=A` },
      { ...options, signatureMethod: 'HmacSHA1' },
    )
    expect(signed.signature).toMatch(/^.{27}=$/)
    expect(signed.url).toContain('SignatureMethod=HmacSHA1')
    expect(await verify(signed)).toBe('HmacSHA1')
  })

  it('sorts names before they are encoded', () => {
    const { stringToSign } = signSigV2({ method: 'GET', url: `${url}/?a%3Ab=1&a1=2&a=3` }, options)
    expect(stringToSign.split('&').slice(-3)).toEqual(['a=3', 'a1=2', 'a%3Ab=1'])
  })
})

describe('a POST', () => {
  it.each([
    ['text', 'Action=A+b&q=%c3%a9'],
    ['parameters', new URLSearchParams({ Action: 'A b', q: 'é' })],
    ['bytes', new TextEncoder().encode('Action=A%20b&q=é')],
  ])('has them in its form: %s', async (_, body) => {
    const signed = signSigV2({ method: 'POST', url, body }, options)
    expect(signed.url).toBe('https://sdb.amazonaws.com/')
    expect(Buffer.from(signed.body ?? []).toString()).toContain(`Action=A%20b&q=%C3%A9&${OWN}&Signature=`)
    expect(signed.headers).toEqual([
      ['host', 'sdb.amazonaws.com'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ])
    expect(await verify(signed)).toBe('HmacSHA256')
  })

  it('keeps a content type that says the same', () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8'
    const signed = signSigV2({ method: 'POST', url, headers: { 'Content-Type': type } }, options)
    expect(signed.headers).toEqual([
      ['host', 'sdb.amazonaws.com'],
      ['content-type', type],
    ])
  })

  it('takes the token along', () => {
    const temporary = { ...credentials, sessionToken: 'a+b/c=' }
    const signed = signSigV2(
      { method: 'POST', url, body: 'Action=A&SecurityToken=old' },
      { ...options, credentials: temporary },
    )
    expect(Buffer.from(signed.body ?? []).toString()).toContain('&SecurityToken=a%2Bb%2Fc%3D&')
    expect(signed.stringToSign.match(/SecurityToken/g)).toHaveLength(1)
  })
})

it.each([
  ['a list', { method: 'GET', url: `${url}/?a=1&a=2` }, 'QUERY_NOT_SIGNABLE'],
  ['a query beside a form', { method: 'POST', url: `${url}/?a=1`, body: 'b=1' }, 'QUERY_NOT_SIGNABLE'],
  [
    'a body that is no form',
    { method: 'POST', url, headers: { 'content-type': 'text/xml' }, body: '<a/>' },
    'BODY_UNSUPPORTED',
  ],
  ['a body that is not signed', { method: 'GET', url, body: 'a=1' }, 'BODY_UNSUPPORTED'],
])('refuses %s', (_, request, code) => {
  expect(() => signSigV2(request, options)).toThrow(refused(code))
})

it('refuses options that it does not know', () => {
  const get = { method: 'GET', url }
  const method = 'HmacMD5' as 'HmacSHA1'
  expect(() => signSigV2(get, { ...options, signatureMethod: method })).toThrow(refused('OPTION_INVALID'))
  expect(() => signSigV2(get, { ...options, expiresIn: 0 })).toThrow(refused('EXPIRY_INVALID'))
  const signingKey = SigningKey.derive('s', { date: '20261122', region: 'us-east-1', service: 'sdb' })
  const derived = { accessKeyId: 'AKID', secretAccessKey: '', signingKey }
  expect(() => signSigV2(get, { credentials: derived })).toThrow(refused('SECRET_KEY_MISSING'))
})
