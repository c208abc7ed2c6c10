/**
 * What is remembered of one message must change nothing for the next: names of headers, and all of an Authorization
 * header but its signature.
 */
import { describe, expect, it } from 'vitest'
import {
  expectLetIn,
  expectRefused,
  HOST,
  signInHeader,
  verifierFor,
  withAuthorization,
  withHeaders,
} from '../../../../test/kit/messages.ts'
import { VerificationError } from '../errors.ts'

describe('names of headers', () => {
  it('mean the same after more of them than are kept', async () => {
    const message = signInHeader()
    for (let i = 0; i < 600; i += 1) {
      await expectLetIn(withHeaders(message, [`x-header-${i}`, 'a'], [`X-Header-${i}`, 'b']))
    }
    await expectRefused(withHeaders(message, ['Host', HOST]), 'REQUEST_MALFORMED', 'InvalidRequest')
    await expectRefused(withHeaders(message, ['X-Amz-Meta-A', 'b']), 'HEADERS_NOT_SIGNED', 'AccessDenied')
    const digest: [string, string] = ['Content-MD5', 'no digest']
    await expectRefused(withHeaders(message, digest), 'CONTENT_MD5_INVALID', 'InvalidDigest')
  })

  it('are looked at again in another spelling', async () => {
    const message = signInHeader()
    await expectLetIn(withHeaders(message, ['x-one', 'a']))
    await expectRefused(withHeaders(message, ['x-One ', 'a']), 'REQUEST_MALFORMED', 'InvalidRequest')
    await expectRefused(withHeaders(message, ['HOST', HOST]), 'REQUEST_MALFORMED', 'InvalidRequest')
  })
})

describe('an Authorization header that differs in its end alone', () => {
  const message = signInHeader()
  const endings = [
    `${'0'.repeat(63)},`,
    `${'0'.repeat(54)},Region=a`,
    `${'0'.repeat(63)} `,
    `${'0'.repeat(63)}\t`,
    `${'0'.repeat(63)}=`,
    `${'0'.repeat(63)}F`,
    `${'0'.repeat(63)}\u00e9`,
    `${'0'.repeat(63)}\u0130`,
    `${'0'.repeat(63)}\n`,
    '0'.repeat(63),
    '0'.repeat(65),
    '',
  ]

  /** The verdict of a verifier that has seen another header before, or none: each has a memory of its own. */
  async function verdictOf(ending: string, isFirst: boolean): Promise<string> {
    const verifier = verifierFor()
    if (!isFirst) await verifier.verify(message)
    const changed = withAuthorization(message, (value) => value.replace(/(?<=Signature=).*/s, ending))
    const error: unknown = await verifier.verify(changed).catch((refusal: unknown) => refusal)
    return error instanceof VerificationError ? error.code : 'let in'
  }

  it.each(endings)('%j: the verdict does not depend on what came before', async (ending) => {
    const verdict = await verdictOf(ending, true)
    expect(verdict).not.toBe('let in')
    expect(await verdictOf(ending, false)).toBe(verdict)
    if (/^0+[F\u00e9]$/.test(ending)) expect(verdict).toBe('SIGNATURE_MALFORMED')
  })
})
