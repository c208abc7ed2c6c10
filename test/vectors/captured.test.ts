/**
 * Requests of real clients as a server received them: awscli, the AWS SDKs for JavaScript, Java, Ruby and C++,
 * Cyberduck, Postman. Signing them again gives the signature that they came with; those of version 2 are verified here
 * too. Reads captured.json.
 */
import { describe, expect, it } from 'vitest'
import { parseDate } from '../../packages/countersign/src/core/http-date.ts'
import { parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import { parseAuthorization } from '../../packages/countersign/src/core/authorization-header.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import type { HttpRequest, SignOptions } from '../../packages/countersign/src/index.ts'
import { createS3V2, presignS3V2, signS3V2 } from '../../packages/countersign/src/sigv2.ts'
import { createVerifier, type VerifiedRequest } from '../../packages/countersign/src/verify/index.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

interface CapturedCase {
  readonly name: string
  readonly scheme: 'sigv4' | 'sigv4-presigned' | 'sigv2' | 'sigv2-presigned'
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly region: string
  readonly service: string
  readonly amzDate: string
  readonly signedHeaders: string
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  /** Of a virtual host, in SigV2. */
  readonly bucket?: string
  /** Of a presigned URL of SigV2, in seconds since 1970. */
  readonly expires?: string
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly [string, string][]
    readonly body?: string
  }
}

/** All cases of the file. */
const COUNTS = { sigv4: 102, 'sigv4-presigned': 23, sigv2: 62, 'sigv2-presigned': 1 }

function headerOf({ request }: CapturedCase, wanted: string): string {
  return request.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
}

function requestOf(captured: CapturedCase): HttpRequest<string> {
  const { method, target, headers, body } = captured.request
  const url = `http://${headerOf(captured, 'host')}${target}`
  return { method, url, headers: headers.filter(([name]) => name.toLowerCase() !== 'authorization'), body }
}

function optionsOf({ credentials, region, service, amzDate, ...captured }: CapturedCase): SignOptions {
  return {
    credentials,
    region,
    service,
    date: parseAmzDate(amzDate),
    payloadHash: captured.canonicalRequest.split('\n').at(-1),
    signHeaders: captured.signedHeaders.split(';'),
    allowUnsignedPayloadOverHttp: true,
  }
}

function expectSteps(signed: object, { canonicalRequest, stringToSign, signature }: CapturedCase): void {
  expect(signed).toMatchObject({ canonicalRequest, stringToSign, signature })
}

function componentsOf(authorization: string): unknown {
  return parseAuthorization(authorization.replace(/^AWS4-HMAC-SHA256\s+/, ''))
}

async function verifyV2(captured: CapturedCase, now: Date): Promise<VerifiedRequest> {
  const { credentials, bucket, request } = captured
  const verifier = createVerifier({
    service: 's3',
    region: '*',
    algorithms: [createS3V2({ bucketOf: () => bucket })],
    // Their bodies are not published, so that no digest can fit.
    verifyDigests: false,
    now: () => now,
    secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
  })
  return verifier.verify({ method: request.method, target: request.target, headers: request.headers })
}

describeVectors('captured.json', () => {
  const cases = expectCases(loadVectors<{ cases: CapturedCase[] }>('captured.json').cases)
  const of = (scheme: CapturedCase['scheme']): readonly CapturedCase[] =>
    expectCases(cases.filter((captured) => captured.scheme === scheme))

  it(`has ${cases.length} cases`, () => {
    expect(cases).toHaveLength(188)
    for (const [scheme, count] of Object.entries(COUNTS)) {
      expect(of(scheme as CapturedCase['scheme'])).toHaveLength(count)
    }
  })

  describe('sigv4', () => {
    for (const captured of of('sigv4')) {
      it(captured.name, () => {
        const signed = signRequest(requestOf(captured), optionsOf(captured))
        expectSteps(signed, captured)
        const authorization = signed.headers.find(([name]) => name === 'authorization')![1]
        expect(componentsOf(authorization)).toEqual(componentsOf(headerOf(captured, 'authorization')))
      })
    }
  })

  describe('sigv4-presigned', () => {
    for (const captured of of('sigv4-presigned')) {
      it(captured.name, () => {
        const expires = /X-Amz-Expires=(\d+)/i.exec(captured.request.target)?.[1]
        const presigned = presignUrl(requestOf(captured), {
          ...optionsOf(captured),
          expiresIn: Number(expires),
        })
        expectSteps(presigned, captured)
      })
    }
  })

  describe('sigv2', () => {
    for (const captured of of('sigv2')) {
      it(captured.name, async () => {
        const { credentials, bucket = '', stringToSign, signature } = captured
        // A Date of theirs is kept; the Authorization that would make it an old one is taken out.
        const signed = signS3V2(requestOf(captured), { credentials, bucket })
        expect(signed).toMatchObject({ stringToSign, signature })
        expect(signed.headers.at(-1)).toEqual(['authorization', headerOf(captured, 'authorization')])
        const date = headerOf(captured, 'x-amz-date') || headerOf(captured, 'date')
        const verified = await verifyV2(captured, parseDate(date, new Date(0))!)
        expect(verified).toMatchObject({ mechanism: 'header', algorithm: 'AWS' })
      })
    }
  })

  describe('sigv2-presigned', () => {
    for (const captured of of('sigv2-presigned')) {
      it(captured.name, async () => {
        const { credentials, bucket = '', stringToSign, signature } = captured
        const end = Number(captured.expires)
        const date = new Date((end - 60) * 1000)
        const presigned = presignS3V2(requestOf(captured), { credentials, bucket, expiresIn: 60, date })
        expect(presigned).toMatchObject({ stringToSign, signature })
        expect(presigned.url).toBe(`http://127.0.0.1${captured.request.target}`)
        const verified = await verifyV2(captured, date)
        expect(verified).toMatchObject({ mechanism: 'query', algorithm: 'AWS' })
      })
    }
  })
})
