/** What a log gets to see of a refusal, and what not. */
import { describe, expect, it } from 'vitest'
import {
  expectRefused,
  KEY_ID,
  NOW,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  withBadSignature,
} from '../../../../test/kit/messages.ts'
import { VerificationError } from '../errors.ts'
import { createPostVerifier } from '../post.ts'
import { s3V2, sigV2 } from '../sigv2.ts'
import { detailOf } from './refusal-detail.ts'

const CUSTOMER_KEY = 'Y3VzdG9tZXIga2V5IG9mIDMyIGJ5dGVzIGV4YWN0bHkh'

describe('detailOf', () => {
  it('has the cause, the facts and what the server built', async () => {
    const error = await refusalOf(withBadSignature(signInHeader()))
    expect(detailOf(error)).toEqual({
      code: 'SIGNATURE_MISMATCH',
      message: error.message,
      awsCode: 'SignatureDoesNotMatch',
      status: 403,
      facts: { accessKeyId: KEY_ID, signatureProvided: '0'.repeat(64) },
      ...error.steps,
    })
  })

  it('has no secret that stands in the place of a component', async () => {
    for (const value of [`${KEY_ID}:${SECRET}`, `Credential=${KEY_ID}/x, SignedHeaders=host, ${SECRET}`]) {
      const headers = [['authorization', `AWS4-HMAC-SHA256 ${value}`]] as const
      const error = await refusalOf({ method: 'GET', target: '/', headers })
      expect(detailOf(error).facts).toEqual({ fault: 'not-key-value', component: '[redacted]' })
    }
  })

  it('has no steps where nothing was built', async () => {
    const error = await refusalOf({ method: 'GET', target: '/', headers: [['host', 'h']] })
    expect(Object.keys(detailOf(error))).toEqual(['code', 'message', 'awsCode', 'status', 'facts'])
  })

  it('names an unknown key that the client is not told of', async () => {
    const options = { hideUnknownKeys: true, secrets: () => undefined }
    const error = await expectRefused(signInHeader(), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', options)
    expect(detailOf(error)).toMatchObject({ code: 'KEY_UNKNOWN', awsCode: 'SignatureDoesNotMatch' })
  })

  it.each([
    ['a token in a header', signInHeader({ sessionToken: TOKEN })],
    ['a token in a URL', presign({ sessionToken: TOKEN })],
    ['a cookie', signInHeader({ headers: [['Cookie', `session=${TOKEN}`]] })],
    [
      "a customer's key",
      signInHeader({ headers: [['x-amz-server-side-encryption-customer-key', CUSTOMER_KEY]] }),
    ],
    [
      "a source's key",
      signInHeader({ headers: [['x-amz-copy-source-server-side-encryption-customer-key', CUSTOMER_KEY]] }),
    ],
    ['a token of S3 Express', signInHeader({ headers: [['x-amz-s3session-token', TOKEN]] })],
    [
      'a token in another case',
      presign({ target: `/b/k?x-amz-s3session-token=${encodeURIComponent(TOKEN)}` }),
    ],
  ])('redacts %s', async (_, message) => {
    const error = await refusalOf(withBadSignature(message))
    const secrets = [TOKEN, encodeURIComponent(TOKEN), CUSTOMER_KEY]
    const isIn = (text: string): boolean => secrets.some((secret) => text.includes(secret))
    expect(isIn(error.steps!.canonicalRequest)).toBe(true)
    const detail = detailOf(error)
    expect(isIn(JSON.stringify(detail))).toBe(false)
    expect(detail.canonicalRequest).toContain('[redacted]')
    // And nothing but that.
    const lines = error.steps!.canonicalRequest.split('\n')
    expect(detail.canonicalRequest!.split('\n')).toHaveLength(lines.length)
    expect(detail.canonicalRequest).toContain('host:tenant-a.example.com\n')
  })

  it('redacts tokens of version 2', async () => {
    const algorithms = { algorithms: [s3V2, sigV2] }
    const header = await refusalOf(
      {
        method: 'GET',
        target: '/b/k',
        headers: [
          ['host', 'h'],
          ['date', NOW.toUTCString()],
          ['x-amz-security-token', TOKEN],
          ['authorization', `AWS ${KEY_ID}:${btoa('x'.repeat(20))}`],
        ],
      },
      { service: 's3', ...algorithms },
    )
    const time = encodeURIComponent(NOW.toISOString())
    const target = `/?Action=A&AWSAccessKeyId=${KEY_ID}&SecurityToken=${encodeURIComponent(TOKEN)}&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=${time}&Signature=${encodeURIComponent(btoa('x'.repeat(32)))}`
    const query = await refusalOf({ method: 'GET', target, headers: [['host', 'h']] }, algorithms)
    for (const error of [header, query]) {
      expect(error.code).toBe('SIGNATURE_MISMATCH')
      const { stringToSign } = detailOf(error)
      expect(decodeURIComponent(error.steps!.stringToSign)).toContain(TOKEN)
      expect(decodeURIComponent(stringToSign!)).not.toContain(TOKEN)
      expect(stringToSign).toContain('[redacted]')
    }
  })

  it('redacts policies that hold a token, and shows others', async () => {
    const detailFor = async (conditions: unknown[]): Promise<string | undefined> => {
      const policy = btoa(JSON.stringify({ expiration: '2026-11-23T00:00:00Z', conditions }))
      const fields = [
        ['key', 'a'],
        ['policy', policy],
        ['x-amz-algorithm', 'AWS4-HMAC-SHA256'],
        ['x-amz-credential', `${KEY_ID}/20261122/us-east-1/s3/aws4_request`],
        ['x-amz-date', '20261122T120000Z'],
        ['x-amz-signature', '0'.repeat(64)],
      ] as const
      const secrets = () => ({ secretAccessKey: SECRET })
      const verifier = createPostVerifier({ region: 'us-east-1', now: () => NOW, secrets })
      const error: unknown = await verifier
        .verifyForm({ bucket: 'b', fields, size: 1 })
        .catch((cause: unknown) => cause)
      if (!(error instanceof VerificationError)) return expect.fail('let in')
      expect(error.steps?.stringToSign).toBe(policy)
      return detailOf(error).stringToSign
    }
    expect(await detailFor([['eq', '$x-amz-security-token', TOKEN]])).toBe('[redacted]')
    expect(atob((await detailFor([['eq', '$key', 'a']])) ?? '')).toContain('"$key"')
  })
})
