/**
 * A bounded cache of derived keys. No secret is part of a cache key: an entry remembers which secret it came from,
 * and another secret is a miss, so a rotated secret works at once.
 *
 * @module
 */
import { isSameScope, type CredentialScope } from '../core/credential-scope.ts'

/** What is kept: a key that tells its scope. */
interface CachedKey {
  readonly scope: CredentialScope
}

interface Entry<K> {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly key: K
}

/** Keeps the keys that were used last. */
export class SigningKeyCache<K extends CachedKey = CachedKey> {
  // A map keeps the order in which its entries came; what is used again is put in again.
  readonly #entries = new Map<string, Entry<K>>()
  readonly #limit: number
  // Most requests want the key of the one before, which spares them the look-up.
  #last: Entry<K> | undefined

  /** @param limit how many keys are kept at most */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The key of a secret for a scope, if it is here. */
  find(accessKeyId: string, secretAccessKey: string, scope: CredentialScope): K | undefined {
    let entry = this.#last
    if (entry?.accessKeyId !== accessKeyId || !isSameScope(entry.key.scope, scope)) {
      entry = this.#entries.get(idOf(accessKeyId, scope))
      if (entry) this.#keep(entry)
    }
    return entry?.secretAccessKey === secretAccessKey ? entry?.key : undefined
  }

  /** Keeps a key. */
  store(accessKeyId: string, secretAccessKey: string, key: K): void {
    this.#keep({ accessKeyId, secretAccessKey, key })
  }

  #keep(entry: Entry<K>): void {
    const id = idOf(entry.accessKeyId, entry.key.scope)
    this.#last = entry
    this.#entries.delete(id)
    this.#entries.set(id, entry)
    if (this.#entries.size > this.#limit) {
      const [oldest = ''] = this.#entries.keys()
      this.#entries.delete(oldest)
    }
  }
}

// No comma can be in a scope or in an access key id, so two of them never have one id. A region that is missing is
// empty here, as no region is.
function idOf(accessKeyId: string, { date, region, service }: CredentialScope): string {
  return [date, region, service, accessKeyId].join()
}
