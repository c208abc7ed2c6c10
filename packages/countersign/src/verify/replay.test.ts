/**
 * Requests that are let in once: what counts as the same request, and until when.
 */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
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
  withHeaders,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import { VerificationError } from '../errors.ts'
import { createReplayGuard, type ReplayGuard } from '../replay/replay-guard.ts'
import { sigV4 } from '../algorithms/sigv4.ts'
import { sigV4A } from '../sigv4a.ts'

const REPLAYED = ['REPLAYED', 'AccessDenied'] as const

interface Claimed {
  readonly id: string
  readonly expiresAt: Date
  readonly now: Date
}

/** A guard that writes down what it is asked, and answers always the same. */
function recording(answer: boolean | Promise<boolean> = true): ReplayGuard & { readonly claims: Claimed[] } {
  const claims: Claimed[] = []
  return {
    claims,
    claim(id, expiresAt, now) {
      claims.push({ id, expiresAt, now })
      return answer
    },
  }
}

describe('replayGuard', () => {
  it.each(MECHANISMS)('lets a request in once: $mechanism', async ({ sign }) => {
    const options = { replayGuard: createReplayGuard() }
    await expectLetIn(sign(), options)
    await expectRefused(sign(), ...REPLAYED, options)
    await expectLetIn(sign({ target: '/bucket/other' }), options)
    await expectLetIn(sign({ amzDate: dateAt(1) }), options)
  })

  it('is none by default', async () => {
    const verifier = verifierFor()
    for (let i = 0; i < 3; i++) await verifier.verify(signInHeader())
  })

  it('is asked for the methods that are not exempt', async () => {
    const options = { replayGuard: createReplayGuard(), replayExempt: ['GET', 'HEAD'] }
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) await expectLetIn(signInHeader({ method }), options)
    const put = signInHeader({ method: 'PUT' })
    await expectLetIn(put, options)
    await expectRefused(put, ...REPLAYED, options)
  })

  it('knows a request again whatever was changed that is not signed', async () => {
    const options = { replayGuard: createReplayGuard() }
    await expectLetIn(presign(), options)
    await expectRefused(withHeaders(presign(), ['content-type', 'text/html']), ...REPLAYED, options)
    const shuffled: SentMessage = { ...presign(), headers: [['HOST', 'tenant-a.example.com']] }
    await expectRefused(shuffled, ...REPLAYED, options)
  })

  it('knows a request of SigV4A again by another signature of the same', async () => {
    const options = { replayGuard: createReplayGuard(), algorithms: [sigV4, sigV4A] }
    const [one, other] = [signInHeader({ isSigV4A: true }), signInHeader({ isSigV4A: true })]
    expect(one.headers.at(-1)).not.toEqual(other.headers.at(-1))
    await expectLetIn(one, options)
    await expectRefused(other, ...REPLAYED, options)
  })

  it('tells two keys apart that sign the same', async () => {
    const options = {
      replayGuard: createReplayGuard(),
      secrets: () => ({ secretAccessKey: SECRET, principal: 'alice' }),
    }
    await expectLetIn(signInHeader(), options)
    await expectLetIn(signInHeader({ accessKeyId: 'OTHER' }), options)
  })

  it('is not asked for what is refused anyway', async () => {
    const replayGuard = recording()
    const good = signInHeader({ method: 'PUT', body: 'a' })
    const refused = [
      withBadSignature(signInHeader()),
      signInHeader({ accessKeyId: 'NOBODY' }),
      signInHeader({ sessionToken: TOKEN }),
      { ...good, body: bytesOf('b') },
    ]
    for (const message of refused) {
      await expect(verifierFor({ replayGuard }).verify(message)).rejects.toBeInstanceOf(VerificationError)
    }
    expect(replayGuard.claims).toEqual([])
    // So that the one who sent it first has not used it up with another body.
    await expectLetIn(good, { replayGuard })
    expect(replayGuard.claims).toHaveLength(1)
  })

  it('is told a hash, and an end that no request outlives', async () => {
    const replayGuard = recording()
    const options = { replayGuard }
    await expectLetIn(signInHeader({ amzDate: dateAt(-100) }), options)
    await expectLetIn(signInHeader({ service: 'execute-api', amzDate: dateAt(100) }), options)
    await expectLetIn(presign({ amzDate: dateAt(-100), expires: '7200' }), options)
    const secondsLeft = replayGuard.claims.map(
      ({ expiresAt, now }) => (expiresAt.getTime() - now.getTime()) / 1000,
    )
    // A minute more than it is good for, since the clocks of processes differ.
    expect(secondsLeft).toEqual([900 - 100 + 60, 300 + 100 + 60, 7200 - 100 + 60])
    for (const { id } of replayGuard.claims) expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(replayGuard.claims.map(({ id }) => id)).size).toBe(3)
    expect(JSON.stringify(replayGuard.claims)).not.toContain(KEY_ID)
  })

  it('may answer later', async () => {
    await expectLetIn(signInHeader(), { replayGuard: recording(Promise.resolve(true)) })
    await expectRefused(signInHeader(), ...REPLAYED, { replayGuard: recording(Promise.resolve(false)) })
  })

  it('that is full, or fails, lets nobody in', async () => {
    const full = { replayGuard: createReplayGuard({ maxEntries: 1 }) }
    await expectLetIn(signInHeader(), full)
    const error = await expectRefused(presign(), 'REPLAY_GUARD_FULL', 'SlowDown', full)
    expect(error.status).toBe(503)
    const fault = new Error('the store is down')
    const failing = { replayGuard: { claim: () => Promise.reject(fault) } }
    await expect(verifierFor(failing).verify(signInHeader())).rejects.toBe(fault)
  })

  it('lets one of a hundred in that come at the same time', async () => {
    const verifier = verifierFor({
      replayGuard: createReplayGuard(),
      secrets: async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
        return { secretAccessKey: SECRET, principal: 'alice' }
      },
    })
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => verifier.verify(signInHeader())))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is no way in for a body that takes longer than the guard remembers', async () => {
    let now = NOW
    const options = { replayGuard: createReplayGuard(), now: () => now }
    const message = signInHeader({ method: 'PUT', body: 'a' })
    await expectLetIn(message, options)
    async function* late(): AsyncGenerator<Uint8Array> {
      now = new Date(NOW.getTime() + 3_600_000)
      // What else is let in makes the guard forget.
      await expectLetIn(signInHeader({ amzDate: dateAt(3600) }), options)
      yield bytesOf('a')
    }
    const slow = verifierFor(options).verify({ ...message, body: late() })
    await expect(slow).rejects.toMatchObject({ code: 'CLOCK_SKEWED' })
  })
})
