/** Options of making and of checking a proof: what is left out, and what is refused. */
import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { createIdentityProof, verifyIdentityProof } from './index.ts'
import type { IdentityProofOptions, VerifyIdentityProofOptions } from './index.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const date = new Date('2026-11-22T12:34:56Z')
const given = { credentials, region: 'eu-west-1', audience: 'api.example.com', date }

function urlOf(options: Partial<IdentityProofOptions>): string {
  const { proof } = createIdentityProof({ ...given, ...options })
  return Buffer.from(proof.slice('k8s-aws-v1.'.length), 'base64url').toString()
}

describe('createIdentityProof', () => {
  it('says when the proof ends', () => {
    expect(createIdentityProof(given).expiresAt).toEqual(new Date('2026-11-22T12:49:56Z'))
    expect(createIdentityProof({ ...given, expiresIn: 60 }).expiresAt).toEqual(
      new Date('2026-11-22T12:35:56Z'),
    )
    expect(createIdentityProof({ ...given, form: 'signed' }).expiresAt).toEqual(
      new Date('2026-11-22T12:39:56Z'),
    )
    const expiring = { ...credentials, expiration: new Date('2026-11-22T12:35:00Z') }
    for (const form of ['presigned', 'signed'] as const) {
      const proof = createIdentityProof({ ...given, credentials: expiring, form })
      expect(proof).toMatchObject({ expiresAt: expiring.expiration, warnings: ['EXPIRY_CLAMPED'] })
    }
  })

  it.each(['x-k8s-aws-id', 'X-My-Audience', 'x-request-id', 'x-forwarded-for', 'x-amzn-trace-id'])(
    'signs the audience in %s, whatever else that header is for',
    (audienceHeader) => {
      const names = encodeURIComponent(`host;${audienceHeader.toLowerCase()}`)
      expect(urlOf({ audienceHeader })).toContain(`&X-Amz-SignedHeaders=${names}&`)
      const { proof } = createIdentityProof({ ...given, audienceHeader, form: 'signed' })
      const { iam_request_headers: headers } = JSON.parse(proof) as Record<string, string>
      expect(atob(headers!)).toMatch(new RegExp(`SignedHeaders=[^,]*;${audienceHeader.toLowerCase()}[;,]`))
    },
  )

  it('is for the host that is named, and signed for its region', () => {
    const url = urlOf({ hostname: 'sts-fips.us-gov-west-1.amazonaws.com', region: undefined })
    expect(url).toMatch(/^https:\/\/sts-fips\.us-gov-west-1\.amazonaws\.com\/\?.*%2Fus-gov-west-1%2Fsts%2F/)
  })

  it.each<[string, Partial<IdentityProofOptions>]>([
    ['no audience', { audience: '' }],
    ['an audience with a line end', { audience: 'a\r\nb: c' }],
    ['an audience with a blank', { audience: 'a b' }],
    ['a header of the signature', { audienceHeader: 'x-amz-date' }],
    ['a header of HTTP', { audienceHeader: 'authorization' }],
    ['a header that is none', { audienceHeader: 'x-a: b' }],
    ['another form', { form: 'other' as never }],
    ['a lifetime that is not signed', { form: 'signed', expiresIn: 60 }],
    ['a host with a port', { hostname: 'sts.amazonaws.com:443' }],
  ])('takes no %s', (_, options) => {
    expect(() => createIdentityProof({ ...given, ...options })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('verifyIdentityProof', () => {
  it.each<[string, Partial<VerifyIdentityProofOptions>]>([
    ['no audience', { audience: '' }],
    ['no audience at all', { audience: undefined as never }],
    ['a header of the signature', { audienceHeader: 'x-amz-security-token' }],
    ['a host that is no STS', { allowedHosts: ['sts.example.com'] }],
    ['a host in upper case', { allowedHosts: ['STS.amazonaws.com'] }],
    ['a URL for a host', { stsHost: 'https://sts.amazonaws.com' }],
    ['an age above the highest', { maxAge: 901 }],
    ['no age', { maxAge: 0 }],
    ['an age that is none', { maxAge: NaN }],
    ['a skew that is none', { maxClockSkew: -1 }],
    ['no time', { timeout: 0 }],
    ['endless time', { timeout: Infinity }],
    ['a partition that is none', { partition: 'aws-moon' }],
    ['a clock without a time', { now: () => new Date(NaN) }],
  ])('takes no %s', async (_, options) => {
    const { proof } = createIdentityProof(given)
    const checked = verifyIdentityProof(proof, {
      audience: 'api.example.com',
      now: () => date,
      fetch: async () => expect.unreachable('STS was asked'),
      ...options,
    })
    await expect(checked).rejects.toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    await expect(checked).rejects.toBeInstanceOf(SigningError)
  })
})
