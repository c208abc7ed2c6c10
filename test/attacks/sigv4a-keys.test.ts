/**
 * Attacks on requests that are signed with SigV4A: on time, tokens and keys, where everything is as for SigV4.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { VerifyingKey } from '../../packages/countersign/src/keys/verifying-key.ts'
import { SigningKey } from '../../packages/countersign/src/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { explainRequest, type Found } from '../../packages/countersign/src/verify/index.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  dateAt,
  NOW,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withoutHeader,
  type SentMessage,
} from '../kit/messages.ts'
import { BOTH, EVERYWHERE } from '../kit/sigv4a-messages.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('what else holds as for SigV4', () => {
  it.each(EVERYWHERE)('A9, A11 time: $mechanism, $service', async ({ mechanism, sign }) => {
    const [old, young] = [sign({ amzDate: dateAt(-7 * 3600) }), sign({ amzDate: dateAt(7200) })]
    const codes = mechanism === 'header' ? ['CLOCK_SKEWED', 'CLOCK_SKEWED'] : ['EXPIRED', 'NOT_YET_VALID']
    expect([(await refusalOf(old, BOTH)).code, (await refusalOf(young, BOTH)).code]).toEqual(codes)
  })

  it.each(EVERYWHERE)('B1, B2 tokens: $mechanism, $service', async ({ sign }) => {
    const temporary = {
      ...BOTH,
      secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }),
    }
    await expectLetIn(sign({ sessionToken: TOKEN }), temporary)
    await expectRefused(sign(), 'TOKEN_MISSING', 'InvalidAccessKeyId', temporary)
    await expectRefused(sign({ sessionToken: 'x' }), 'TOKEN_INVALID', 'InvalidToken', temporary)
    await expectRefused(sign({ sessionToken: TOKEN }), 'TOKEN_INVALID', 'InvalidToken', BOTH)
  })

  it('A13 a signed header that did not arrive', async () => {
    const message = withoutHeader(
      signInHeader({ isSigV4A: true, headers: [['x-amz-meta-a', '1']] }),
      'x-amz-meta-a',
    )
    await expectRefused(message, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch', BOTH)
  })

  it.each(EVERYWHERE)('rotation: $mechanism, $service', async ({ sign }) => {
    const secrets = (): Found<string> => ({ secretAccessKey: ['new', SECRET], principal: 'alice' })
    const { warnings } = await expectLetIn(sign(), { ...BOTH, secrets })
    expect(warnings).toContain('OLDER_SECRET_USED')
    await expectLetIn(sign({ secretAccessKey: 'new' }), { ...BOTH, secrets })
  })

  it.each(EVERYWHERE)(
    'a derived key of SigV4 verifies nothing: $mechanism, $service',
    async ({ sign, service }) => {
      const signingKey = SigningKey.derive(SECRET, { date: NOW, region: 'us-east-1', service })
      const secrets = (): Found<string> => ({ signingKey, principal: 'alice' })
      await expectRefused(sign(), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', { ...BOTH, secrets })
    },
  )

  it('B13 keys are kept after a success alone, one for a secret, and apart from those of SigV4', async () => {
    const derive = vi.spyOn(VerifyingKey, 'derive')
    let secretAccessKey = SECRET
    const secrets = (): Found<string> => ({ secretAccessKey, principal: 'alice' })
    const verifier = verifierFor({ ...BOTH, region: ['us-east-1', 'undefined'], secrets })
    const derived = async (message: SentMessage): Promise<number> => {
      const before = derive.mock.calls.length
      await verifier.verify(message).catch(() => undefined)
      return derive.mock.calls.length - before
    }
    const [good, forged] = [
      presign({ isSigV4A: true }),
      presign({ isSigV4A: true, secretAccessKey: 'other' }),
    ]
    expect([await derived(forged), await derived(forged)]).toEqual([1, 1])
    expect([await derived(good), await derived(good), await derived(forged)]).toEqual([1, 0, 0])
    expect(await derived(presign({ region: 'undefined' }))).toBe(1)
    expect([await derived(good), await derived(presign({ region: 'undefined' }))]).toEqual([0, 0])
    secretAccessKey = 'rotated'
    expect(await derived(good)).toBe(1)
    await expect(verifier.verify(good)).rejects.toThrow(
      expect.objectContaining({ code: 'SIGNATURE_MISMATCH' }),
    )
  })

  it('explainRequest tells the regions, and proves with the secret', () => {
    const rules = { ...BOTH, service: 's3', region: 'us-east-1', now: () => NOW }
    const { body: _, ...message } = presign({ isSigV4A: true, regionSet: 'us-*' })
    const report = explainRequest(message, { ...rules, key: { secretAccessKey: SECRET } })
    expect(report).toMatchObject({ verdict: 'valid', algorithm: sigV4A.name, regionSet: ['us-*'] })
    const wrong = explainRequest(message, { ...rules, region: 'eu-west-1', key: { secretAccessKey: 'x' } })
    const codes = wrong.findings.filter(({ isOk }) => !isOk).map(({ code }) => code)
    expect(codes).toEqual(['SCOPE_REGION_WRONG', 'SIGNATURE_MISMATCH'])
  })
})
