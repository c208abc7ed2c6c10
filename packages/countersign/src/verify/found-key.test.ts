/**
 * What a look-up may give, and what follows from it: rotation, derived keys, keys that die.
 */
import { describe, expect, it } from 'vitest'
import {
  dateAt,
  expectLetIn,
  expectRefused,
  KEY_ID,
  MECHANISMS,
  NOW,
  presign,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withBadSignature,
} from '../../../../test/kit/messages.ts'
import { SigningKey } from '../index.ts'
import type { Found, KeyHints } from './found-key.ts'
import { createVerifier, type VerifierOptions } from './verifier.ts'

const NEW_SECRET = 'the new secret'
const MISMATCH = ['SIGNATURE_MISMATCH', 'SignatureDoesNotMatch'] as const

function found(key: Found<string>): Partial<VerifierOptions<string>> {
  return { secrets: () => ({ principal: 'alice', ...key }) }
}

describe('the look-up', () => {
  it.each(MECHANISMS)('is told the key id and the claim: $mechanism', async ({ sign }) => {
    const asked: [string, KeyHints][] = []
    const secrets = (id: string, hints: KeyHints): Found<string> => {
      asked.push([id, hints])
      return { secretAccessKey: SECRET, principal: 'alice' }
    }
    await expectLetIn(sign(), { secrets })
    const hints = { algorithm: 'AWS4-HMAC-SHA256', date: '20261122', region: 'us-east-1', service: 's3' }
    expect(asked).toEqual([[KEY_ID, hints]])
  })

  it.each([[['']], [[undefined]], [''], [[NEW_SECRET, undefined]]])(
    'is told that it gave no secret: %j',
    async (secretAccessKey) => {
      const { verify } = verifierFor(found({ secretAccessKey } as Found<string>))
      await expect(verify(signInHeader())).rejects.toMatchObject({ code: 'SECRET_KEY_MISSING' })
    },
  )

  it('is not asked for a request that is refused without a key', async () => {
    const secrets = (): never => expect.fail('asked')
    await expectRefused(presign({ expires: '0' }), 'EXPIRES_INVALID', 'AuthorizationQueryParametersError', {
      secrets,
    })
    await expectRefused(signInHeader({ amzDate: dateAt(-3600) }), 'CLOCK_SKEWED', 'RequestTimeTooSkewed', {
      secrets,
    })
    await expectRefused(presign({ amzDate: dateAt(-3601) }), 'EXPIRED', 'AccessDenied', { secrets })
  })

  it.each([
    ['at once', (key: Found<string> | undefined) => key],
    ['later', (key: Found<string> | undefined) => Promise.resolve(key)],
  ])('may answer %s', async (_, answer) => {
    await expectLetIn(signInHeader(), {
      secrets: () => answer({ secretAccessKey: SECRET, principal: 'alice' }),
    })
    const none = { secrets: () => answer(undefined) }
    await expectRefused(signInHeader(), 'KEY_UNKNOWN', 'InvalidAccessKeyId', none)
  })

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('the store is down')
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('the store is down'))],
  ])('that %s passes its error on, and lets nobody in', async (_, secrets) => {
    const verifier = verifierFor({ secrets })
    for (const message of [signInHeader(), presign(), withBadSignature(presign())]) {
      await expect(verifier.verify(message)).rejects.toThrow(new RangeError('the store is down'))
    }
  })

  it.each([{}, { secretAccessKey: [] }, { secretAccessKey: undefined }, { signingKey: undefined }])(
    'that gives no key lets nobody in: %j',
    async (key) => {
      for (const { sign } of MECHANISMS) await expectRefused(sign(), ...MISMATCH, found(key))
    },
  )

  it('hands the principal on as it is', async () => {
    const principal = { name: 'alice' }
    const verifier = createVerifier({
      service: 's3',
      region: 'us-east-1',
      now: () => NOW,
      secrets: () => ({ secretAccessKey: SECRET, principal }),
    })
    expect((await verifier.verify(presign())).principal).toBe(principal)
  })
})

describe('rotation', () => {
  it.each(MECHANISMS)(
    'each of several secrets is taken, and an older one told: $mechanism',
    async ({ sign }) => {
      const both = found({ secretAccessKey: [NEW_SECRET, SECRET, 'a third'] })
      const current = await expectLetIn(sign({ secretAccessKey: NEW_SECRET }), both)
      const older = await expectLetIn(sign(), both)
      const third = await expectLetIn(sign({ secretAccessKey: 'a third' }), both)
      expect([current, older, third].map(({ warnings }) => warnings)).toEqual([
        [],
        ['OLDER_SECRET_USED'],
        ['OLDER_SECRET_USED'],
      ])
      await expectRefused(sign({ secretAccessKey: 'a fourth' }), ...MISMATCH, both)
    },
  )

  it('a secret that is taken away works no more, at once', async () => {
    let secrets: string | string[] = SECRET
    const verifier = verifierFor({ secrets: () => ({ secretAccessKey: secrets, principal: 'alice' }) })
    const [old, young] = [signInHeader(), signInHeader({ secretAccessKey: NEW_SECRET })]
    const verdicts = async (): Promise<string[]> =>
      Promise.all(
        [old, young].map((message) =>
          verifier.verify(message).then(
            ({ warnings }) => warnings.join() || 'let in',
            (error: { code: string }) => error.code,
          ),
        ),
      )
    expect(await verdicts()).toEqual(['let in', 'SIGNATURE_MISMATCH'])
    secrets = [NEW_SECRET, SECRET]
    expect(await verdicts()).toEqual(['OLDER_SECRET_USED', 'let in'])
    expect(await verdicts()).toEqual(['OLDER_SECRET_USED', 'let in'])
    secrets = NEW_SECRET
    expect(await verdicts()).toEqual(['SIGNATURE_MISMATCH', 'let in'])
    secrets = []
    expect(await verdicts()).toEqual(['SIGNATURE_MISMATCH', 'SIGNATURE_MISMATCH'])
  })

  it('two keys of the same secret are two keys', async () => {
    const verifier = verifierFor({
      secrets: (id) => ({ secretAccessKey: id === KEY_ID ? SECRET : NEW_SECRET, principal: id }),
    })
    expect((await verifier.verify(signInHeader())).principal).toBe(KEY_ID)
    const asOther = verifier.verify(signInHeader({ accessKeyId: 'OTHER' }))
    await expect(asOther).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    const other = signInHeader({ accessKeyId: 'OTHER', secretAccessKey: NEW_SECRET })
    expect((await verifier.verify(other)).principal).toBe('OTHER')
  })
})

describe('a derived key in place of a secret', () => {
  const scope = { date: NOW, region: 'us-east-1', service: 's3' }
  const signingKey = SigningKey.derive(SECRET, scope)

  it.each(MECHANISMS)('verifies what is in its scope: $mechanism', async ({ sign }) => {
    const verified = await expectLetIn(sign(), found({ signingKey }))
    expect(verified.warnings).toEqual([])
    await expectLetIn(sign(), found({ signingKey: SigningKey.import(signingKey.export()) }))
  })

  it.each(MECHANISMS)('and nothing else: $mechanism', async ({ sign }) => {
    const everywhere = { ...found({ signingKey }), region: '*' }
    await expectRefused(sign({ region: 'eu-west-1' }), ...MISMATCH, everywhere)
    await expectRefused(sign({ service: 'execute-api' }), ...MISMATCH, everywhere)
    const tomorrow = new Date('2026-11-23T00:00:01Z')
    const amzDate = '20261123T000000Z'
    await expectRefused(sign({ amzDate }), ...MISMATCH, { ...everywhere, now: () => tomorrow })
    // Signed with the key itself, under a scope that is not the key's.
    for (const other of [
      { ...scope, region: 'eu-west-1' },
      { ...scope, date: '20261121' },
    ]) {
      const wrong = found({ signingKey: SigningKey.derive(SECRET, other) })
      await expectRefused(sign(), ...MISMATCH, wrong)
    }
  })

  it('a presigned URL dies with the day of its key', async () => {
    const url = presign({ expires: '604800' })
    const at = (instant: string): Partial<VerifierOptions<string>> => ({ now: () => new Date(instant) })
    await expectLetIn(url, { ...found({ signingKey }), ...at('2026-11-22T23:59:59.999Z') })
    const dead = { ...found({ signingKey }), ...at('2026-11-23T00:00:00Z') }
    await expectRefused(url, 'EXPIRED', 'AccessDenied', dead)
    const late = { ...found({ signingKey }), ...at('2026-11-28T00:00:00Z') }
    await expectRefused(url, 'EXPIRED', 'AccessDenied', late)
    await expectLetIn(url, { ...found({ secretAccessKey: SECRET }), ...at('2026-11-28T00:00:00Z') })
  })

  it('a request signed in its header does not, within the skew', async () => {
    const message = signInHeader({ amzDate: '20261122T235959Z' })
    const after = { ...found({ signingKey }), now: () => new Date('2026-11-23T00:05:00Z') }
    await expectLetIn(message, after)
  })

  it('an older derived key is refused for what it back-dates', async () => {
    const yesterday = SigningKey.derive(SECRET, { ...scope, date: '20261121' })
    const url = presign({ amzDate: '20261121T120000Z', expires: '604800' })
    await expectRefused(url, 'EXPIRED', 'AccessDenied', found({ signingKey: yesterday }))
  })
})

describe('a key with an end', () => {
  it.each(MECHANISMS)('works until then, and not after: $mechanism', async ({ sign }) => {
    const until = (ms: number): Partial<VerifierOptions<string>> =>
      found({ secretAccessKey: SECRET, notAfter: new Date(NOW.getTime() + ms) })
    await expectLetIn(sign(), until(1))
    await expectLetIn(sign(), until(0))
    await expectRefused(sign(), 'KEY_EXPIRED', 'ExpiredToken', until(-1))
    // Only its owner learns that it has died.
    await expectRefused(withBadSignature(sign()), ...MISMATCH, until(-1))
  })

  it('a derived key, and a temporary one', async () => {
    const past = new Date(NOW.getTime() - 1)
    const signingKey = SigningKey.derive(SECRET, { date: NOW, region: 'us-east-1', service: 's3' })
    await expectRefused(presign(), 'KEY_EXPIRED', 'ExpiredToken', found({ signingKey, notAfter: past }))
    const temporary = found({ secretAccessKey: SECRET, sessionToken: TOKEN, notAfter: past })
    await expectRefused(presign({ sessionToken: TOKEN }), 'TOKEN_EXPIRED', 'ExpiredToken', temporary)
  })

  it('a date that is none lets nobody in', async () => {
    const never = found({ secretAccessKey: SECRET, notAfter: new Date(Number.NaN) })
    await expect(verifierFor(never).verify(presign())).rejects.toBeInstanceOf(Error)
  })
})
