import { createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../core/bytes.ts'
import { formatDer, TAG } from './der.ts'
import { importKey, isSignatureOf, readKey, signBytes, type CloudFrontKey } from './key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const bytes = utf8('policy')

function pem(key: KeyObject, type: string): string {
  return String(key.export({ format: 'pem', type: type as 'pkcs8' }))
}

function der(key: KeyObject, type: string): Uint8Array {
  return key.export({ format: 'der', type: type as 'pkcs8' })
}

function arrayBufferOf(view: Uint8Array): ArrayBuffer {
  return Uint8Array.from(view).buffer
}

const PRIVATE: [string, KeyObject, CloudFrontKey][] = [
  ['RSA, PKCS#8 in PEM', rsa.publicKey, pem(rsa.privateKey, 'pkcs8')],
  ['RSA, PKCS#1 in PEM', rsa.publicKey, pem(rsa.privateKey, 'pkcs1')],
  ['RSA, PKCS#8 in DER', rsa.publicKey, der(rsa.privateKey, 'pkcs8')],
  ['RSA, PKCS#1 in DER', rsa.publicKey, der(rsa.privateKey, 'pkcs1')],
  ['RSA, PKCS#1 in an ArrayBuffer', rsa.publicKey, arrayBufferOf(der(rsa.privateKey, 'pkcs1'))],
  ['RSA, JWK', rsa.publicKey, rsa.privateKey.export({ format: 'jwk' })],
  [
    'RSA, JWK that says what it is for',
    rsa.publicKey,
    { ...rsa.privateKey.export({ format: 'jwk' }), alg: 'RS512', use: 'enc', key_ops: [], ext: false },
  ],
  ['ECDSA, PKCS#8 in PEM', ec.publicKey, pem(ec.privateKey, 'pkcs8')],
  ['ECDSA, SEC1 in PEM', ec.publicKey, pem(ec.privateKey, 'sec1')],
  ['ECDSA, PKCS#8 in DER', ec.publicKey, der(ec.privateKey, 'pkcs8')],
  ['ECDSA, SEC1 in DER', ec.publicKey, der(ec.privateKey, 'sec1')],
  ['ECDSA, JWK', ec.publicKey, ec.privateKey.export({ format: 'jwk' })],
  [
    'CRLF and text around it',
    rsa.publicKey,
    `Bag\r\n${pem(rsa.privateKey, 'pkcs1').replaceAll('\n', '\r\n')}\r\n`,
  ],
  ['no line ends', ec.publicKey, pem(ec.privateKey, 'pkcs8').replaceAll('\n', '')],
]

const PUBLIC: [string, CloudFrontKey, CloudFrontKey][] = [
  ['RSA, SPKI in PEM', rsaPrivate(), pem(rsa.publicKey, 'spki')],
  ['RSA, PKCS#1 in PEM', rsaPrivate(), pem(rsa.publicKey, 'pkcs1')],
  ['RSA, SPKI in DER', rsaPrivate(), der(rsa.publicKey, 'spki')],
  ['RSA, PKCS#1 in DER', rsaPrivate(), der(rsa.publicKey, 'pkcs1')],
  ['RSA, JWK', rsaPrivate(), rsa.publicKey.export({ format: 'jwk' })],
  ['RSA, JWK of the private key', rsaPrivate(), rsa.privateKey.export({ format: 'jwk' })],
  ['ECDSA, SPKI in PEM', ecPrivate(), pem(ec.publicKey, 'spki')],
  ['ECDSA, SPKI in DER', ecPrivate(), der(ec.publicKey, 'spki')],
  ['ECDSA, JWK', ecPrivate(), ec.publicKey.export({ format: 'jwk' })],
]

function rsaPrivate(): string {
  return pem(rsa.privateKey, 'pkcs8')
}

function ecPrivate(): string {
  return pem(ec.privateKey, 'pkcs8')
}

describe('private key', () => {
  it.each(PRIVATE)('signs with %s what OpenSSL takes', async (_, publicKey, given) => {
    for (const [algorithm, name] of [
      ['SHA1', 'sha1'],
      ['SHA256', 'sha256'],
    ] as const) {
      const key = await importKey(readKey(given, 'private'), 'private', algorithm)
      expect(key.extractable).toBe(false)
      const signature = await signBytes(key, algorithm, bytes)
      expect(createVerify(name).update(bytes).verify(publicKey, signature)).toBe(true)
    }
  })

  it('is found behind the parameters that openssl ecparam writes before it', async () => {
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    const read = readKey(parameters + pem(ec.privateKey, 'sec1'), 'private')
    const signature = await signBytes(await importKey(read, 'private', 'SHA1'), 'SHA1', bytes)
    expect(createVerify('sha1').update(bytes).verify(ec.publicKey, signature)).toBe(true)
  })

  it('may be a SEC1 key that has neither its curve nor its public half', async () => {
    const number = Buffer.from(ec.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
    const version = formatDer(TAG.integer, Uint8Array.of(1))
    const bare = formatDer(TAG.sequence, version, formatDer(TAG.octetString, number))
    const key = await importKey(readKey(bare, 'private'), 'private', 'SHA1')
    const signature = await signBytes(key, 'SHA1', bytes)
    expect(createVerify('sha1').update(bytes).verify(ec.publicKey, signature)).toBe(true)
  })

  it('may be a CryptoKey', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    expect(readKey(pair.privateKey, 'private')).toBe(pair.privateKey)
    expect(await importKey(pair.privateKey, 'private', 'SHA256')).toBe(pair.privateKey)
  })
})

describe('public key', () => {
  it.each(PUBLIC)('checks with %s', async (_, privateKey, given) => {
    const signing = await importKey(readKey(privateKey, 'private'), 'private', 'SHA1')
    const signature = Uint8Array.from(await signBytes(signing, 'SHA1', bytes))
    const key = await importKey(readKey(given, 'public'), 'public', 'SHA1')
    expect(await isSignatureOf(key, 'SHA1', bytes, signature)).toBe(true)
    expect(await isSignatureOf(key, 'SHA1', utf8('Policy'), signature)).toBe(false)
    expect(
      await isSignatureOf(
        key,
        'SHA1',
        bytes,
        signature.map((byte) => byte ^ 1),
      ),
    ).toBe(false)
  })
})

describe('refused keys', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const ed25519 = generateKeyPairSync('ed25519')
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 })
  const encrypted = { format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' } as const
  const oldEncrypted = { ...encrypted, type: 'pkcs1' } as const

  it.each<[string, unknown, RegExp]>([
    ['no PEM', 'K2JCJMDEHXQW5F', /no PEM block of a private key$/],
    ['a public key', pem(rsa.publicKey, 'spki'), /but PUBLIC KEY/],
    ['an encrypted key', String(rsa.privateKey.export(encrypted)), /decrypt it first/],
    ['a key in the older encryption', String(rsa.privateKey.export(oldEncrypted)), /decrypt it first/],
    ['line ends that were escaped', pem(rsa.privateKey, 'pkcs8').replaceAll('\n', '\\n'), /line ends/],
    ['P-384', pem(p384.privateKey, 'pkcs8'), /ECDSA on P-256/],
    ['P-384 in SEC1', pem(p384.privateKey, 'sec1'), /ECDSA on P-256/],
    ['secp256k1 in SEC1', pem(k256.privateKey, 'sec1'), /ECDSA on P-256/],
    ['P-384 as JWK', p384.privateKey.export({ format: 'jwk' }), /ECDSA on P-256/],
    ['Ed25519', pem(ed25519.privateKey, 'pkcs8'), /ECDSA on P-256/],
    ['Ed25519 as JWK', ed25519.privateKey.export({ format: 'jwk' }), /ECDSA on P-256/],
    ['RSA-PSS', pem(pss.privateKey, 'pkcs8'), /must be RSA/],
    ['a public JWK', rsa.publicKey.export({ format: 'jwk' }), /must be a private key/],
    ['bytes that are none', Uint8Array.of(1, 2, 3), /must be RSA/],
    ['no bytes', new Uint8Array(), /must be RSA/],
    ['a length beyond the end', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), /must be RSA/],
    ['a cut key', der(rsa.privateKey, 'pkcs8').subarray(0, 900), /must be RSA/],
    ['a number', 7, /must be PEM/],
    ['nothing', undefined, /must be PEM/],
    ['null', null, /must be PEM/],
    ['a KeyObject', rsa.privateKey, /must be PEM/],
  ])('%s', (_, key, message) => {
    expect(() => readKey(key as string, 'private')).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID', message: expect.stringMatching(message) }),
    )
  })

  it.each<[string, unknown]>([
    ['a private key', pem(rsa.privateKey, 'pkcs8')],
    ['private DER', der(rsa.privateKey, 'pkcs1')],
    ['P-384', pem(p384.publicKey, 'spki')],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
  ])('%s, where a public one is needed', (_, key) => {
    expect(() => readKey(key as string, 'public')).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })

  it('a CryptoKey for something else', async () => {
    const uses: KeyUsage[] = ['sign', 'verify']
    const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-1' }, false, uses)
    const other = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, uses)
    const right = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, uses)
    for (const key of [hmac, other.privateKey, right.publicKey]) {
      expect(() => readKey(key, 'private')).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
    }
  })

  it('a key that has the right form and the wrong content', async () => {
    const damaged = Uint8Array.from(der(ec.privateKey, 'pkcs8'))
    damaged.fill(0xff, 36, 68)
    const importing = importKey(readKey(damaged, 'private'), 'private', 'SHA1')
    await expect(importing).rejects.toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })

  it('shows nothing of the key', () => {
    const text = pem(rsa.privateKey, 'pkcs8').replace('PRIVATE', 'PRIVAT')
    expect(() => readKey(text, 'private')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(text.slice(60, 80)) }),
    )
  })
})
