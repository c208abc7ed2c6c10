/**
 * Keeps what a look-up of keys gave, so that not every request asks the store. Keys that were changed are forgotten at
 * once where the store says so; after a while in any case.
 *
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'
import type { Found, KeyHints, SecretsLookup } from './found-key.ts'

/** Options of {@link cacheSecrets}. */
export interface CacheSecretsOptions {
  /** How long a key is kept, in seconds; 60 by default. It is how long a key works on that nobody told to forget. */
  readonly ttl?: number | undefined
  /** How long it is kept that there is no such key, in seconds; 5 by default. A new key may take that long to work. */
  readonly unknownTtl?: number | undefined
  /** How many access key ids are kept, and as many again that there are none of; 10,000 by default. */
  readonly maxEntries?: number | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** A look-up with a memory. */
export interface CachedSecrets<P = unknown> {
  /** For the `secrets` of a verifier. */
  readonly find: SecretsLookup<P>
  /** Forgets an access key, also one that is being looked up: call it when a key was rotated, disabled or made. */
  forget(accessKeyId: string): void
  /** Forgets all of them. */
  clear(): void
  /** How many access key ids are kept. */
  readonly size: number
}

type Answer<P> = Found<P> | undefined

/** Something, and since when it is here, in milliseconds. */
interface Entry<A> {
  readonly answer: A
  readonly at: number
}

/** So long one request waits for what another one asked, in milliseconds: some connections to stores never answer. */
const PATIENCE = 10_000

/**
 * Makes the cache. Requests that ask for the same at the same time ask the store once, within ten seconds. An error of
 * the store is handed on, and not kept.
 *
 * ```js
 * const keys = cacheSecrets((accessKeyId) => database.findKey(accessKeyId))
 * const verifier = createVerifier({ secrets: keys.find, service: 'orders', region: 'local' })
 * database.onKeyChanged((accessKeyId) => keys.forget(accessKeyId))
 * ```
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function cacheSecrets<P = unknown>(
  lookUp: SecretsLookup<P>,
  options: CacheSecretsOptions = {},
): CachedSecrets<P> {
  const { ttl = 60, unknownTtl = 5, maxEntries = 10_000, now = () => new Date() } = options
  if (!(ttl >= 0 && unknownTtl >= 0 && Number.isInteger(maxEntries) && maxEntries > 0)) {
    throw new SigningError('OPTION_INVALID', 'ttl and unknownTtl must be seconds, maxEntries a whole number')
  }
  const known = new Shelf<Entry<Answer<P>>>(maxEntries)
  // Apart, so that made-up ids push no real ones out.
  const unknown = new Shelf<Entry<Answer<P>>>(maxEntries)
  const waiting = new Shelf<Entry<Promise<Answer<P>>>>(Infinity)

  function isFresh({ at }: Entry<unknown>, most: number): boolean {
    const age = now().getTime() - at
    // A clock that was set back must not prolong anything.
    return age >= 0 && age < most
  }

  function keep(id: string, asked: string, answer: Answer<P>): Answer<P> {
    const shelf = answer ? known : unknown
    shelf.put(id, asked, { answer, at: now().getTime() })
    return answer
  }

  async function wait(id: string, asked: string, question: Entry<Promise<Answer<P>>>): Promise<Answer<P>> {
    try {
      const found = await question.answer
      // What was forgotten in the meantime may have changed in the meantime.
      return waiting.get(id, asked) === question ? keep(id, asked, found) : found
    } finally {
      if (waiting.get(id, asked) === question) waiting.delete(id, asked)
    }
  }

  function find(id: string, hints: KeyHints): Answer<P> | Promise<Answer<P>> {
    const asked = textOf(hints)
    const entry = known.use(id, asked) ?? unknown.get(id, asked)
    if (entry && isFresh(entry, (entry.answer ? ttl : unknownTtl) * 1000)) return entry.answer
    const shared = waiting.get(id, asked)
    if (shared && isFresh(shared, PATIENCE)) return wait(id, asked, shared)
    const answer = lookUp(id, hints)
    if (!isThenable(answer)) return keep(id, asked, answer)
    const question = { answer: Promise.resolve(answer), at: now().getTime() }
    waiting.put(id, asked, question)
    return wait(id, asked, question)
  }

  return {
    find,
    forget(id) {
      for (const shelf of [known, unknown, waiting]) shelf.delete(id)
    },
    clear() {
      for (const shelf of [known, unknown, waiting]) shelf.clear()
    },
    get size() {
      return known.size
    },
  }
}

/** A key may be asked for by another day, service or session token; more than this of one id are not kept. */
const MOST_OF_ONE_ID = 8

/** What is kept of each access key id, by what was asked beside it; those that were used last stay. */
class Shelf<V> {
  readonly #ids = new Map<string, Map<string, V>>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#ids.size
  }

  get(id: string, asked: string): V | undefined {
    return this.#ids.get(id)?.get(asked)
  }

  /** As `get`; what is found is the last to go. */
  use(id: string, asked: string): V | undefined {
    const value = this.get(id, asked)
    if (value !== undefined) this.put(id, asked, value)
    return value
  }

  put(id: string, asked: string, value: V): void {
    const ofId = this.#ids.get(id) ?? new Map<string, V>()
    putLast(ofId, asked, value, MOST_OF_ONE_ID)
    putLast(this.#ids, id, ofId, this.#limit)
  }

  /** @param asked all that was asked of the id by default */
  delete(id: string, asked?: string): void {
    const ofId = this.#ids.get(id)
    if (asked !== undefined) ofId?.delete(asked)
    if (asked === undefined || ofId?.size === 0) this.#ids.delete(id)
  }

  clear(): void {
    this.#ids.clear()
  }
}

function putLast<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key)
  map.set(key, value)
  const [oldest = ''] = map.keys()
  if (map.size > limit) map.delete(oldest)
}

function textOf({ algorithm, date, region, service, sessionToken }: KeyHints): string {
  const token = sessionToken === undefined ? '' : defaultSha256().hashHex(utf8(sessionToken))
  // None of them can hold a comma.
  return [algorithm, date, region, service, token].join()
}

function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}
