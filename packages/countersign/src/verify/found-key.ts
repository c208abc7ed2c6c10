/**
 * What a server's look-up gives for an access key id, and the signing keys that follow from it.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { isSameScope, type CredentialScope } from '../core/credential-scope.ts'
import { SigningKey } from '../keys/signing-key.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { Claim } from './claim.ts'

/** What the server knows of an access key. */
export interface Found<P = unknown> {
  /** The secret, or several while it is being rotated. */
  readonly secretAccessKey?: string | readonly string[] | undefined
  /** A derived key in place of the secret; it verifies what is in its scope only. */
  readonly signingKey?: SigningKey | undefined
  /** The token of a temporary key, or what tells whether a token is its. */
  readonly sessionToken?: string | ((token: string) => boolean | Promise<boolean>) | undefined
  /** When the key dies. */
  readonly notAfter?: Date | undefined
  /** Whoever the key belongs to; handed on as it is. */
  readonly principal?: P | undefined
}

/** What the look-up is told beside the access key id. All of it is the client's claim. */
export interface KeyHints extends CredentialScope {
  readonly algorithm: SignatureAlgorithm['name']
}

/** Looks an access key up; `undefined` when there is no such key. */
export type SecretsLookup<P = unknown> = (
  accessKeyId: string,
  hints: KeyHints,
) => Found<P> | undefined | Promise<Found<P> | undefined>

/** A key to try, with the secret that it was derived from. */
export interface Candidate {
  readonly key: SigningKey
  readonly secretAccessKey?: string
}

/** The keys that may have made a signature: one a secret, or the derived key where it is for the scope. */
export function candidatesOf(
  { secretAccessKey, signingKey }: Found,
  claim: Claim,
  cache: SigningKeyCache,
): Candidate[] {
  const secrets = secretAccessKey === undefined ? [] : [secretAccessKey].flat()
  const candidates: Candidate[] = secrets.map((secret) => ({
    key: cache.find(claim.accessKeyId, secret, claim.scope) ?? SigningKey.derive(secret, claim.scope),
    secretAccessKey: secret,
  }))
  if (signingKey && isSameScope(signingKey.scope, claim.scope)) candidates.push({ key: signingKey })
  return candidates
}
