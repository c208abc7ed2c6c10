/**
 * Published CloudFront URLs and policies, of boto, the AWS SDK for Go and botocore. Reads cloudfront.json.
 */
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../packages/countersign/src/core/bytes.ts'
import {
  buildPolicy,
  createCloudFrontSigner,
  parsePolicy,
  verifySignedUrl,
  type SignUrlOptions,
} from '../../packages/countersign/src/cloudfront/index.ts'
import {
  importKey,
  isSignatureOf,
  readKey,
  signBytes,
} from '../../packages/countersign/src/cloudfront/key.ts'
import { formatPolicy } from '../../packages/countersign/src/cloudfront/policy.ts'
import { resolveResource } from '../../packages/countersign/src/cloudfront/resource-pattern.ts'
import { readSignableUrl } from '../../packages/countersign/src/cloudfront/signable-url.ts'
import { decodeUrlSafe, encodeUrlSafe } from '../../packages/countersign/src/cloudfront/url-safe-base64.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

interface VectorKey {
  readonly jwk: JsonWebKey
  readonly pkcs1DerBase64: string
  readonly pkcs8DerBase64: string
}

interface SignedCase {
  readonly name: string
  readonly key: string
  readonly kind: 'canned' | 'custom'
  readonly policy: string
  readonly policyEncoded: string
  readonly signature: string
  readonly url?: string
  readonly expires?: number
  readonly keyPairId?: string
  readonly signedUrl?: string
}

interface PolicyCase {
  readonly resource: string
  readonly dateLessThan: number
  readonly dateGreaterThan?: number
  readonly ipAddress?: string
  readonly policy: string
  readonly base64?: string
  readonly encoded?: string
}

interface UrlCase {
  readonly url: string
  readonly expires?: number
  readonly policy?: string
  readonly signatureBytes: string
  readonly keyPairId: string
  readonly signedUrl: string
}

interface CloudFrontFile {
  readonly keys: Readonly<Record<string, VectorKey>>
  readonly escape: readonly { readonly in: string; readonly out: string }[]
  readonly cases: readonly SignedCase[]
  readonly policies: readonly PolicyCase[]
  readonly urls: readonly UrlCase[]
  readonly resources: readonly { readonly scheme: string; readonly url: string; readonly resource: string }[]
  readonly refused: readonly { readonly what: string; readonly value?: string }[]
}

// CloudFront ended RTMP distributions in 2020; the signatures are made, URLs of that scheme are refused.
const isRtmp = ({ url }: { readonly url?: string }): boolean => url?.startsWith('rtmp:') ?? false

/** The parameters of a URL, in no order: tools write them in different ones. */
function partsOf(url: string): [string, ...string[]] {
  const [base = '', query = ''] = url.split('?')
  return [base, ...query.split('&').toSorted()]
}

describeVectors('cloudfront.json', () => {
  const file = loadVectors<CloudFrontFile>('cloudfront.json')
  const keyOf = ({ key }: SignedCase): VectorKey => {
    const found = file.keys[key]
    if (!found) throw new Error(`No key ${key}`)
    return found
  }
  const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

  it('has as many cases as its notes say', () => {
    const { keys, cases, policies, urls, resources, refused } = file
    const counts = [Object.keys(keys), cases, policies, urls, resources, refused].map(({ length }) => length)
    expect(counts).toEqual([2, 8, 4, 2, 5, 7])
  })

  // The example is no whole base64: its characters are put where they can stand.
  it.each(expectCases(file.escape))('$in is written $out', ({ in: plain, out }) => {
    expect([plain, out]).toEqual(['a+b=c/', 'a-b_c~'])
    expect(encodeUrlSafe(Buffer.from('a+bc/w==', 'base64'))).toBe('a-bc~w__')
  })

  describe.each(expectCases(file.cases))('$name', (signed) => {
    const { jwk, pkcs1DerBase64, pkcs8DerBase64 } = keyOf(signed)

    it.each([
      ['JWK', jwk],
      ['PKCS#1', bytesOf(pkcs1DerBase64)],
      ['PKCS#8', bytesOf(pkcs8DerBase64)],
    ])('has its signature, with the key as %s', async (_, privateKey) => {
      const key = await importKey(readKey(privateKey, 'private'), 'private', 'SHA1')
      expect(encodeUrlSafe(await signBytes(key, 'SHA1', utf8(signed.policy)))).toBe(signed.signature)
      expect(encodeUrlSafe(utf8(signed.policy))).toBe(signed.policyEncoded)
    })

    it('has a signature that the public key takes', async () => {
      const key = await importKey(readKey(jwk, 'public'), 'public', 'SHA1')
      const signature = decodeUrlSafe(signed.signature) ?? new Uint8Array()
      expect(await isSignatureOf(key, 'SHA1', utf8(signed.policy), signature)).toBe(true)
      expect(await isSignatureOf(key, 'SHA1', utf8(`${signed.policy} `), signature)).toBe(false)
    })

    it('has a policy that can be read', () => {
      expect(parsePolicy(signed.policy).dateLessThan).toBe(
        signed.expires ?? parsePolicy(signed.policy).dateLessThan,
      )
    })
  })

  const whole = expectCases(file.cases.filter((signed) => signed.signedUrl !== undefined && !isRtmp(signed)))

  it.each(whole)('$name: the whole URL', async (signed) => {
    const { url = '', expires = 0, keyPairId = '', kind, policy, signedUrl = '' } = signed
    const { jwk } = keyOf(signed)
    const options: SignUrlOptions = kind === 'canned' ? { dateLessThan: expires } : { policy }
    const made = await createCloudFrontSigner({ keyPairId, privateKey: jwk }).signUrl(url, options)
    expect(partsOf(made.url)).toEqual(partsOf(signedUrl))
    expect(made.policy).toBe(policy)
    const now = (): Date => new Date((expires - 1) * 1000)
    await expect(verifySignedUrl(signedUrl, { keyPairId, publicKey: jwk, now })).resolves.toMatchObject({
      kind,
    })
    await expect(verifySignedUrl(signedUrl, { keyPairId, publicKey: jwk })).rejects.toThrow(
      expect.objectContaining({ code: 'EXPIRED' }),
    )
  })

  it.each(expectCases(file.cases.filter(isRtmp)))('$name: refused, RTMP has ended', async (signed) => {
    const { url = '', expires = 0, keyPairId = '' } = signed
    const signer = createCloudFrontSigner({ keyPairId, privateKey: keyOf(signed).jwk })
    await expect(signer.signUrl(url, { dateLessThan: expires })).rejects.toThrow(
      expect.objectContaining({ code: 'URL_INVALID' }),
    )
  })

  it.each(expectCases(file.policies))('policy for $resource until $dateLessThan', ({ policy, ...parts }) => {
    const { base64, encoded } = parts
    expect(formatPolicy(parts)).toBe(policy)
    expect(formatPolicy(parsePolicy(policy))).toBe(policy)
    if (parts.resource !== 'foo') expect(buildPolicy(parsePolicy(policy))).toBe(policy)
    if (base64 !== undefined) expect(Buffer.from(policy).toString('base64')).toBe(base64)
    if (encoded !== undefined) expect(encodeUrlSafe(utf8(policy))).toBe(encoded)
  })

  // Their signature is a word, and a policy for "foo" opens no URL: what can be compared is how the URL is put together.
  it.each(expectCases(file.urls))(
    '$signedUrl',
    async ({ url, expires, policy, signatureBytes, keyPairId, signedUrl }) => {
      const privateKey = file.keys['boto']?.jwk ?? {}
      const signer = createCloudFrontSigner({ keyPairId, privateKey })
      const end = expires ?? parsePolicy(policy ?? '').dateLessThan
      const options: SignUrlOptions =
        expires === undefined ? { policy: { dateLessThan: end } } : { dateLessThan: end }
      const signed = await signer.signUrl(url, options)
      const replaced = signed.url
        .replace(/Signature=[^&]*/, `Signature=${encodeUrlSafe(utf8(signatureBytes))}`)
        .replace(/Policy=[^&]*/, `Policy=${encodeUrlSafe(utf8(policy ?? ''))}`)
      expect(replaced).toBe(signedUrl)
      if (policy === undefined) return
      await expect(signer.signUrl(url, { policy })).rejects.toThrow(
        expect.objectContaining({ code: 'URL_OUTSIDE_POLICY' }),
      )
    },
  )

  it.each(expectCases(file.resources))('resource of $url for $scheme', ({ scheme, url, resource }) => {
    // The part behind the host was the resource of RTMP.
    if (scheme === 'rtmp') expect(resolveResource(url)).toBe(`https://example.com/${resource}`)
    else expect(resolveResource(url)).toBe(resource)
  })

  it.each(expectCases(file.refused))('$what: $value', ({ what, value = '' }) => {
    if (what === 'refused: policy without a statement') {
      expect(() => parsePolicy('{"Statement":[]}')).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    } else if (what === 'refused: policy with an empty resource') {
      expect(() => buildPolicy({ resource: '', dateLessThan: 1_451_606_400 })).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    } else if (what === 'refused as a resource') {
      // CF-7: escaped once instead, to what a browser requests. In a policy that is signed as it is, it is refused.
      expect(resolveResource(value)).toBe('http://example.com/%C7%B7')
      expect(() => parsePolicy(formatPolicy({ resource: value, dateLessThan: 1_451_606_400 }))).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    } else {
      const code = what.endsWith('reserved query name') ? 'URL_ALREADY_SIGNED' : 'URL_INVALID'
      expect(() => readSignableUrl(value)).toThrow(expect.objectContaining({ code }))
    }
  })
})
