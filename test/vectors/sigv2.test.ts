/**
 * Published signatures of version 2: S3 and stores like it, and the query APIs. Each is made again, and let in by a
 * verifier. Reads sigv2.json.
 */
import { describe, expect, it } from 'vitest'
import { buildS3V2StringToSign } from '../../packages/countersign/src/algorithms/s3-v2.ts'
import { buildSigV2StringToSign } from '../../packages/countersign/src/algorithms/sigv2.ts'
import {
  bytesOfBinary,
  signHmacSha1,
  signHmacSha256,
} from '../../packages/countersign/src/algorithms/sigv2-hmac.ts'
import type { QueryPair } from '../../packages/countersign/src/core/canonical-query.ts'
import { parseDate } from '../../packages/countersign/src/core/http-date.ts'
import { decodeUri, encodeUri } from '../../packages/countersign/src/core/uri-encoding.ts'
import {
  createS3V2,
  createSigV2,
  presignS3V2,
  signS3V2,
  signSigV2,
} from '../../packages/countersign/src/sigv2.ts'
import { createVerifier, type RequestMessage } from '../../packages/countersign/src/verify/index.ts'
import { splitUrl } from '../kit/http-message.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

type Header = [name: string, value: string]

interface Case {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly request: { readonly method: string; readonly target: string; readonly headers: readonly Header[] }
  readonly bucket?: string
  readonly flags?: { readonly amzDateInDatePlace?: boolean }
  readonly expires?: number
  readonly stringToSign: string
  readonly signature: string
  readonly authorization?: string
  readonly url?: string
}

interface QueryCase {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly request: {
    readonly method: string
    readonly host: string
    readonly path: string
    readonly params: readonly Header[]
  }
  readonly stringToSign: string
  readonly signature: string
}

interface File {
  readonly cases: readonly Case[]
  readonly query: readonly QueryCase[]
  readonly stringsToSign: readonly Pick<Case, 'name' | 'request' | 'bucket' | 'stringToSign'>[]
  readonly raw: readonly { credentials: Case['credentials']; stringToSign: string; signature: string }[]
}

function lowerNames(headers: readonly Header[]): Header[] {
  return headers.map(([name, value]) => [name.toLowerCase(), value])
}

function headerOf({ request }: Case, wanted: string): string | undefined {
  return lowerNames(request.headers).find(([name]) => name === wanted)?.[1]
}

function partsOf({
  request,
  bucket,
}: Pick<Case, 'request' | 'bucket'>): Parameters<typeof buildS3V2StringToSign>[0] {
  const { method, target, headers } = request
  const { path, query } = splitUrl(`http://h${target}`)
  return { method, path, query, headers: lowerNames(headers), bucket: bucket ?? '' }
}

/** The words of the documentation's own rule; its DELETE examples have the value of x-amz-date in the Date's place. */
function isQuirk({ flags }: Case): boolean {
  return flags?.amzDateInDatePlace === true
}

function urlOf(each: Case): string {
  return `https://${headerOf(each, 'host') ?? 's3.amazonaws.com'}${each.request.target}`
}

function inputOf(each: Case): Parameters<typeof signS3V2>[0] {
  const { method, headers } = each.request
  return {
    method,
    url: urlOf(each),
    headers: lowerNames(headers).filter(([name]) => name !== 'x-amz-security-token'),
  }
}

function credentialsOf(each: Case): Case['credentials'] & { sessionToken: string | undefined } {
  return { ...each.credentials, sessionToken: headerOf(each, 'x-amz-security-token') }
}

function verifierOf(each: Case, now: Date): ReturnType<typeof createVerifier> {
  const { accessKeyId, ...found } = credentialsOf(each)
  return createVerifier({
    service: 's3',
    region: '*',
    algorithms: [createS3V2({ bucketOf: () => each.bucket })],
    // Their bodies are not published, so that no digest can fit.
    verifyDigests: false,
    now: () => now,
    secrets: (id) => (id === accessKeyId ? found : undefined),
  })
}

/** 1970, whose epoch seconds some sources take. */
const EPOCH = new Date(0)

describeVectors('sigv2.json', () => {
  const file = loadVectors<File>('sigv2.json')
  const cases = expectCases(file.cases)
  const quirks = expectCases(cases.filter(isQuirk))
  const ofHeader = expectCases(cases.filter((each) => each.expires === undefined && !isQuirk(each)))
  const ofQuery = expectCases(cases.filter(({ expires }) => expires !== undefined))

  it('has 48 cases, 12 of query APIs, 29 strings to sign and 2 texts', () => {
    expect([cases.length, file.query.length, file.stringsToSign.length, file.raw.length]).toEqual([
      48, 12, 29, 2,
    ])
    expect(quirks.map(({ name }) => name)).toEqual([
      'S3 docs (johnsmith): DELETE, path style',
      'S3 docs (awsexamplebucket): DELETE, path style',
      'S3 docs (awsexamplebucket1): DELETE, path style',
    ])
  })

  describe('in the Authorization header', () => {
    it.each(ofHeader)('$name', async (each) => {
      const { stringToSign, signature, bucket = '' } = each
      const signed = signS3V2(inputOf(each), { credentials: credentialsOf(each), bucket })
      expect(signed).toMatchObject({ stringToSign, signature })
      expect(signed.headers.at(-1)).toEqual([
        'authorization',
        `AWS ${each.credentials.accessKeyId}:${signature}`,
      ])
      if (each.authorization !== undefined) expect(signed.headers.at(-1)?.[1]).toBe(each.authorization)

      const date = headerOf(each, 'x-amz-date') ?? headerOf(each, 'date') ?? ''
      const verifier = verifierOf(each, parseDate(date, EPOCH)!)
      const message = { ...each.request, headers: [...each.request.headers, signed.headers.at(-1)!] }
      expect(await verifier.verify(message)).toMatchObject({ algorithm: 'AWS', mechanism: 'header' })
    })
  })

  describe('in the URL', () => {
    it.each(ofQuery)('$name', async (each) => {
      const { stringToSign, signature, expires = 0, bucket = '', url, request } = each
      const lifetime = Math.min(expires, 900)
      const date = new Date((expires - lifetime) * 1000)
      const options = { credentials: credentialsOf(each), bucket, expiresIn: lifetime, date }
      const presigned = presignS3V2(inputOf(each), options)
      expect(presigned).toMatchObject({ stringToSign, signature, expiresAt: new Date(expires * 1000) })

      const hoisted = presignS3V2(inputOf(each), { ...options, hoistHeaders: ['x-amz-*', 'content-*'] })
      expect(hoisted).toMatchObject({ stringToSign, signature, headers: [] })
      if (url !== undefined) expect(pairsOf(hoisted.url)).toEqual(pairsOf(url))

      const verifier = verifierOf(each, date)
      const host: Header = ['host', 'h']
      for (const sent of [presigned.url, hoisted.url, url ?? hoisted.url]) {
        const { path, query } = splitUrl(sent)
        const headers = sent === presigned.url ? [host, ...presigned.headers] : [host]
        const message = { method: request.method, target: `${path}?${query}`, headers }
        expect(await verifier.verify(message)).toMatchObject({ algorithm: 'AWS', mechanism: 'query' })
      }
    })
  })

  describe('the value of x-amz-date in the place of Date, against the rule beside the example', () => {
    it.each(quirks)('$name', ({ request, bucket, stringToSign, signature, credentials }) => {
      const headers = request.headers.map<Header>(([name, value]) => [name.toLowerCase(), value])
      const moved = headers.flatMap<Header>(([name, value]) => {
        if (name === 'date') return []
        return name === 'x-amz-date' ? [['date', value]] : [[name, value]]
      })
      expect(
        buildS3V2StringToSign({
          ...partsOf({ request: { ...request, headers: moved }, bucket: bucket ?? '' }),
        }),
      ).toBe(stringToSign)
      expect(signHmacSha1(credentials.secretAccessKey, stringToSign)).toBe(signature)
      expect(buildS3V2StringToSign(partsOf({ request, bucket: bucket ?? '' }))).not.toBe(stringToSign)
    })
  })

  describe('strings to sign', () => {
    it.each(expectCases(file.stringsToSign))('$name', (each) => {
      expect(buildS3V2StringToSign(partsOf(each))).toBe(each.stringToSign)
    })

    it.each(expectCases(file.raw))('$stringToSign', ({ credentials, stringToSign, signature }) => {
      expect(signHmacSha1(credentials.secretAccessKey, stringToSign)).toBe(signature)
    })
  })

  describe('query APIs', () => {
    it.each(expectCases(file.query))('$name', ({ request, stringToSign, signature, credentials }) => {
      const { method, host, path, params } = request
      const pairs = params.map<QueryPair>(([name, value]) => [encodeText(name), encodeText(value)])
      expect(buildSigV2StringToSign(method, host, path, pairs)).toBe(stringToSign)
      expect(signHmacSha256(credentials.secretAccessKey, bytesOfBinary(stringToSign))).toBe(signature)
    })

    const whole = expectCases(file.query.filter(({ request }) => request.params.some(isVersion)))
    const signable = expectCases(whole.filter(({ request }) => request.host !== '' && isIso(timeOf(request))))

    it('are signed and verified as whole requests, save those without a host or a version', () => {
      expect([whole.length, signable.length]).toEqual([9, 5])
    })

    it.each(signable)('$name: as a request', async ({ request, credentials, stringToSign, signature }) => {
      const { method, host, path, params } = request
      const text = params.map((pair) => pair.map(encodeText).join('=')).join('&')
      const date = parseDate(timeOf(request), EPOCH)!
      const sessionToken = params.find(([name]) => name === 'SecurityToken')?.[1]
      const isForm = method === 'POST'
      const signed = signSigV2(
        { method, url: `https://${host}${path}${isForm ? '' : `?${text}`}`, body: isForm ? text : undefined },
        { credentials: { ...credentials, sessionToken }, date },
      )
      expect(signed).toMatchObject({ stringToSign, signature })
    })

    it.each(expectCases(whole.filter(({ request }) => request.host !== '')))(
      '$name: as a server receives it',
      async ({ request, credentials: { accessKeyId, secretAccessKey }, signature }) => {
        const sessionToken = request.params.find(([name]) => name === 'SecurityToken')?.[1]
        const verifier = createVerifier({
          service: 'sdb',
          region: '*',
          algorithms: [createSigV2({ methods: ['HmacSHA256'] })],
          now: () => parseDate(timeOf(request).replace(/(?<=\d)$/, 'Z'), EPOCH)!,
          secrets: (id) => (id === accessKeyId ? { secretAccessKey, sessionToken } : undefined),
        })
        const verified = await verifier.verify(messageOf(request, signature))
        expect(verified).toMatchObject({ algorithm: 'HmacSHA256', payload: 'verified' })
      },
    )
  })
})

function encodeText(text: string): string {
  return encodeUri(Buffer.from(text).toString('latin1'))
}

function isVersion([name]: Header): boolean {
  return name === 'SignatureVersion'
}

function timeOf({ params }: QueryCase['request']): string {
  return params.find(([name]) => name === 'Timestamp')?.[1] ?? ''
}

function isIso(time: string): boolean {
  return /^[\d-]+T[\d:]+Z$/.test(time)
}

function messageOf({ method, host, path, params }: QueryCase['request'], signature: string): RequestMessage {
  const signed = [...params, ['Signature', signature] as const]
  const text = signed.map((pair) => pair.map(encodeText).join('=')).join('&')
  if (method !== 'POST') return { method, target: `${path}?${text}`, headers: [['host', host]] }
  const headers = [['host', host] as const, ['content-type', 'application/x-www-form-urlencoded'] as const]
  return { method, target: path, headers, body: Buffer.from(text) }
}

function pairsOf(url: string): string[] {
  const { query } = splitUrl(url)
  return query
    .split('&')
    .map((pair) => pair.replace(/^[^=]+/, (name) => name.toLowerCase()))
    .map(decodeUri)
    .toSorted()
}
