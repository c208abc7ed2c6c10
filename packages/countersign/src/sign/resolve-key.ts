/**
 * From credentials to the signing key of a day, region and service.
 *
 * @module
 */
import type { SignerKey } from '../algorithms/algorithm.ts'
import { deriveSigV4Key } from '../algorithms/sigv4.ts'
import { formatCredentialScope, isSameScope, type RegionalScope } from '../core/credential-scope.ts'
import { inferScope } from '../core/service-hosts.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import { ScopedKey } from '../keys/scoped-key.ts'
import { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { UrlParts } from './read-url.ts'
import type { SignOptions } from './sign-options.ts'

/** How many derived keys are kept for all signers of the process. */
const CACHED_KEYS = 1000

let cache: SigningKeyCache<ScopedKey> | undefined

/**
 * The key to sign with: the one given, else one that is derived, unless it was before.
 *
 * @param day UTC day as `YYYYMMDD`
 * @throws {@link SigningError} `SCOPE_UNKNOWN`, `SIGV4A_REQUIRED`, `HOST_NOT_SIGNABLE`, `CREDENTIAL_SCOPE_MALFORMED`;
 *   `DATE_MISMATCH` or `SIGNING_KEY_SCOPE_MISMATCH` when the key given is for something else; `OPTION_INVALID`,
 *   `SECRET_KEY_MISSING` of an algorithm with region sets
 */
export function resolveKey(options: SignOptions, url: UrlParts, day: string): SignerKey {
  const { accessKeyId, secretAccessKey = '', signingKey }: AnyCredentials = options.credentials
  const { algorithm } = options
  const scope = resolveScope(options, url, day, signingKey?.scope)
  if (algorithm?.regionSet) return algorithm.regionSet.resolveKey(options.credentials, scope)
  if (algorithm && !algorithm.deriveKey) {
    throw new SigningError('OPTION_INVALID', 'algorithm must be sigV4 or sigV4A')
  }
  if (signingKey) {
    if (isSameScope(signingKey.scope, scope)) return signingKey
    throw new SigningError(
      signingKey.scope.date === scope.date ? 'SIGNING_KEY_SCOPE_MISMATCH' : 'DATE_MISMATCH',
      `The signing key is for ${signingKey.scopeText}, not for ${formatCredentialScope(scope)}`,
    )
  }
  cache ??= new SigningKeyCache(CACHED_KEYS)
  let key = cache.find(accessKeyId, secretAccessKey, scope)
  if (!key) {
    if (/[*,]/.test(scope.region)) throw new SigningError('SIGV4A_REQUIRED', 'Several regions need sigV4A')
    key = new ScopedKey(deriveSigV4Key(secretAccessKey, scope), scope)
    cache.store(accessKeyId, secretAccessKey, key)
  }
  return key
}

/** Service and region are those given, else those of the key given, or those that the host tells. */
function resolveScope(
  { service, region, keyDate, algorithm }: SignOptions,
  { host, path }: UrlParts,
  day: string,
  ofKey: RegionalScope | undefined,
): RegionalScope {
  const known = ofKey ?? (service && region ? undefined : inferScope(host, path))
  service ||= known?.service
  region ||= known?.region
  if (!service || !region) {
    throw new SigningError('SCOPE_UNKNOWN', `${host} does not tell service and region; give both`)
  }
  // A region that is set for all requests must not make SigV4 of one that cannot be.
  if (known?.region === '*' && !algorithm?.regionSet) region = '*'
  return { date: ofKey && keyDate === 'keep' ? ofKey.date : day, region: String(region), service }
}
