import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SignedRequest } from '../sign/http-request.ts'
import { SigningKey } from '../keys/signing-key.ts'
import { AWS4Auth, NoSecretKeyError, PassiveAWS4Auth, StrictAWS4Auth } from './index.ts'

const MIDNIGHT = Date.UTC(2026, 10, 23)
const SCOPE = { region: 'us-east-1', service: 'service' }
const GET = { method: 'GET', url: 'https://example.amazonaws.com/' }

const credentials = (generation: number, expiration?: Date): Given => ({
  accessKeyId: `AKIDEXAMPLE${generation}`,
  secretAccessKey: `secret-${generation}`,
  sessionToken: `token-${generation}`,
  expiration,
})

interface Given {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date | undefined
}

type Signed = Pick<SignedRequest, 'canonicalRequest' | 'signature' | 'scope' | 'headers'>

/** The signature that AWS would compute, by its own short way. */
function expectedSignature({ canonicalRequest, headers }: Signed, secret: string): string {
  const amzDate = new Map(headers).get('x-amz-date') ?? ''
  const parts = [amzDate.slice(0, 8), SCOPE.region, SCOPE.service, 'aws4_request']
  const hash = createHash('sha256').update(canonicalRequest).digest('hex')
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, parts.join('/'), hash].join('\n')
  const key = parts.reduce(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  )
  return createHmac('sha256', key).update(stringToSign).digest('hex')
}

/** Which generation of credentials signed; fails unless id, token, secret and day all belong together. */
function generationOf(signed: Signed): number {
  const headers = new Map(signed.headers)
  const [, generation = '', day = ''] =
    /Credential=AKIDEXAMPLE(\d+)\/(\d{8})\//.exec(headers.get('authorization') ?? '') ?? []
  expect(headers.get('x-amz-security-token')).toBe(`token-${generation}`)
  expect(headers.get('x-amz-date')?.slice(0, 8)).toBe(day)
  expect(signed.scope.date).toBe(day)
  expect(signed.signature).toBe(expectedSignature(signed, `secret-${generation}`))
  return Number(generation)
}

describe('one AWS4Auth for 1,000 concurrent requests across midnight (KEY-7, DATE-1, TOK-1)', () => {
  it('signs every one right, with credentials that are renewed on the way', async () => {
    let time = MIDNIGHT - 5 * 60_000
    let asked = 0
    const now = (): Date => new Date((time += 400))
    const provider = async (): Promise<Given> => {
      const generation = ++asked
      await new Promise((done) => setTimeout(done, 1))
      return credentials(generation, new Date(time + 8 * 60_000))
    }
    const auth = new AWS4Auth({ credentials: provider, ...SCOPE, now })
    const requests = Array.from({ length: 1000 }, async (_, i) => {
      // Arrive at different times, with bodies that take different times to read.
      await new Promise((done) => setTimeout(done, i % 29))
      const body = i % 3 === 0 ? new Blob([`body ${i}`]) : `body ${i}`
      return auth.signAsync({ method: 'POST', url: `https://example.amazonaws.com/${i}`, body })
    })
    const signed = await Promise.all(requests)
    const generations = new Set(signed.map(generationOf))
    expect(new Set(signed.map(({ scope }) => scope.date))).toEqual(new Set(['20261122', '20261123']))
    expect(generations.size).toBeGreaterThan(1)
    // Minutes go by on this clock while one answer is waited for, so that it is asked for anew now and then.
    expect(asked).toBeLessThan(30)
    expect(auth.date).toBe('20261123')
  })

  it('signs every one right when their own dates lie on either side', async () => {
    const auth = new AWS4Auth({ credentials: credentials(1), ...SCOPE })
    const signed = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => {
        const date = new Date(MIDNIGHT + (i % 2 === 0 ? -1 : 1) * i * 1000).toUTCString()
        return auth.signAsync({ ...GET, headers: { date } })
      }),
    )
    expect(new Set(signed.map(generationOf))).toEqual(new Set([1]))
    expect(new Set(signed.map(({ scope }) => scope.date))).toEqual(new Set(['20261122', '20261123']))
  })
})

describe('credentials from a provider', () => {
  it('is asked once for all, and not before it is needed (CRED-1, CRED-2)', async () => {
    let asked = 0
    const auth = new AWS4Auth({ credentials: async () => credentials(++asked), ...SCOPE })
    expect([asked, auth.accessKeyId, auth.signingKey, auth.date]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ])
    await Promise.all(Array.from({ length: 100 }, () => auth.signAsync(GET)))
    await auth.signAsync(GET)
    expect([asked, auth.accessKeyId]).toEqual([1, 'AKIDEXAMPLE1'])
  })

  it('gets a new key with a new access key, and keeps it with a new token (section 20, 21)', async () => {
    let time = MIDNIGHT
    let given = credentials(1, new Date(time + 3_600_000))
    const auth = new AWS4Auth({ credentials: async () => given, ...SCOPE, now: () => new Date(time) })
    await auth.signAsync(GET)
    const first = auth.signingKey

    given = { ...given, sessionToken: 'token-1b', expiration: new Date(time + 2 * 3_600_000) }
    time += 3_600_000 - 30_000
    const renewed = await auth.signAsync(GET)
    expect(new Map(renewed.headers).get('x-amz-security-token')).toBe('token-1b')
    expect(auth.signingKey).toBe(first)

    time += 3_600_000
    given = credentials(2)
    expect(generationOf(await auth.signAsync(GET))).toBe(2)
    expect(auth.accessKeyId).toBe('AKIDEXAMPLE2')
    expect(auth.signingKey).not.toBe(first)
  })

  it('takes the option date for the first key alone', async () => {
    const options = { credentials: async () => credentials(1), ...SCOPE, date: '20110909' }
    const passive = new PassiveAWS4Auth(options)
    expect((await passive.signAsync(GET)).scope.date).toBe('20110909')
    await expect(new StrictAWS4Auth(options).signAsync(GET)).rejects.toMatchObject({
      name: 'DateMismatchError',
    })
    const regenerating = new AWS4Auth(options)
    generationOf(await regenerating.signAsync(GET))
    expect(regenerating.date).not.toBe('20110909')
  })

  it('may give a derived key, which is good for its own scope and day', async () => {
    const signingKey = SigningKey.derive('secret-1', { date: '20261122', ...SCOPE })
    const given = { accessKeyId: 'AKIDEXAMPLE1', sessionToken: 'token-1', signingKey }
    const auth = new AWS4Auth({ credentials: async () => given, ...SCOPE })
    const dated = (date: string): object => ({ ...GET, headers: { 'x-amz-date': date } })
    expect(generationOf(await auth.signAsync(dated('20261122T235959Z') as typeof GET))).toBe(1)
    await expect(auth.signAsync(dated('20261123T000000Z') as typeof GET)).rejects.toThrow(NoSecretKeyError)
    const elsewhere = new AWS4Auth({ credentials: given, ...SCOPE, region: 'us-east-1', service: 'service' })
    expect(elsewhere.signingKey?.signingKey).toBe(signingKey)
    expect(() => new AWS4Auth({ credentials: given, region: 'eu-west-1', service: 'service' })).toThrow(
      expect.objectContaining({ code: 'SIGNING_KEY_SCOPE_MISMATCH' }),
    )
  })

  it('needs signAsync, and its errors keep their type (CRED-3)', async () => {
    const auth = new AWS4Auth({ credentials: async () => credentials(1), ...SCOPE })
    const sign = (): unknown => auth.sign(GET)
    expect(sign).toThrow(expect.objectContaining({ name: 'CredentialsError', code: 'CREDENTIALS_INVALID' }))
    expect(sign).toThrow(/signAsync/)
    const cause = new Error('no network')
    const failing = new AWS4Auth({ credentials: () => Promise.reject(cause), ...SCOPE })
    await expect(failing.signAsync(GET)).rejects.toMatchObject({ code: 'CREDENTIALS_PROVIDER_FAILED', cause })
    const empty = new AWS4Auth({ credentials: async () => ({}) as Given, ...SCOPE })
    await expect(empty.signAsync(GET)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' })
  })

  it('is where the secret comes from when the key is regenerated', async () => {
    const auth = new AWS4Auth({ credentials: async () => credentials(1), ...SCOPE, region: 'eu-west-1' })
    expect(() => auth.regenerateSigningKey({ region: 'us-east-1' })).toThrow(NoSecretKeyError)
    await auth.signAsync(GET)
    expect(() => auth.regenerateSigningKey({ secretAccessKey: 'other' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    auth.regenerateSigningKey({ region: 'us-east-1' })
    expect(generationOf(await auth.signAsync(GET))).toBe(1)
  })
})
