import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createCloudFrontSigner, parsePolicy, verifySignedUrl } from './index.ts'
import type { SignCookiesOptions, SignUrlOptions } from './index.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const privateKey = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
const publicKey = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string
const ecPrivateKey = ec.privateKey.export({ format: 'pem', type: 'sec1' }) as string
const keyPairId = 'K2JCJMDEHXQW5F'
const signer = createCloudFrontSigner({ keyPairId, privateKey })
const end = 1_767_290_400
const now = (): Date => new Date((end - 60) * 1000)

function namesOf(url: string): string[] {
  return [...new URL(url).searchParams.keys()]
}

describe('signed URL', () => {
  it('has a canned policy with an end (CF-1)', async () => {
    const signed = await signer.signUrl('https://d1.net/a.jpg?size=1#top', { dateLessThan: end })
    expect(signed.url).toMatch(
      /^https:\/\/d1\.net\/a\.jpg\?size=1&Expires=1767290400&Signature=[\w~-]{344}&Key-Pair-Id=K2JCJMDEHXQW5F#top$/,
    )
    expect(signed.expiresAt).toEqual(new Date('2026-01-01T18:00:00Z'))
    expect(signed.policy).toBe(
      '{"Statement":[{"Resource":"https://d1.net/a.jpg?size=1","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}',
    )
  })

  it('has a custom policy, for the URL itself by default', async () => {
    const policy = { dateLessThan: new Date(end * 1000), ipAddress: '2001:db8::/32' }
    const signed = await signer.signUrl('https://d1.net/a b*', { policy })
    expect(namesOf(signed.url)).toEqual(['Policy', 'Signature', 'Key-Pair-Id'])
    expect(parsePolicy(signed.policy)).toEqual({
      resource: 'https://d1.net/a%20b%2A',
      dateLessThan: end,
      ipAddress: '2001:db8::/32',
    })
  })

  it('has the policy as it was given, when it was given as text', async () => {
    const policy = `{ "Statement": [ { "Resource": "https://d1.net/*",
      "Condition": { "DateLessThan": { "AWS:EpochTime": ${end} } } } ] }`
    const signed = await signer.signUrl('https://d1.net/a', { policy })
    expect(signed.policy).toBe(policy)
    const encoded = new URL(signed.url).searchParams.get('Policy') ?? ''
    expect(
      Buffer.from(
        encoded.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'),
        'base64',
      ).toString(),
    ).toBe(policy)
  })

  it('says when its hash is SHA-256 (CF-5)', async () => {
    const url = 'https://d1.net/a'
    const sha256 = createCloudFrontSigner({ keyPairId, privateKey, algorithm: 'SHA256' })
    const signed = await sha256.signUrl(url, { dateLessThan: end })
    expect(signed.url).toMatch(/&Hash-Algorithm=SHA256$/)
    await expect(verifySignedUrl(signed.url, { keyPairId, publicKey, now })).resolves.toMatchObject({
      algorithm: 'SHA256',
    })
    const stripped = signed.url.replace('&Hash-Algorithm=SHA256', '')
    await expect(verifySignedUrl(stripped, { keyPairId, publicKey, now })).rejects.toThrow(
      expect.objectContaining({ code: 'SIGNATURE_MISMATCH' }),
    )
  })

  it('is short with ECDSA (CF-5)', async () => {
    const short = createCloudFrontSigner({ keyPairId, privateKey: ecPrivateKey })
    const { url } = await short.signUrl('https://d1.net/a', { dateLessThan: end })
    expect(new URL(url).searchParams.get('Signature')?.length).toBeLessThan(100)
    const ecPublicKey = ec.publicKey.export({ format: 'jwk' })
    await expect(verifySignedUrl(url, { keyPairId, publicKey: ecPublicKey, now })).resolves.toBeDefined()
  })

  it('cannot be turned into a grant for other URLs: a star of the URL is no wildcard', async () => {
    const { url, policy } = await signer.signUrl('https://d1.net/*', { dateLessThan: end })
    const signature = new URL(url).searchParams.get('Signature')
    const encoded = Buffer.from(policy).toString('base64').replaceAll('=', '_')
    const forged = `https://d1.net/secret?Policy=${encoded}&Signature=${signature}&Key-Pair-Id=${keyPairId}`
    await expect(verifySignedUrl(forged, { keyPairId, publicKey, now })).rejects.toThrow(
      expect.objectContaining({ code: 'RESOURCE_MISMATCH' }),
    )
  })

  it('comes out right for many at the same time, with a key that is imported once', async () => {
    const importing = vi.spyOn(crypto.subtle, 'importKey')
    const one = createCloudFrontSigner({ keyPairId, privateKey: ecPrivateKey })
    const urls = Array.from({ length: 50 }, (_, index) => `https://d1.net/${index}`)
    const signed = await Promise.all(urls.map((url) => one.signUrl(url, { dateLessThan: end })))
    expect(importing).toHaveBeenCalledTimes(1)
    importing.mockRestore()
    const ecPublicKey = ec.publicKey.export({ format: 'jwk' })
    const checked = await Promise.all(
      signed.map(({ url }) => verifySignedUrl(url, { keyPairId, publicKey: ecPublicKey, now })),
    )
    expect(checked.map(({ resource }) => resource)).toEqual(urls)
  })
})

describe('signed cookies', () => {
  it('have a canned policy with an end', async () => {
    const { cookies, policy, expiresAt } = await signer.signCookies({
      url: 'https://d1.net/a b',
      dateLessThan: end,
    })
    expect(cookies).toEqual([
      { name: 'CloudFront-Expires', value: String(end) },
      { name: 'CloudFront-Signature', value: expect.stringMatching(/^[\w~-]{344}$/) },
      { name: 'CloudFront-Key-Pair-Id', value: keyPairId },
    ])
    expect(parsePolicy(policy).resource).toBe('https://d1.net/a%20b')
    expect(expiresAt.getTime()).toBe(end * 1000)
  })

  it('have a custom policy, and say when their hash is SHA-256', async () => {
    const sha256 = createCloudFrontSigner({ keyPairId, privateKey, algorithm: 'SHA256' })
    const { cookies } = await sha256.signCookies({
      policy: { resource: 'https://d1.net/*', dateLessThan: end },
    })
    expect(cookies.map(({ name }) => name)).toEqual([
      'CloudFront-Policy',
      'CloudFront-Signature',
      'CloudFront-Key-Pair-Id',
      'CloudFront-Hash-Algorithm',
    ])
  })
})

describe('refusals', () => {
  const url = 'https://d1.net/a'
  const policy = { dateLessThan: end }

  it.each<[string, string, object, string]>([
    ['neither end nor policy', url, {}, 'OPTION_INVALID'],
    ['no options at all', url, undefined!, 'OPTION_INVALID'],
    ['both', url, { dateLessThan: end, policy }, 'OPTION_INVALID'],
    ['a restriction beside an end', url, { dateLessThan: end, ipAddress: '192.0.2.1' }, 'OPTION_INVALID'],
    [
      'a policy for other URLs',
      url,
      { policy: { ...policy, resource: 'https://d2.net/*' } },
      'URL_OUTSIDE_POLICY',
    ],
    ['a policy that has no URL', url, { policy: { ...policy, resource: 'foo' } }, 'POLICY_INVALID'],
    ['a policy that is no JSON', url, { policy: 'everything' }, 'POLICY_INVALID'],
    ['an address that is none', url, { policy: { ...policy, ipAddress: '192.0.2' } }, 'IP_RANGE_INVALID'],
    ['milliseconds', url, { dateLessThan: end * 1000 }, 'EPOCH_TIME_INVALID'],
    ['a URL that is signed', `${url}?Signature=x`, { dateLessThan: end }, 'URL_ALREADY_SIGNED'],
    ['a path', '/a', { dateLessThan: end }, 'URL_INVALID'],
  ])('%s in a URL', async (_, given, options, code) => {
    await expect(signer.signUrl(given, options as SignUrlOptions)).rejects.toThrow(
      expect.objectContaining({ name: 'SigningError', code }),
    )
  })

  it.each<[string, object, string]>([
    ['neither', {}, 'OPTION_INVALID'],
    ['an end for no URL', { dateLessThan: end }, 'URL_INVALID'],
    ['a policy for a URL', { url, policy: { ...policy, resource: url } }, 'OPTION_INVALID'],
    ['a policy without a resource', { policy }, 'POLICY_INVALID'],
  ])('%s in cookies', async (_, options, code) => {
    await expect(signer.signCookies(options as SignCookiesOptions)).rejects.toThrow(
      expect.objectContaining({ name: 'SigningError', code }),
    )
  })

  it.each<[string, object, string]>([
    ['no id', { keyPairId: '' }, 'OPTION_INVALID'],
    ['an id that would change the URL', { keyPairId: 'K2&Expires=9' }, 'OPTION_INVALID'],
    ['an algorithm that is none', { algorithm: 'SHA512' }, 'OPTION_INVALID'],
    ['a key that is none', { privateKey: 'secret' }, 'KEY_INVALID'],
  ])('%s when the signer is made', (_, options, code) => {
    expect(() => createCloudFrontSigner({ keyPairId, privateKey, ...options })).toThrow(
      expect.objectContaining({ name: 'SigningError', code }),
    )
  })

  it('a CryptoKey that is bound to another hash', async () => {
    const pair = await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 2048,
        publicExponent: Uint8Array.of(1, 0, 1),
      },
      false,
      ['sign', 'verify'],
    )
    expect(() => createCloudFrontSigner({ keyPairId, privateKey: pair.privateKey })).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    )
    const bound = createCloudFrontSigner({ keyPairId, privateKey: pair.privateKey, algorithm: 'SHA256' })
    await expect(bound.signUrl(url, { dateLessThan: end })).resolves.toBeDefined()
  })

  it('types that exclude each other', () => {
    expectTypeOf<{ dateLessThan: number; policy: string }>().not.toExtend<SignUrlOptions>()
    expectTypeOf<{ policy: { dateLessThan: Date } }>().toExtend<SignUrlOptions>()
    expectTypeOf<{ policy: { dateLessThan: Date } }>().not.toExtend<SignCookiesOptions>()
  })
})

it('shows nothing of its key', () => {
  expect(inspect(signer, { depth: 9, showHidden: true })).not.toMatch(/BEGIN|MII/)
  expect(JSON.stringify(signer)).toBe('{}')
})

describe('a runtime that lacks something', () => {
  afterEach(() => vi.unstubAllGlobals())
  const signing = async (): Promise<unknown> =>
    createCloudFrontSigner({ keyPairId, privateKey: ecPrivateKey }).signUrl('https://d1.net/', {
      dateLessThan: end,
    })
  const unavailable = expect.objectContaining({
    name: 'SigningError',
    code: 'WEBCRYPTO_UNAVAILABLE',
  }) as Error

  it('has no WebCrypto, as pages without https', async () => {
    vi.stubGlobal('crypto', {})
    await expect(signing()).rejects.toThrow(unavailable)
  })

  it('has no ECDSA with SHA-1, as older versions of Deno', async () => {
    const { subtle } = crypto
    const refusing = {
      importKey: subtle.importKey.bind(subtle),
      sign: async () => Promise.reject(new DOMException('Not implemented', 'NotSupportedError')),
    }
    vi.stubGlobal('crypto', { subtle: refusing })
    await expect(signing()).rejects.toThrow(unavailable)
  })
})
