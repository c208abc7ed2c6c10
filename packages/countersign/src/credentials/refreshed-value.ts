/**
 * A value that dies, such as credentials, a token or a session: asked for once for all concurrent callers, and again
 * before its end.
 *
 * @module
 */

/** A value with its end; without one it is kept for good. */
export interface ExpiringValue {
  readonly expiration?: Date | undefined
}

/** When a new value is asked for, in seconds. A value of a short life gets shorter times, in proportion. */
export interface RefreshTimes {
  /** So long before the end a new one is fetched, while the old one serves; never more than a third of its life. */
  readonly advisory: number
  /** So long before the end callers wait for the new one. */
  readonly mandatory: number
  /** The longest pause after an attempt that failed; never more than a third of the life that is left. */
  readonly pause: number
}

/** Longest pause after several attempts that failed when no value lived, in seconds. */
const PAUSE_WITHOUT_VALUE = 10

/** So long callers wait for what another one asked, in seconds: some questions are never answered. */
const PATIENCE = 60

/** From half of a pause to all of it, so that a thousand processes that failed together do not come back together. */
const jitter = (): number => 0.5 + Math.random() / 2

/**
 * Keeps one value. When a refresh fails, the value at hand serves until it truly dies. What a fetch brings counts by
 * the life that it has left then, so that somebody else's cache, which hands the same value out again, is asked less
 * and less far ahead.
 */
export class RefreshedValue<T extends ExpiringValue> {
  readonly #fetch: () => Promise<T>
  readonly #times: (life: number) => RefreshTimes
  readonly #now: () => Date
  #current: T | undefined
  #pending: Promise<T> | undefined
  #askedAt = 0
  #end = 0
  #windows: RefreshTimes = { advisory: 0, mandatory: 0, pause: 0 }
  #notBefore = 0
  /** Attempts in a row that failed while no value lived, and what the last one threw. */
  #failures = 0
  #failure: unknown

  /**
   * @param fetch asks for a new value, and refuses what is no good or has no life left
   * @param times given the life of a value, in seconds
   */
  constructor(fetch: () => Promise<T>, times: (life: number) => RefreshTimes, now: () => Date) {
    this.#fetch = fetch
    this.#times = times
    this.#now = now
  }

  /**
   * The value.
   *
   * @param seconds of life that it should have left; by default the mandatory ones
   * @throws what `fetch` throws, when there is no living value; after several failures without asking each time
   */
  async get(seconds: number = this.#windows.mandatory): Promise<T> {
    const time = this.#time()
    const left = this.#end - time
    const current = this.#current
    const isPause = time < this.#notBefore
    if (!current || left <= 0) {
      if (isPause && this.#failures > 0) throw this.#failure
      return this.#refresh()
    }
    const isShort = left <= seconds
    if (isPause || (left > this.#windows.advisory && !isShort)) return current
    const fresh = this.#refresh()
    if (isShort) return fresh.catch((error: unknown) => this.#living(current, error))
    fresh.catch(() => undefined)
    return current
  }

  #time(): number {
    return this.#now().getTime() / 1000
  }

  #living(current: T, error: unknown): T {
    // The attempt may have taken longer than the value lived.
    if (this.#end > this.#time()) return current
    throw error
  }

  async #refresh(): Promise<T> {
    const time = this.#time()
    if (this.#pending && Math.abs(time - this.#askedAt) < PATIENCE) return this.#pending
    this.#askedAt = time
    const question = this.#fetchNow(() => this.#pending === question)
    this.#pending = question
    return question
  }

  async #fetchNow(isLast: () => boolean): Promise<T> {
    try {
      const value = await this.#fetch()
      // One that was long in coming is welcome only as long as the question after it is open, too.
      if (this.#pending) this.#keep(value)
      return value
    } catch (error) {
      if (isLast()) this.#backOff(error)
      throw error
    } finally {
      if (isLast()) this.#pending = undefined
    }
  }

  #keep(value: T): void {
    this.#end = (value.expiration?.getTime() ?? Infinity) / 1000
    const life = this.#end - this.#time()
    const { advisory, mandatory, pause } = this.#times(life)
    const scale = Math.min(1, life / 3 / advisory)
    this.#windows = { advisory: advisory * scale, mandatory: mandatory * scale, pause }
    this.#failures = this.#notBefore = 0
    this.#failure = undefined
    this.#current = value
  }

  #backOff(error: unknown): void {
    const time = this.#time()
    const left = this.#end - time
    const { advisory, pause } = this.#windows
    if (this.#current && left > 0) {
      const wait = Math.min(Math.max(left / 3, advisory / 15), pause)
      this.#notBefore = time + Math.min(wait * jitter(), left)
      return
    }
    // Who puts right what was wrong, and tries again, is not to wait.
    this.#notBefore = time + Math.min(0.1 * (2 ** this.#failures - 1), PAUSE_WITHOUT_VALUE) * jitter()
    this.#failures++
    this.#failure = error
  }
}
