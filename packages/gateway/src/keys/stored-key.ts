/**
 * An access key as it lies in the store's tables: with its secrets, which are sealed.
 *
 * @module
 */
import type { AccessKey, SecretVersion } from './access-key.ts'

/** A secret, sealed. */
export interface StoredSecret extends SecretVersion {
  readonly sealed: Uint8Array
}

/** A key with its sealed secrets, newest first. */
export interface StoredKey extends AccessKey {
  readonly secrets: readonly StoredSecret[]
}

/** What may be shown of a key: the secrets that still live, without what is in them. */
export function hideSecrets(key: StoredKey, now: Date): AccessKey {
  const secrets = liveSecrets(key, now).map(({ version, createdAt, notAfter }) => ({
    version,
    createdAt,
    notAfter,
  }))
  return { ...key, secrets }
}

/** The secrets that still count at a time. */
export function liveSecrets({ secrets }: StoredKey, now: Date): readonly StoredSecret[] {
  return secrets.filter(({ notAfter }) => notAfter === undefined || notAfter > now)
}
