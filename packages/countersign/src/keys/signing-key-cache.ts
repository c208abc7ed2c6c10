/**
 * A bounded cache of derived keys. No secret is part of a cache key: an entry remembers which secret it came from,
 * and another secret is a miss, so a rotated secret works at once.
 *
 * @module
 */
import { formatCredentialScope, isSameScope, type CredentialScope } from '../core/credential-scope.ts'
import type { SigningKey } from './signing-key.ts'

interface Entry {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly key: SigningKey
}

function idOf(accessKeyId: string, scope: CredentialScope): string {
  return `${formatCredentialScope(scope)}/${accessKeyId}`
}

/** Keeps the keys that were used last. */
export class SigningKeyCache {
  // Two generations stand in for a list in order of use: a full young one becomes the old one, and what is used
  // again moves over.
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  readonly #generation: number
  // Most requests want the key of the one before.
  #last: Entry | undefined

  /** @param limit how many keys are kept at most */
  constructor(limit: number) {
    this.#generation = Math.ceil(limit / 2)
  }

  /** The key of a secret for a scope, if it is here. */
  find(accessKeyId: string, secretAccessKey: string, scope: CredentialScope): SigningKey | undefined {
    const last = this.#last
    const isLast = last?.accessKeyId === accessKeyId && isSameScope(last.key.scope, scope)
    const entry = isLast ? last : this.#findById(idOf(accessKeyId, scope))
    return entry?.secretAccessKey === secretAccessKey ? entry.key : undefined
  }

  /** Keeps a key. */
  store(accessKeyId: string, secretAccessKey: string, key: SigningKey): void {
    this.#last = { accessKeyId, secretAccessKey, key }
    this.#insert(idOf(accessKeyId, key.scope), this.#last)
  }

  #findById(id: string): Entry | undefined {
    const entry = this.#young.get(id) ?? this.#old.get(id)
    if (entry) {
      this.#last = entry
      if (!this.#young.has(id)) this.#insert(id, entry)
    }
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
