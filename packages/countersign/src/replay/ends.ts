/**
 * Ids in the order of their ends: the next one to end is always at hand, however many there are.
 *
 * @module
 */

/** An id, and its end in milliseconds. */
export interface End {
  readonly id: string
  readonly at: number
}

/** A binary heap: no entry ends before the one above it. */
export class Ends {
  readonly #entries: End[] = []

  /** The one that ends first. */
  get first(): End | undefined {
    return this.#entries[0]
  }

  /** Adds an entry. */
  add(entry: End): void {
    const entries = this.#entries
    let at = entries.length
    while (at > 0) {
      const above = (at - 1) >> 1
      if (entries[above]!.at <= entry.at) break
      entries[at] = entries[above]!
      at = above
    }
    entries[at] = entry
  }

  /** Takes the one out that ends first. */
  removeFirst(): void {
    const entries = this.#entries
    const last = entries.pop()
    if (!last || entries.length === 0) return
    let at = 0
    for (let below = 1; below < entries.length; below = 2 * at + 1) {
      if (below + 1 < entries.length && entries[below + 1]!.at < entries[below]!.at) below += 1
      if (last.at <= entries[below]!.at) break
      entries[at] = entries[below]!
      at = below
    }
    entries[at] = last
  }
}
