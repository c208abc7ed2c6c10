/**
 * Unknown keys that are answered as wrong signatures are: the same to the byte, after the same work.
 */
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  dateAt,
  expectLetIn,
  expectRefused,
  KEY_ID,
  MECHANISMS,
  NOW,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withTarget,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import { VerificationError } from '../errors.ts'
import { SigningKey } from '../index.ts'
import { VerifyingKey } from '../keys/verifying-key.ts'
import { createPostVerifier } from '../post.ts'
import { sigV2 } from '../sigv2.ts'
import { sigV4A } from '../sigv4a.ts'
import type { Found } from './found-key.ts'
import { apiGateway, awsJson, queryXml, restJson, s3Xml, sigV4 } from './index.ts'
import type { VerifierOptions } from './verifier.ts'

const DIALECTS = [s3Xml, queryXml, awsJson, restJson, apiGateway] as const
const HIDDEN = { hideUnknownKeys: true } as const
const NOBODY = { ...HIDDEN, secrets: () => undefined }

function answersOf(error: VerificationError): unknown[] {
  return DIALECTS.flatMap((render) =>
    (['full', 'minimal', 'none'] as const).map((echo) => {
      const answer = render(error, { requestId: 'R', echo })
      const hostId = answer.headers.find(([name]) => name === 'x-amz-id-2')?.[1] ?? 'H'
      return JSON.parse(JSON.stringify(answer).replaceAll(hostId, 'H')) as unknown
    }),
  )
}

function keyOf(found: Found<string>): Partial<VerifierOptions<string>> {
  return { ...HIDDEN, secrets: () => ({ principal: 'alice', ...found }) }
}

const past = new Date(NOW.getTime() - 1)
const scope = { date: NOW, region: 'us-east-1', service: 's3' }
/** What a server may know of a key; of none of it a wrong signature may tell. */
const KEYS: readonly (readonly [string, Found<string>])[] = [
  ['a key', { secretAccessKey: SECRET }],
  ['one that is being rotated', { secretAccessKey: ['new', SECRET] }],
  ['one that has died', { secretAccessKey: SECRET, notAfter: past }],
  ['a temporary one', { secretAccessKey: SECRET, sessionToken: TOKEN }],
  ['a temporary one that has expired', { secretAccessKey: SECRET, sessionToken: TOKEN, notAfter: past }],
  ['a derived one', { signingKey: SigningKey.derive(SECRET, scope) }],
  ['a derived one of another region', { signingKey: SigningKey.derive(SECRET, { ...scope, region: 'x' }) }],
]

/** Requests that nobody with the key has signed. */
function forgeries(sign: typeof signInHeader): readonly SentMessage[] {
  const forge = (change: (hex: string) => string) => (text: string) =>
    text.replace(/(Signature=)([0-9a-f]{64})/, (_, name: string, hex: string) => name + change(hex))
  const cut = forge((hex) => hex.slice(1))
  return [
    withBadSignature(sign()),
    withBadSignature(sign({ sessionToken: TOKEN })),
    withTarget(withAuthorization(sign(), cut), cut),
    withHeaders(withBadSignature(sign()), ['x-amz-meta-a', 'b']),
    withBadSignature(sign({ headers: [['x-a', 'b']], signedHeaders: 'host;x-a;x-b' })),
    withBadSignature(sign({ method: 'PUT', body: 'b' })),
    withBadSignature(sign({ service: 'execute-api', method: 'PUT', body: 'b' })),
  ]
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('hideUnknownKeys', () => {
  describe.each(KEYS)('%s', (_, found) => {
    it.each(MECHANISMS)('is told from no key by nothing: $mechanism', async ({ sign }) => {
      for (const message of forgeries(sign)) {
        const known = await refusalOf(message, keyOf(found))
        const unknown = await refusalOf(message, NOBODY)
        expect([unknown.code, unknown.status, unknown.awsCode]).toEqual([
          known.code,
          known.status,
          known.awsCode,
        ])
        expect(unknown.facts).toEqual(known.facts)
        expect(answersOf(unknown)).toEqual(answersOf(known))
        expect(JSON.stringify(unknown)).toBe(JSON.stringify(known))
        expect(unknown.message).toBe(known.message)
      }
    })
  })

  it('tells the server, and not the client, which of the two it was', async () => {
    const forged = withBadSignature(signInHeader())
    const unknown = await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', NOBODY)
    expect(unknown.exactCode).toBe('KEY_UNKNOWN')
    const known = await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', HIDDEN)
    expect(known.exactCode).toBe('SIGNATURE_MISMATCH')
    expect(JSON.stringify(unknown) + inspect(unknown, { showHidden: true })).not.toContain('KEY_UNKNOWN')
  })

  it('leaves AWS’s answers as they are where it is not asked for', async () => {
    await expectRefused(signInHeader(), 'KEY_UNKNOWN', 'InvalidAccessKeyId', { secrets: () => undefined })
  })

  it('lets in whom it should', async () => {
    for (const { sign } of MECHANISMS) await expectLetIn(sign(), HIDDEN)
    await expectRefused(
      signInHeader({ sessionToken: TOKEN }),
      'TOKEN_EXPIRED',
      'ExpiredToken',
      keyOf(KEYS[4]![1]),
    )
  })

  it.each(['', 'a secret of nobody', 'no such key', 'undefined'])(
    'lets nobody in by the secret %j',
    async (secretAccessKey) => {
      const message = signInHeader({ secretAccessKey })
      await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', NOBODY)
    },
  )

  it('derives and compares as often, whatever is known of the key and in the cache', async () => {
    const derive = vi.spyOn(VerifyingKey, 'derive')
    const compare = vi.spyOn(VerifyingKey.prototype, 'hasSigned')
    const forged = withBadSignature(signInHeader())
    const workOf = async (options: Partial<VerifierOptions<string>>, isUsed: boolean): Promise<number[]> => {
      const verifier = verifierFor(options)
      if (isUsed) await verifier.verify(signInHeader())
      derive.mockClear()
      compare.mockClear()
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
      return [derive.mock.calls.length, compare.mock.calls.length]
    }
    expect(await workOf(NOBODY, false)).toEqual([2, 2])
    for (const [, found] of KEYS) expect(await workOf(keyOf(found), false)).toEqual([2, 2])
    // In use: its derived key is in the cache.
    for (const [, found] of KEYS.slice(0, 2)) expect(await workOf(keyOf(found), true)).toEqual([2, 2])
    // Without the option it shows.
    expect(await workOf({}, true)).toEqual([0, 1])
    const old: object = { secrets: () => ({ secretAccessKey: ['new', SECRET] }) }
    expect(await workOf(old, false)).toEqual([2, 2])
  })

  it('goes for SigV4A as well', async () => {
    const message = signInHeader({ isSigV4A: true, secretAccessKey: 'another' })
    const algorithms = { algorithms: [sigV4, sigV4A] }
    const known = await refusalOf(message, { ...HIDDEN, ...algorithms })
    const unknown = await refusalOf(message, { ...NOBODY, ...algorithms })
    expect(known.code).toBe('SIGNATURE_MISMATCH')
    expect(answersOf(unknown)).toEqual(answersOf(known))
  })

  it('goes for SigV2 as well', async () => {
    const time = encodeURIComponent(NOW.toISOString())
    const target = `/?Action=A&AWSAccessKeyId=${KEY_ID}&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=${time}&Signature=${encodeURIComponent(btoa('x'.repeat(32)))}`
    const message: SentMessage = { method: 'GET', target, headers: [['host', 'h']] }
    const algorithms = { algorithms: [sigV4, sigV2] }
    const known = await refusalOf(message, { ...HIDDEN, ...algorithms })
    const unknown = await refusalOf(message, { ...NOBODY, ...algorithms })
    expect(known.code).toBe('SIGNATURE_MISMATCH')
    expect(answersOf(unknown)).toEqual(answersOf(known))
  })

  it('goes for upload forms as well', async () => {
    const fields = [
      ['key', 'a'],
      ['policy', btoa('{}')],
      ['x-amz-algorithm', 'AWS4-HMAC-SHA256'],
      ['x-amz-credential', `${KEY_ID}/20261122/us-east-1/s3/aws4_request`],
      ['x-amz-date', dateAt()],
      ['x-amz-signature', '0'.repeat(64)],
    ] as const
    const refusalBy = async (secrets: () => Found | undefined): Promise<VerificationError> => {
      const verifier = createPostVerifier({ ...HIDDEN, region: 'us-east-1', now: () => NOW, secrets })
      const refusal: unknown = await verifier
        .verifyForm({ bucket: 'b', fields, size: 1 })
        .catch((error: unknown) => error)
      return refusal instanceof VerificationError ? refusal : expect.fail('let in')
    }
    const known = await refusalBy(() => ({ secretAccessKey: SECRET }))
    const unknown = await refusalBy(() => undefined)
    expect(known.code).toBe('SIGNATURE_MISMATCH')
    expect(answersOf(unknown)).toEqual(answersOf(known))
    expect(unknown.exactCode).toBe('KEY_UNKNOWN')
  })
})
