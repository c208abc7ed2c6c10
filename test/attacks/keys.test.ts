/**
 * Attacks with access keys and session tokens.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { equalConstantTime } from '../../packages/countersign/src/crypto/constant-time.ts'
import { SigningKey } from '../../packages/countersign/src/index.ts'
import { SigningKeyCache } from '../../packages/countersign/src/keys/signing-key-cache.ts'
import { VerifyingKey } from '../../packages/countersign/src/keys/verifying-key.ts'
import type { Found } from '../../packages/countersign/src/verify/index.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  BAD_SIGNATURE,
  EVERYWHERE,
  KEY_ID,
  MECHANISMS,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withAuthorization,
  withBadSignature,
  withTarget,
  type Draft,
} from '../kit/messages.ts'

const TEMPORARY = 'ASIAEXAMPLE'

function tokenOf(sessionToken: Found['sessionToken']): { secrets: () => Found<string> } {
  return { secrets: () => ({ secretAccessKey: SECRET, sessionToken, principal: 'alice' }) }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('A38 credential class decides', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const draft: Draft = { service, accessKeyId: TEMPORARY }
    for (const sessionToken of [undefined, TOKEN]) {
      await expectRefused(sign({ ...draft, sessionToken }), 'KEY_UNKNOWN', 'InvalidAccessKeyId')
      const forged = withBadSignature(sign({ ...draft, sessionToken }))
      await expectRefused(forged, 'KEY_UNKNOWN', 'InvalidAccessKeyId')
      await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', tokenOf(TOKEN))
    }
  })

  it('the letters of a key id mean nothing', async () => {
    await expectLetIn(signInHeader({ accessKeyId: TEMPORARY }), tokenOf(undefined))
    await expectLetIn(signInHeader({ accessKeyId: KEY_ID, sessionToken: TOKEN }), tokenOf(TOKEN))
  })
})

describe('B1 token for a static key', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    for (const sessionToken of [TOKEN, 'x', SECRET]) {
      await expectRefused(sign({ service, sessionToken }), 'TOKEN_INVALID', 'InvalidToken')
    }
  })

  it('the signature comes first', async () => {
    const forged = withBadSignature(signInHeader({ sessionToken: TOKEN }))
    await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('B2 temporary key with no or another token', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const options = tokenOf(TOKEN)
    const draft: Draft = { service, accessKeyId: TEMPORARY }
    await expectLetIn(sign({ ...draft, sessionToken: TOKEN }), options)
    await expectRefused(sign(draft), 'TOKEN_MISSING', 'InvalidAccessKeyId', options)
    const others = [
      'the token of user 2',
      TOKEN.slice(1),
      TOKEN.slice(0, -1),
      `${TOKEN}=`,
      TOKEN.toLowerCase(),
    ]
    for (const sessionToken of others) {
      await expectRefused(sign({ ...draft, sessionToken }), 'TOKEN_INVALID', 'InvalidToken', options)
    }
  })

  it('an empty one is none, or another', async () => {
    const header = signInHeader({ sessionToken: '' })
    await expectRefused(header, 'TOKEN_INVALID', 'InvalidToken', tokenOf(TOKEN))
    const url = await refusalOf(presign({ sessionToken: '' }), tokenOf(TOKEN))
    expect(['TOKEN_MISSING', 'TOKEN_INVALID']).toContain(url.code)
  })

  it.each([
    ['synchronous', (token: string) => token === TOKEN],
    ['asynchronous', (token: string) => Promise.resolve(token === TOKEN)],
  ])('told by a function: %s', async (_, check) => {
    for (const { sign } of MECHANISMS) {
      await expectLetIn(sign({ sessionToken: TOKEN }), tokenOf(check))
      await expectRefused(sign(), 'TOKEN_MISSING', 'InvalidAccessKeyId', tokenOf(check))
      await expectRefused(sign({ sessionToken: 'x' }), 'TOKEN_INVALID', 'InvalidToken', tokenOf(check))
    }
  })

  it('a function that throws lets nobody in', async () => {
    const fault = new Error('no store')
    const verifying = verifierFor(tokenOf(() => Promise.reject(fault))).verify(presign({ sessionToken: 'x' }))
    await expect(verifying).rejects.toBe(fault)
  })
})

describe('B13 unbounded derived-key cache', () => {
  const day = (index: number): Draft => ({ region: `region-${index}` })

  it('is filled by good signatures alone', async () => {
    const derive = vi.spyOn(VerifyingKey, 'derive')
    const verifier = verifierFor({ region: '*' })
    const derivedBy = async (message: ReturnType<typeof presign>): Promise<number> => {
      const before = derive.mock.calls.length
      await verifier.verify(message).catch(() => undefined)
      return derive.mock.calls.length - before
    }
    const forged = withBadSignature(presign(day(1)))
    expect([await derivedBy(forged), await derivedBy(forged)]).toEqual([1, 1])
    expect([await derivedBy(presign(day(1))), await derivedBy(presign(day(1)))]).toEqual([1, 0])
    expect(await derivedBy(forged)).toBe(0)
  })

  it('keeps a bounded number of keys', () => {
    const cache = new SigningKeyCache(10)
    const scopes = Array.from({ length: 1000 }, (_, i) => ({
      date: '20261122',
      region: `region-${i}`,
      service: 's3',
    }))
    const key = SigningKey.derive(SECRET, scopes[0]!)
    for (const scope of scopes) {
      cache.store(KEY_ID, SECRET, SigningKey.derive(SECRET, scope))
    }
    const kept = scopes.filter((scope) => cache.find(KEY_ID, SECRET, scope))
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(10)
    expect(cache.find(KEY_ID, SECRET, key.scope)).toBeUndefined()
  })

  it('a verifier forgets the oldest of many scopes', async () => {
    const verifier = verifierFor({ region: '*' })
    for (let i = 0; i < 2100; i++) await verifier.verify(presign(day(i)))
    const derive = vi.spyOn(VerifyingKey, 'derive')
    await verifier.verify(presign(day(0)))
    expect(derive).toHaveBeenCalledTimes(1)
    await verifier.verify(presign(day(2099)))
    expect(derive).toHaveBeenCalledTimes(1)
  })
})

describe('B14 key enumeration by time', () => {
  // How long each takes is compared in timing.long.ts.
  it.each(EVERYWHERE)(
    'only the codes tell the two apart: $mechanism, $service',
    async ({ sign, service }) => {
      const forged = withBadSignature(sign({ service }))
      const known = await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
      const none = { secrets: () => undefined }
      const unknown = await expectRefused(forged, 'KEY_UNKNOWN', 'InvalidAccessKeyId', none)
      expect(unknown.status).toBe(known.status)
    },
  )

  it('a key is derived for an unknown key as well', async () => {
    const derive = vi.spyOn(VerifyingKey, 'derive')
    await refusalOf(signInHeader(), { secrets: () => undefined })
    expect(derive).toHaveBeenCalledTimes(1)
  })

  it('what an unknown key is compared with cannot be guessed into', async () => {
    for (const secretAccessKey of ['no such key', '', 'undefined', 'unknown']) {
      const message = signInHeader({ secretAccessKey })
      await expectRefused(message, 'KEY_UNKNOWN', 'InvalidAccessKeyId', { secrets: () => undefined })
    }
  })
})

describe('B15 comparison time', () => {
  it('equal texts and no others are equal', () => {
    expect(equalConstantTime('', '')).toBe(true)
    expect(equalConstantTime(BAD_SIGNATURE, BAD_SIGNATURE)).toBe(true)
    for (let place = 0; place < 64; place++) {
      for (const digit of ['1', '2', '4', '8', '\u0130']) {
        const other = BAD_SIGNATURE.slice(0, place) + digit + BAD_SIGNATURE.slice(place + 1)
        expect(equalConstantTime(BAD_SIGNATURE, other)).toBe(false)
        expect(equalConstantTime(other, BAD_SIGNATURE)).toBe(false)
      }
    }
  })

  it('a prefix, a longer text and an empty one are others', () => {
    for (const given of ['', '0', BAD_SIGNATURE.slice(1), `${BAD_SIGNATURE}0`, BAD_SIGNATURE.repeat(2)]) {
      expect(equalConstantTime(BAD_SIGNATURE, given)).toBe(false)
      expect(equalConstantTime(given, BAD_SIGNATURE)).toBe(false)
    }
  })

  it.each(EVERYWHERE)('every digit counts: $mechanism, $service', async ({ sign, service }) => {
    const message = sign({ service })
    for (let place = 0; place < 64; place++) {
      const change = (text: string): string =>
        text.replace(/(Signature=)([0-9a-f]{64})/, (_, name: string, hex: string) => {
          const digit = hex[place] === 'f' ? '0' : 'f'
          return name + hex.slice(0, place) + digit + hex.slice(place + 1)
        })
      const changed = withTarget(withAuthorization(message, change), change)
      await expectRefused(changed, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })

  it.each([
    ['in capitals', (hex: string) => hex.toUpperCase()],
    ['too short', (hex: string) => hex.slice(1)],
    ['too long', (hex: string) => `${hex}0`],
    ['twice', (hex: string) => hex + hex],
    ['not hex', (hex: string) => `g${hex.slice(1)}`],
    ['with a prefix', (hex: string) => `0x${hex.slice(2)}`],
    ['with a line end', (hex: string) => `${hex}%0A`],
  ])('%s', async (_, change) => {
    for (const { sign } of MECHANISMS) {
      const apply = (text: string): string =>
        text.replace(/(Signature=)([0-9a-f]{64})/, (__, name: string, hex: string) => name + change(hex))
      const changed = withTarget(withAuthorization(sign(), apply), apply)
      await expectRefused(changed, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch')
    }
  })
})

describe('B16 key id characters', () => {
  const anyKey = { secrets: (id: string) => ({ secretAccessKey: SECRET, principal: id }) }

  describe.each(EVERYWHERE)('$mechanism, $service', ({ mechanism, sign, service }) => {
    const malformed =
      mechanism === 'query' ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed'

    it.each(['team/user', 'a/20261122/us-east-1/s3/b', 'a=b', 'a+b', 'a.b-c_d', '/', '='])(
      '%s',
      async (id) => {
        const { principal, accessKeyId } = await verifierFor(anyKey).verify(
          sign({ service, accessKeyId: id }),
        )
        expect([principal, accessKeyId]).toEqual([id, id])
      },
    )

    it.each(['sch\u00fcssel', 'a b', 'a%b', 'a:b', 'a*', "a'--", 'a\u0000'])('refused: %j', async (id) => {
      const inHeader = mechanism === 'header' && id.includes('\u0000')
      const message = sign({ service, accessKeyId: id })
      if (inHeader) await expectRefused(message, 'REQUEST_MALFORMED', 'InvalidRequest', anyKey)
      else await expectRefused(message, 'CREDENTIAL_MALFORMED', malformed, anyKey)
    })

    it('128 characters, and one more', async () => {
      const long = 'k'.repeat(128)
      await verifierFor(anyKey).verify(sign({ service, accessKeyId: long }))
      const longer = sign({ service, accessKeyId: `${long}k` })
      await expectRefused(longer, 'CREDENTIAL_MALFORMED', malformed, anyKey)
    })

    it('1 MB', async () => {
      const message = sign({ service, accessKeyId: 'k'.repeat(1_000_000) })
      await expectRefused(message, 'LIMIT_EXCEEDED', 'InvalidRequest', anyKey)
    })
  })

  it('another reading of the slashes is another key', async () => {
    const message = signInHeader({ accessKeyId: 'a/20261122/us-east-1/s3/aws4_request/b' })
    const { accessKeyId } = await verifierFor(anyKey).verify(message)
    expect(accessKeyId).toBe('a/20261122/us-east-1/s3/aws4_request/b')
  })

  it.each(['us,east', 'us;east', 'a\u007eb', '..', '*'])('region %s where all are served', async (region) => {
    for (const { sign } of MECHANISMS) {
      const message = withBadSignature(sign({ region }))
      const { code } = await refusalOf(message, { region: '*' })
      expect(['SIGNATURE_MISMATCH', 'CREDENTIAL_MALFORMED', 'AUTHORIZATION_MALFORMED']).toContain(code)
      const unknown = await refusalOf(message, { region: '*', secrets: () => undefined })
      expect(['KEY_UNKNOWN', 'CREDENTIAL_MALFORMED', 'AUTHORIZATION_MALFORMED']).toContain(unknown.code)
    }
  })
})
