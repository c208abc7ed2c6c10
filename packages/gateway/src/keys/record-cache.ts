/**
 * The records that were used last, so that a busy key is unsealed once and not at each request.
 *
 * @module
 */

/** Keeps a bounded number of values, and drops the one that was not used for longest. */
export class RecordCache<T> {
  readonly #limit: number
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #records = new Map<string, T>()
  #newest = ''

  /** @param limit how many values are kept */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many values are kept now. */
  get size(): number {
    return this.#records.size
  }

  find(name: string): T | undefined {
    const record = this.#records.get(name)
    // What was used last is at its place.
    if (record === undefined || name === this.#newest) return record
    this.#put(name, record)
    return record
  }

  store(name: string, record: T): void {
    this.#put(name, record)
    if (this.#records.size <= this.#limit) return
    const [oldest] = this.#records.keys()
    if (oldest !== undefined) this.#records.delete(oldest)
  }

  clear(): void {
    this.#records.clear()
  }

  #put(name: string, record: T): void {
    this.#records.delete(name)
    this.#records.set(name, record)
    this.#newest = name
  }
}
