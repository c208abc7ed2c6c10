/** A look-up with a memory: what it keeps, for how long, and what makes it forget. */
import { describe, expect, it } from 'vitest'
import {
  expectLetIn,
  expectRefused,
  KEY_ID,
  NOW,
  SECRET,
  signInHeader,
  TOKEN,
} from '../../../../test/kit/messages.ts'
import { cacheSecrets, type CacheSecretsOptions, type CachedSecrets } from './cache-secrets.ts'
import type { Found, KeyHints } from './found-key.ts'

const HINTS: KeyHints = {
  algorithm: 'AWS4-HMAC-SHA256',
  date: '20261122',
  region: 'us-east-1',
  service: 's3',
}

/** A store that counts what it is asked, and a clock that stands still until it is moved. */
class Store {
  readonly keys = new Map<string, Found<string>>([[KEY_ID, { secretAccessKey: SECRET, principal: 'alice' }]])
  readonly asked: string[] = []
  seconds = 0

  cached(options: CacheSecretsOptions = {}, isLater = false): CachedSecrets<string> {
    const now = (): Date => new Date(NOW.getTime() + this.seconds * 1000)
    return cacheSecrets<string>(
      (id) => {
        this.asked.push(id)
        const found = this.keys.get(id)
        return isLater ? Promise.resolve(found) : found
      },
      { now, ...options },
    )
  }
}

describe.each([
  ['at once', false],
  ['later', true],
])('cacheSecrets of a store that answers %s', (_, isLater) => {
  it('asks once as long as a key is kept', async () => {
    const store = new Store()
    const { find } = store.cached({}, isLater)
    for (const second of [0, 30, 59.9]) {
      store.seconds = second
      expect(await find(KEY_ID, HINTS)).toBe(store.keys.get(KEY_ID))
    }
    expect(store.asked).toHaveLength(1)
    store.seconds = 60
    await find(KEY_ID, HINTS)
    expect(store.asked).toHaveLength(2)
  })

  it('keeps for less long that there is no key', async () => {
    const store = new Store()
    const { find } = store.cached({}, isLater)
    for (const second of [0, 4.9, 5]) {
      store.seconds = second
      expect(await find('NOBODY', HINTS)).toBeUndefined()
    }
    expect(store.asked).toHaveLength(2)
  })

  it('keeps nothing longer because the clock was set back', async () => {
    const store = new Store()
    const { find } = store.cached({}, isLater)
    await find(KEY_ID, HINTS)
    store.seconds = -1
    await find(KEY_ID, HINTS)
    expect(store.asked).toHaveLength(2)
  })

  it('forgets a key when it is told to, and no other', async () => {
    const store = new Store()
    store.keys.set('OTHER', { secretAccessKey: 'other' })
    const cached = store.cached({}, isLater)
    for (const id of [KEY_ID, 'OTHER', 'NOBODY']) await cached.find(id, HINTS)
    await cached.find(KEY_ID, { ...HINTS, date: '20261123' })
    store.keys.delete(KEY_ID)
    store.keys.set('NOBODY', { secretAccessKey: 'is somebody now' })
    cached.forget(KEY_ID)
    cached.forget('NOBODY')
    expect(await cached.find(KEY_ID, HINTS)).toBeUndefined()
    expect(await cached.find(KEY_ID, { ...HINTS, date: '20261123' })).toBeUndefined()
    expect(await cached.find('NOBODY', HINTS)).toEqual({ secretAccessKey: 'is somebody now' })
    await cached.find('OTHER', HINTS)
    expect(store.asked.filter((id) => id === 'OTHER')).toHaveLength(1)
    cached.clear()
    expect(cached.size).toBe(0)
  })

  it('keeps apart what was asked with another token, day or service', async () => {
    const seen: KeyHints[] = []
    const { find } = cacheSecrets((_id, hints) => {
      seen.push(hints)
      return isLater ? Promise.resolve({ secretAccessKey: SECRET }) : { secretAccessKey: SECRET }
    })
    const others = [
      { ...HINTS, sessionToken: TOKEN },
      { ...HINTS, sessionToken: '' },
      { ...HINTS, sessionToken: 'x' },
      { ...HINTS, date: '20261123' },
      { ...HINTS, service: 'sqs' },
    ]
    for (let i = 0; i < 2; i++) for (const hints of [HINTS, ...others]) await find(KEY_ID, hints)
    expect(seen).toEqual([HINTS, ...others])
  })

  it('is bounded, and made-up ids push no real ones out', async () => {
    const store = new Store()
    for (const id of ['A', 'B', 'C']) store.keys.set(id, { secretAccessKey: id })
    const cached = store.cached({ maxEntries: 3 }, isLater)
    for (const id of [KEY_ID, 'A', 'B']) await cached.find(id, HINTS)
    for (let i = 0; i < 50; i++) await cached.find(`made up ${i}`, HINTS)
    for (let i = 0; i < 50; i++) await cached.find('A', { ...HINTS, sessionToken: `made up ${i}` })
    expect(cached.size).toBe(3)
    store.asked.length = 0
    for (const id of [KEY_ID, 'B']) await cached.find(id, HINTS)
    expect(store.asked).toEqual([])
    await cached.find('C', HINTS)
    expect(cached.size).toBe(3)
    await cached.find(KEY_ID, HINTS)
    await cached.find('A', HINTS)
    expect(store.asked).toEqual(['C', 'A'])
  })

  it('serves a verifier, which a push takes a key from at once', async () => {
    const store = new Store()
    const cached = store.cached({}, isLater)
    const options = { secrets: cached.find }
    for (let i = 0; i < 3; i++) await expectLetIn(signInHeader(), options)
    expect(store.asked).toHaveLength(1)
    store.keys.set(KEY_ID, { secretAccessKey: 'rotated' })
    cached.forget(KEY_ID)
    await expectRefused(signInHeader(), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', options)
    store.keys.delete(KEY_ID)
    cached.forget(KEY_ID)
    await expectRefused(signInHeader(), 'KEY_UNKNOWN', 'InvalidAccessKeyId', options)
  })
})

describe('cacheSecrets', () => {
  it('asks once for requests that come at the same time', async () => {
    let answer: (found: Found) => void = () => {}
    let asked = 0
    const { find } = cacheSecrets(() => {
      asked += 1
      return new Promise<Found>((resolve) => (answer = resolve))
    })
    const all = Promise.all(Array.from({ length: 100 }, async () => find(KEY_ID, HINTS)))
    answer({ secretAccessKey: SECRET })
    expect(new Set(await all).size).toBe(1)
    await find(KEY_ID, HINTS)
    expect(asked).toBe(1)
  })

  it('asks anew where an answer is long in coming, and then keeps that', async () => {
    const answers: ((found: Found) => void)[] = []
    let now = 0
    const { find } = cacheSecrets(() => new Promise<Found>((resolve) => answers.push(resolve)), {
      now: () => new Date(now),
    })
    const first = find(KEY_ID, HINTS)
    now = 9_999
    const shared = find(KEY_ID, HINTS)
    now = 10_000
    const second = find(KEY_ID, HINTS)
    expect(answers).toHaveLength(2)
    answers[1]!({ secretAccessKey: 'new' })
    expect(await second).toEqual({ secretAccessKey: 'new' })
    answers[0]!({ secretAccessKey: 'old' })
    expect([await first, await shared]).toEqual([{ secretAccessKey: 'old' }, { secretAccessKey: 'old' }])
    expect(await find(KEY_ID, HINTS)).toEqual({ secretAccessKey: 'new' })
  })

  it('does not keep what was under way when it was told to forget', async () => {
    const answers: ((found: Found) => void)[] = []
    const { find, forget } = cacheSecrets(() => new Promise<Found>((resolve) => answers.push(resolve)))
    const before = find(KEY_ID, HINTS)
    forget(KEY_ID)
    const after = find(KEY_ID, HINTS)
    answers[1]!({ secretAccessKey: 'new' })
    expect(await after).toEqual({ secretAccessKey: 'new' })
    answers[0]!({ secretAccessKey: 'old' })
    expect(await before).toEqual({ secretAccessKey: 'old' })
    expect(await find(KEY_ID, HINTS)).toEqual({ secretAccessKey: 'new' })
    expect(answers).toHaveLength(2)
  })

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('down')
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('down'))],
  ])('hands the error of a store on that %s, and asks again', async (_, fail) => {
    let isDown = true
    const { find } = cacheSecrets(() => (isDown ? fail() : { secretAccessKey: SECRET }))
    const ask = async (): Promise<unknown> => find(KEY_ID, HINTS)
    const both = await Promise.allSettled([ask(), ask()])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isDown = false
    expect(await ask()).toEqual({ secretAccessKey: SECRET })
  })

  it.each([{ ttl: -1 }, { ttl: NaN }, { unknownTtl: -1 }, { maxEntries: 0 }, { maxEntries: 1.5 }])(
    'refuses %o',
    (options) => {
      expect(() => cacheSecrets(() => undefined, options)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    },
  )
})
