import { describe, expect, it, vi } from 'vitest'
import { CredentialsError } from '../errors.ts'
import { cacheCredentials } from './cache-credentials.ts'
import type { Credentials } from './credentials.ts'

const MINUTE = 60_000
const START = Date.parse('2026-11-22T12:00:00Z')

/** A provider of numbered credentials that live for some minutes, and a clock to move. */
function setUp({ lifetime }: { lifetime?: number } = {}) {
  let time = START
  let count = 0
  const provider = vi.fn<() => Promise<Credentials>>(async () => {
    count += 1
    const end = lifetime === undefined ? undefined : new Date(time + lifetime * MINUTE)
    return { accessKeyId: `AKID${count}`, secretAccessKey: 'secret', expiration: end }
  })
  const provide = cacheCredentials(provider, { now: () => new Date(time) })
  return { provider, provide, wait: (minutes: number) => void (time += minutes * MINUTE) }
}

/** Lets a refresh in the background come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const idOf = async (provide: ReturnType<typeof cacheCredentials>): Promise<string> =>
  (await provide()).accessKeyId

describe('asking (CRED-1, CRED-2)', () => {
  it('asks once for 1,000 concurrent callers', async () => {
    const { provider, provide } = setUp()
    const all = await Promise.all(Array.from({ length: 1000 }, () => provide()))
    expect(provider).toHaveBeenCalledTimes(1)
    expect(new Set(all).size).toBe(1)
  })

  it('never asks again for credentials without an end', async () => {
    const { provider, provide, wait } = setUp()
    await provide()
    wait(1e6)
    await provide()
    expect(provider).toHaveBeenCalledTimes(1)
  })

  it('hands out one frozen set, whatever happens to the provider’s own (TOK-1)', async () => {
    const own = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }
    const provide = cacheCredentials(async () => own, { now: () => new Date(START) })
    const given = await provide()
    own.sessionToken = 'other'
    expect(given.sessionToken).toBe('token')
    expect(Object.isFrozen(given)).toBe(true)
  })
})

describe('refreshing (CRED-1)', () => {
  it.each([
    [15, 9.9, 10.1],
    [60, 44.9, 45.1],
    [720, 659.9, 660.1],
  ])(
    'of credentials that live %d minutes: the old serve while new ones are fetched',
    async (lifetime, before, after) => {
      const { provider, provide, wait } = setUp({ lifetime })
      await provide()
      wait(before)
      expect(await idOf(provide)).toBe('AKID1')
      await settle()
      expect(provider).toHaveBeenCalledTimes(1)
      wait(after - before)
      expect(await idOf(provide)).toBe('AKID1')
      await settle()
      expect(provider).toHaveBeenCalledTimes(2)
      expect(await idOf(provide)).toBe('AKID2')
    },
  )

  it('lets callers wait in the last minute, all for one refresh', async () => {
    const { provider, provide, wait } = setUp({ lifetime: 60 })
    await provide()
    wait(59.5)
    const ids = await Promise.all(Array.from({ length: 100 }, () => idOf(provide)))
    expect(new Set(ids)).toEqual(new Set(['AKID2']))
    expect(provider).toHaveBeenCalledTimes(2)
  })
})

describe('failures', () => {
  const failure = new Error('no network')

  it('keeps credentials that are still good, and leaves the provider in peace for a while', async () => {
    const { provider, provide, wait } = setUp({ lifetime: 60 })
    await provide()
    provider.mockRejectedValue(failure)
    wait(50)
    expect(await idOf(provide)).toBe('AKID1')
    await settle()
    wait(1)
    expect(await idOf(provide)).toBe('AKID1')
    await settle()
    expect(provider).toHaveBeenCalledTimes(2)
    wait(5)
    await provide()
    await settle()
    expect(provider).toHaveBeenCalledTimes(3)
  })

  it('keeps them to their last second', async () => {
    const { provider, provide, wait } = setUp({ lifetime: 60 })
    await provide()
    provider.mockRejectedValue(failure)
    wait(59.9)
    expect(await idOf(provide)).toBe('AKID1')
    wait(0.2)
    await expect(provide()).rejects.toThrow(CredentialsError)
  })

  it('tells what the provider threw (CRED-3)', async () => {
    const { provider, provide } = setUp()
    provider.mockRejectedValueOnce(failure)
    await expect(provide()).rejects.toMatchObject({
      name: 'CredentialsError',
      code: 'CREDENTIALS_PROVIDER_FAILED',
      cause: failure,
    })
    expect(await idOf(provide)).toBe('AKID1')
  })

  it('refuses what is no credentials, naming the part', async () => {
    const provide = cacheCredentials(async () => ({ accessKeyId: 'AKID' }) as Credentials, {
      now: () => new Date(START),
    })
    await expect(provide()).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: expect.stringContaining('secretAccessKey'),
    })
  })

  it('takes a provider that throws at once like one that rejects', async () => {
    const provide = cacheCredentials(
      () => {
        throw failure
      },
      { now: () => new Date(START) },
    )
    await expect(provide()).rejects.toMatchObject({ code: 'CREDENTIALS_PROVIDER_FAILED' })
  })

  it('refuses credentials that have ended when they are handed out, and says when', async () => {
    const { provider, provide } = setUp({ lifetime: -1 })
    await expect(provide()).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      message: expect.stringContaining('2026-11-22T11:59:00.000Z') as string,
    })
    expect(provider).toHaveBeenCalledTimes(1)
  })

  it.each(['2040-01-01T00:00:00Z', 2_208_988_800, new Date(NaN)])(
    'refuses %s as an end',
    async (expiration) => {
      const given = { accessKeyId: 'AKID', secretAccessKey: 'secret', expiration }
      const provide = cacheCredentials(async () => given as Credentials)
      await expect(provide()).rejects.toMatchObject({
        code: 'CREDENTIALS_INVALID',
        message: expect.stringContaining('expiration') as string,
      })
    },
  )
})

describe('sharing', () => {
  it('wraps a provider once, whoever wraps it again', async () => {
    const { provide } = setUp()
    expect(cacheCredentials(provide)).toBe(provide)
  })
})

describe('a role that lives for two seconds', () => {
  it('is asked for once at a time, and serves every call of 200 a second', async () => {
    let time = START
    let open = 0
    let most = 0
    const asked: number[] = []
    const provide = cacheCredentials(
      async () => {
        most = Math.max(most, ++open)
        asked.push(time)
        const end = new Date(time + 2000)
        // STS takes its time: 40 calls of others come by.
        for (let turn = 0; turn < 40; turn++) await Promise.resolve()
        open--
        return { accessKeyId: `AKID${asked.length}`, secretAccessKey: 'secret', expiration: end }
      },
      { now: () => new Date(time) },
    )
    for (let call = 0; call < 200 * 60; call++) {
      const { expiration } = await provide()
      expect(expiration?.getTime()).toBeGreaterThan(time)
      time += 5
    }
    expect(most).toBe(1)
    expect(asked.length).toBeGreaterThan(29)
    expect(asked.length).toBeLessThan(50)
  })
})
