/**
 * B12 and C6: what changes in a store of keys takes effect with the next request, and what a caller changes in the
 * options that he gave has none.
 */
import { describe, expect, it } from 'vitest'
import type { Found } from '../../packages/countersign/src/verify/index.ts'
import { EVERYWHERE, expectLetIn, KEY_ID, NOW, SECRET, verifierFor, withHeaders } from '../kit/messages.ts'

const NEW = 'the new secret of the same key'

describe('B12 stale key cache', () => {
  describe.each(EVERYWHERE)('$mechanism, $service', ({ sign, service }) => {
    const old = sign({ service })
    const renewed = sign({ service, secretAccessKey: NEW })
    const codeOf = (verifying: Promise<unknown>): Promise<unknown> =>
      verifying.then(
        () => 'let in',
        (error: { code: string }) => error.code,
      )

    it('a rotated secret is refused from the next request on', async () => {
      let found: Found<string> | undefined = { secretAccessKey: SECRET }
      const verifier = verifierFor({ secrets: () => found })
      const codes = async (): Promise<unknown[]> => [
        await codeOf(verifier.verify(old)),
        await codeOf(verifier.verify(renewed)),
      ]
      expect(await codes()).toEqual(['let in', 'SIGNATURE_MISMATCH'])
      found = { secretAccessKey: [NEW, SECRET] }
      expect(await codes()).toEqual(['let in', 'let in'])
      found = { secretAccessKey: NEW }
      expect(await codes()).toEqual(['SIGNATURE_MISMATCH', 'let in'])
      found = { secretAccessKey: SECRET }
      expect(await codes()).toEqual(['let in', 'SIGNATURE_MISMATCH'])
      found = undefined
      expect(await codes()).toEqual(['KEY_UNKNOWN', 'KEY_UNKNOWN'])
    })

    it('a key that dies is refused from then on', async () => {
      let found: Found<string> = { secretAccessKey: SECRET }
      const verifier = verifierFor({ secrets: () => found })
      expect(await codeOf(verifier.verify(old))).toBe('let in')
      found = { secretAccessKey: SECRET, notAfter: new Date(NOW.getTime() - 1) }
      expect(await codeOf(verifier.verify(old))).toBe('KEY_EXPIRED')
      found = { secretAccessKey: SECRET, sessionToken: 'it is a temporary one now' }
      expect(await codeOf(verifier.verify(old))).toBe('TOKEN_MISSING')
    })

    it('one key id in two hands is two keys', async () => {
      const one = verifierFor({ secrets: () => ({ secretAccessKey: SECRET }) })
      const other = verifierFor({ secrets: () => ({ secretAccessKey: NEW }) })
      expect(await codeOf(one.verify(old))).toBe('let in')
      expect(await codeOf(other.verify(old))).toBe('SIGNATURE_MISMATCH')
      expect(await codeOf(other.verify(renewed))).toBe('let in')
    })
  })
})

describe('C6 caller’s array mutated', () => {
  it('lists that were given are copied, and stay as they are', async () => {
    const options = {
      service: ['s3', 'execute-api'],
      region: ['us-east-1'],
      allowUnsignedHeaders: ['X-Amz-Cf-Id'],
      replayExempt: ['GET'],
      secrets: (id: string) => (id === KEY_ID ? { secretAccessKey: SECRET, principal: 'alice' } : undefined),
    }
    const before = JSON.stringify(options)
    const [{ sign }] = EVERYWHERE as [(typeof EVERYWHERE)[0]]
    const message = withHeaders(sign(), ['x-amz-cf-id', 'c'])
    const verifier = verifierFor(options)
    await verifier.verify(message)
    expect(JSON.stringify(options)).toBe(before)
    for (const list of [options.service, options.region, options.allowUnsignedHeaders]) list.length = 0
    await verifier.verify(message)
    await expectLetIn(sign())
  })
})
