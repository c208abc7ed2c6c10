/**
 * A value that dies, such as a token or a session: asked for once for all concurrent callers, and again before its end.
 *
 * @module
 */

/** A value with its end; without one it is kept for good. */
export interface ExpiringValue {
  readonly expiration?: Date | undefined
}

/** When a new value is asked for, in seconds. */
export interface RefreshTimes {
  /** So long before the end a new one is fetched, while the old one serves. */
  readonly advisory: number
  /** So long before the end callers wait for the new one. */
  readonly mandatory: number
  /** No second attempt so soon after one that failed, as long as the old one lives. */
  readonly pause: number
}

/** Keeps one value. When a refresh fails, the value at hand serves until it truly dies. */
export class RefreshedValue<T extends ExpiringValue> {
  readonly #fetch: () => Promise<T>
  readonly #times: RefreshTimes
  readonly #now: () => Date
  #current: T | undefined
  #pending: Promise<T> | undefined
  #notBefore = -Infinity

  /** @param fetch asks for a new value, and refuses what is no good or has no life left */
  constructor(fetch: () => Promise<T>, times: RefreshTimes, now: () => Date) {
    this.#fetch = fetch
    this.#times = times
    this.#now = now
  }

  /**
   * The value.
   *
   * @param seconds of life that it should have left; by default the mandatory ones
   * @throws what `fetch` throws, when there is no living value
   */
  async get(seconds: number = this.#times.mandatory): Promise<T> {
    const current = this.#current
    if (!current) return this.#refresh()
    const time = this.#now().getTime()
    const left = ((current.expiration?.getTime() ?? Infinity) - time) / 1000
    if (left <= 0) return this.#refresh()
    const mayAsk = time >= this.#notBefore
    if (left > seconds) {
      if (left <= this.#times.advisory && mayAsk) this.#refresh().catch(() => undefined)
      return current
    }
    return mayAsk ? this.#refresh().catch(() => current) : current
  }

  async #refresh(): Promise<T> {
    this.#pending ??= this.#fetchNow()
    return this.#pending
  }

  async #fetchNow(): Promise<T> {
    try {
      this.#current = await this.#fetch()
      this.#notBefore = -Infinity
      return this.#current
    } catch (error) {
      this.#notBefore = this.#now().getTime() + this.#times.pause * 1000
      throw error
    } finally {
      this.#pending = undefined
    }
  }
}
