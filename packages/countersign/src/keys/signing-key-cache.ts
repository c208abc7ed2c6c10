/**
 * A bounded cache of derived keys. No secret is part of a cache key: an entry remembers which secret it came from,
 * and another secret is a miss, so a rotated secret works at once.
 *
 * @module
 */
import type { SigningKey } from './signing-key.ts'

interface Entry {
  readonly secretAccessKey: string
  readonly key: SigningKey
}

/** Keeps the keys that were used last. */
export class SigningKeyCache {
  // Two generations stand in for a list in order of use: a full young one becomes the old one, and what is used
  // again moves over. A hit costs one look-up.
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  readonly #generation: number

  /** @param limit how many keys are kept at most */
  constructor(limit: number) {
    this.#generation = Math.ceil(limit / 2)
  }

  /** The key of a secret for a day (`YYYYMMDD`), region and service, if it is here. */
  find(
    accessKeyId: string,
    secretAccessKey: string,
    day: string,
    region: string,
    service: string,
  ): SigningKey | undefined {
    const id = `${day}/${region}/${service}/${accessKeyId}`
    const entry = this.#young.get(id) ?? this.#promote(id)
    return entry?.secretAccessKey === secretAccessKey ? entry.key : undefined
  }

  /** Keeps a key. */
  store(accessKeyId: string, secretAccessKey: string, key: SigningKey): void {
    const { date, region, service } = key.scope
    this.#insert(`${date}/${region}/${service}/${accessKeyId}`, { secretAccessKey, key })
  }

  #promote(id: string): Entry | undefined {
    const entry = this.#old.get(id)
    if (entry) this.#insert(id, entry)
    return entry
  }

  #insert(id: string, entry: Entry): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(id, entry)
  }
}
