import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCloudFrontSigner, formatSetCookies, verifySignedCookies, verifySignedUrl } from './index.ts'
import type { CloudFrontCookie } from './index.ts'
import { encodeUrlSafe } from './url-safe-base64.ts'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicKey = ec.publicKey.export({ format: 'pem', type: 'spki' }) as string
const keyPairId = 'K2JCJMDEHXQW5F'
const signer = createCloudFrontSigner({
  keyPairId,
  privateKey: ec.privateKey.export({ format: 'pem', type: 'pkcs8' }),
})
const end = 1_767_290_400
const options = { keyPairId, publicKey, now: (): Date => new Date((end - 60) * 1000) }

let canned = ''
let custom = ''

beforeAll(async () => {
  const url = 'https://d1.net/films/1.mp4?size=1'
  ;({ url: canned } = await signer.signUrl(url, { dateLessThan: end }))
  ;({ url: custom } = await signer.signUrl(url, {
    policy: {
      resource: 'https://d1.net/films/*',
      dateLessThan: end,
      dateGreaterThan: end - 120,
      ipAddress: '192.0.2.0/24',
    },
  }))
})

function refusal(code: string, awsCode = 'AccessDenied'): Error {
  return expect.objectContaining({ name: 'VerificationError', code, awsCode, status: 403 }) as Error
}

describe('signed URL', () => {
  it('is good with a canned policy', async () => {
    await expect(verifySignedUrl(canned, options)).resolves.toEqual({
      resource: 'https://d1.net/films/1.mp4?size=1',
      keyPairId,
      kind: 'canned',
      algorithm: 'SHA1',
      policy: { resource: 'https://d1.net/films/1.mp4?size=1', dateLessThan: end },
    })
  })

  it('is good with a custom policy, also for other URLs that it opens', async () => {
    const other = custom.replace('1.mp4', '2/3.mp4')
    await expect(verifySignedUrl(other, { ...options, remoteAddress: '192.0.2.9' })).resolves.toMatchObject({
      resource: 'https://d1.net/films/2/3.mp4?size=1',
      kind: 'custom',
      policy: { resource: 'https://d1.net/films/*', ipAddress: '192.0.2.0/24' },
    })
  })

  it('is good as a browser rewrites it, and with its parameters in another order', async () => {
    const { url } = await signer.signUrl("https://D1.net/é?a='b'#c", { dateLessThan: end })
    const [head = '', ...pairs] = new URL(url).href.replace('#c', '').split(/[?&]/)
    await expect(verifySignedUrl(`${head}?${pairs.toReversed().join('&')}`, options)).resolves.toMatchObject({
      resource: 'https://d1.net/%C3%A9?a=%27b%27',
    })
  })

  it.each<[string, (url: string) => string]>([
    ['path', (url) => url.replace('1.mp4', '2.mp4')],
    ['query', (url) => url.replace('size=1', 'size=2')],
    ['added parameter', (url) => `${url}&size=2`],
    ['host', (url) => url.replace('d1', 'd2')],
    ['scheme', (url) => url.replace('https', 'http')],
    ['end', (url) => url.replace(String(end), String(end + 1))],
  ])('is refused with another %s', async (_, change) => {
    await expect(verifySignedUrl(change(canned), options)).rejects.toThrow(refusal('SIGNATURE_MISMATCH'))
  })

  it('is refused with a policy that was changed', async () => {
    const policy = `{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":${end}}}}]}`
    const changed = custom.replace(/Policy=[\w~-]+/, `Policy=${encodeUrlSafe(Buffer.from(policy))}`)
    await expect(verifySignedUrl(changed, options)).rejects.toThrow(refusal('SIGNATURE_MISMATCH'))
  })

  it.each<[string, (url: string) => string, string, string?]>([
    ['no signature', (url) => url.replace(/&Signature=[^&]*/, ''), 'SIGNATURE_MISSING', 'MissingKey'],
    ['no key id', (url) => url.replace(/&Key-Pair-Id=.*/, ''), 'QUERY_PARAMETER_MISSING'],
    ['no end', (url) => url.replace(/Expires=\d+&/, ''), 'QUERY_PARAMETER_MISSING'],
    ['another key id', (url) => `${url}A`, 'KEY_UNKNOWN', 'InvalidKey'],
    ['two signatures', (url) => `${url}&Signature=a`, 'QUERY_PARAMETER_MALFORMED'],
    ['two ends', (url) => `${url}&Expires=${end}`, 'QUERY_PARAMETER_MALFORMED'],
    ['an end and a policy', (url) => `${url}&Policy=e30_`, 'QUERY_PARAMETER_MALFORMED'],
    ['an end that is no number', (url) => url.replace(/Expires=\d+/, 'Expires=soon'), 'EXPIRES_INVALID'],
    ['an end with a zero before it', (url) => url.replace(String(end), `0${end}`), 'EXPIRES_INVALID'],
    ['a hash that is not known', (url) => `${url}&Hash-Algorithm=MD5`, 'ALGORITHM_UNSUPPORTED'],
    ['another hash', (url) => `${url}&Hash-Algorithm=SHA256`, 'SIGNATURE_MISMATCH'],
    ['usual base64', (url) => url.replace(/Signature=../, 'Signature=+/'), 'SIGNATURE_MALFORMED'],
    ['an empty signature', (url) => url.replace(/Signature=[^&]*/, 'Signature='), 'SIGNATURE_MALFORMED'],
    [
      'a signature of nothing',
      (url) => url.replace(/Signature=[^&]*/, 'Signature=AAAA'),
      'SIGNATURE_MISMATCH',
    ],
    ['dot segments', (url) => url.replace('/films', '/films/../films'), 'REQUEST_MALFORMED'],
    ['no host', (url) => url.replace('https://d1.net', ''), 'REQUEST_MALFORMED'],
  ])('is refused with %s', async (_, change, code, awsCode) => {
    await expect(verifySignedUrl(change(canned), options)).rejects.toThrow(refusal(code, awsCode))
  })

  it.each([
    [-121, 'NOT_YET_VALID'],
    [-120, 'NOT_YET_VALID'],
    [-119, undefined],
    [-1, undefined],
    [0, 'EXPIRED'],
    [3600, 'EXPIRED'],
  ])('at %s seconds from its end: %s', async (seconds, code) => {
    const verifying = verifySignedUrl(custom, {
      ...options,
      remoteAddress: '192.0.2.9',
      now: () => new Date((end + seconds) * 1000),
    })
    if (code === undefined) await expect(verifying).resolves.toBeDefined()
    else await expect(verifying).rejects.toThrow(refusal(code))
  })

  it.each(['198.51.100.1', '2001:db8::1', 'unknown', undefined])(
    'is refused for the address %s',
    async (address) => {
      await expect(verifySignedUrl(custom, { ...options, remoteAddress: address })).rejects.toThrow(
        refusal('ADDRESS_NOT_ALLOWED'),
      )
    },
  )

  it('is refused outside of its policy', async () => {
    const elsewhere = custom.replace('/films/', '/secrets/')
    await expect(verifySignedUrl(elsewhere, { ...options, remoteAddress: '192.0.2.9' })).rejects.toThrow(
      refusal('RESOURCE_MISMATCH'),
    )
  })

  it('is refused with a policy that was signed and cannot be read', async () => {
    const { privateKey, publicKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { createSign } = await import('node:crypto')
    for (const policy of [Buffer.from('{"Statement":[]}'), Buffer.of(0xff)]) {
      const signature = encodeUrlSafe(createSign('sha1').update(policy).sign(privateKey))
      const url = `https://d1.net/?Policy=${encodeUrlSafe(policy)}&Signature=${signature}&Key-Pair-Id=${keyPairId}`
      const key = other.export({ format: 'jwk' })
      await expect(verifySignedUrl(url, { ...options, publicKey: key })).rejects.toThrow(
        refusal('POLICY_MALFORMED', 'MalformedPolicy'),
      )
    }
    const url = custom.replace(/Policy=./, 'Policy=+')
    await expect(verifySignedUrl(url, options)).rejects.toThrow(
      refusal('POLICY_MALFORMED', 'MalformedPolicy'),
    )
  })

  it('is refused by another key, and by a CryptoKey that is bound to another hash', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    const spki = Uint8Array.from(other.export({ format: 'der', type: 'spki' }))
    const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const bound = await crypto.subtle.importKey('spki', spki, parameters, false, ['verify'])
    await expect(verifySignedUrl(canned, { ...options, publicKey: spki })).rejects.toThrow(
      refusal('SIGNATURE_MISMATCH'),
    )
    await expect(verifySignedUrl(canned, { ...options, publicKey: bound })).rejects.toThrow(
      refusal('ALGORITHM_UNSUPPORTED'),
    )
  })
})

describe('signed cookies', () => {
  const url = 'https://d1.net/films/1.mp4'

  function headerOf(cookies: readonly CloudFrontCookie[]): string {
    // What a browser keeps of Set-Cookie.
    const pairs = formatSetCookies(cookies, { path: '/films/' }).map((value) => value.split(';')[0])
    return ['session=1', ...pairs].join('; ')
  }

  it('open what their policy says', async () => {
    const { cookies } = await signer.signCookies({
      policy: { resource: 'http*://d1.net/films/*', dateLessThan: end },
    })
    const header = headerOf(cookies)
    await expect(verifySignedCookies(url, header, options)).resolves.toMatchObject({
      resource: url,
      kind: 'custom',
    })
    await expect(verifySignedCookies('https://d1.net/', header, options)).rejects.toThrow(
      refusal('RESOURCE_MISMATCH'),
    )
  })

  it('open one URL with a canned policy', async () => {
    const { cookies } = await signer.signCookies({ url, dateLessThan: end })
    const header = headerOf(cookies)
    await expect(verifySignedCookies(url, header, options)).resolves.toMatchObject({ kind: 'canned' })
    await expect(verifySignedCookies(`${url}?a`, header, options)).rejects.toThrow(
      refusal('SIGNATURE_MISMATCH'),
    )
    await expect(verifySignedCookies(url, `${header}; ${header}`, options)).rejects.toThrow(
      refusal('QUERY_PARAMETER_MALFORMED'),
    )
    await expect(verifySignedCookies(url, 'session=1', options)).rejects.toThrow(
      refusal('SIGNATURE_MISSING', 'MissingKey'),
    )
  })
})
