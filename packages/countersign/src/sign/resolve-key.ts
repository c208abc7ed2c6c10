/**
 * From credentials to the signing key of a day, region and service.
 *
 * @module
 */
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import { SigningKey } from '../keys/signing-key.ts'
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { ResolvedScope, SignOptions } from './sign-options.ts'

/** How many derived keys are kept for all signers of the process. */
const CACHED_KEYS = 1000

let cache: SigningKeyCache | undefined

/**
 * The key to sign with, from the cache where it was derived before.
 *
 * @param day UTC day as `YYYYMMDD`
 * @throws {@link SigningError} `DATE_MISMATCH` when a given signing key is for another day
 */
export function resolveSigningKey(
  credentials: Credentials | KeyCredentials,
  day: string,
  { region, service }: ResolvedScope,
  keyDate?: SignOptions['keyDate'],
): SigningKey {
  if ('signingKey' in credentials) {
    return keyDate === 'keep' ? credentials.signingKey : keyOfDay(credentials.signingKey, day)
  }
  const { accessKeyId, secretAccessKey } = credentials
  const scope = { date: day, region, service }
  cache ??= new SigningKeyCache(CACHED_KEYS)
  const cached = cache.find(accessKeyId, secretAccessKey, scope)
  if (cached) return cached
  const key = SigningKey.derive(secretAccessKey, scope)
  cache.store(accessKeyId, secretAccessKey, key)
  return key
}

function keyOfDay(key: SigningKey, day: string): SigningKey {
  if (key.scope.date === day) return key
  throw new SigningError(
    'DATE_MISMATCH',
    `The signing key is for ${key.scope.date}, the request for ${day}`,
  )
}
