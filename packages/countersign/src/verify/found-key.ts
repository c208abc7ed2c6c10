/**
 * What a server's look-up gives for an access key id, and the signing keys that follow from it.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { isSameScope, type CredentialScope } from '../core/credential-scope.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import { VerifyingKey } from '../keys/verifying-key.ts'
import type { Claim } from './claim.ts'

/** What the server knows of an access key. */
export interface Found<P = unknown> {
  /** The secret, or several while it is being rotated. */
  readonly secretAccessKey?: string | readonly string[] | undefined
  /** A derived key in place of the secret; it verifies what is in its scope only, and so nothing of SigV4A. */
  readonly signingKey?: SigningKey | undefined
  /** The token of a temporary key, or what tells whether a token is its. A request with any other is refused. */
  readonly sessionToken?: string | ((token: string) => boolean | Promise<boolean>) | undefined
  /** When the key dies; of a temporary one, when its session token expires. */
  readonly notAfter?: Date | undefined
  /** Whoever the key belongs to; handed on as it is. */
  readonly principal?: P | undefined
}

/** What the look-up is told beside the access key id. All of it is the client's claim. */
export interface KeyHints extends CredentialScope {
  readonly algorithm: SignatureAlgorithm['name']
  /**
   * The session token that came with the request, for look-ups that decode it. Nothing vouches for it yet: give back a
   * key only where it is one of yours, for this very access key id.
   */
  readonly sessionToken?: string | undefined
}

/** Looks an access key up; `undefined` when there is no such key. */
export type SecretsLookup<P = unknown> = (
  accessKeyId: string,
  hints: KeyHints,
) => Found<P> | undefined | Promise<Found<P> | undefined>

/** What a look-up is told of a claim. */
export function hintsOf({ algorithm, scope, sessionToken }: Claim): KeyHints {
  const { date, region, service } = scope
  return { algorithm: algorithm.name, date, region, service, sessionToken }
}

/** A search for a key: what is not to be told of it, and how much work it was. */
export interface Search {
  /** Whether there is no such key. */
  readonly isUnknown: boolean
  /** How many keys were derived. */
  derived: number
  /** How many signatures were compared. */
  compared: number
}

/** The key that made a signature. */
export interface MatchedKey {
  /** Makes the signatures of the chunks that follow, too. */
  readonly key: VerifyingKey
  /** Whether it was not the first of the secrets. */
  readonly isOlder: boolean
}

/**
 * Looks for the key that made a signature: one of the secrets', or the derived key where it is for the scope. A key
 * is kept in the cache only once it has matched, so that strangers cannot fill it.
 *
 * @param text what was signed
 * @param search is added to
 */
export function findKey(
  { secretAccessKey, signingKey }: Found,
  { accessKeyId, algorithm, scope, older }: Claim,
  cache: SigningKeyCache<VerifyingKey>,
  text: string,
  signature: string,
  search?: Search,
): MatchedKey | undefined {
  const secrets = typeof secretAccessKey === 'string' ? [secretAccessKey] : (secretAccessKey ?? [])
  for (const secret of secrets) {
    // Before version 4 the secret itself is the key, whatever the scope.
    const cached = older ? undefined : cache.find(accessKeyId, secret, scope)
    const key = cached ?? VerifyingKey.derive(algorithm, secret, scope, accessKeyId)
    if (search) count(search, !cached)
    if (!key.hasSigned(text, signature)) continue
    if (!cached && !older) cache.store(accessKeyId, secret, key)
    return { key, isOlder: secret !== secrets[0] }
  }
  if (!signingKey || !isSameScope(signingKey.scope, scope)) return undefined
  const key = VerifyingKey.of(signingKey)
  if (search) count(search, false)
  return key.hasSigned(text, signature) ? { key, isOlder: false } : undefined
}

function count(search: Search, isDerived: boolean): void {
  if (isDerived) search.derived += 1
  search.compared += 1
}
