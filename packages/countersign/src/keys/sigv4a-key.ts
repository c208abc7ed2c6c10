/**
 * What a signer needs of a key of SigV4A: the key pair of the access key, and beside it the day, the service and the
 * regions that one signature is for. The pair itself is bound to none of them, so it is kept from day to day, and never
 * handed out.
 *
 * @module
 */
import type { KeyOwner, SignatureKey, SignerKey } from '../algorithms/algorithm.ts'
import { formatRegionSet } from '../algorithms/region-set.ts'
import { deriveSigV4AKey } from '../algorithms/sigv4a-scalar.ts'
import {
  assertCredentialScope,
  formatCredentialScope,
  TERMINATOR,
  type RegionalScope,
} from '../core/credential-scope.ts'
import { SIGV4A_ALGORITHM } from '../core/names.ts'
import { defaultP256 } from '../crypto/default-p256.ts'
import { SigningError } from '../errors.ts'
import { SigningKeyCache } from './signing-key-cache.ts'

/** How many key pairs are kept for all signers of the process. */
const CACHED_KEYS = 1000

/** A key pair holds in every scope. */
const EVERYWHERE = { date: '', service: '' }

interface CachedPair {
  readonly scope: typeof EVERYWHERE
  readonly pair: SignatureKey
}

let cache: SigningKeyCache<CachedPair> | undefined

/**
 * The key to sign with. Its pair is derived, unless it was before.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `CREDENTIAL_SCOPE_MALFORMED`, `SECRET_KEY_MISSING`
 */
export function resolveSigV4AKey(owner: KeyOwner, { date, region, service }: RegionalScope): SignerKey {
  const regionSet = formatRegionSet(region)
  assertCredentialScope(formatCredentialScope({ date, region: 'any', service }))
  const pair = resolvePair(owner)
  return {
    algorithm: SIGV4A_ALGORITHM,
    scope: Object.freeze({ date, service }),
    scopeText: `${date}/${service}/${TERMINATOR}`,
    regionSet,
    sign: (stringToSign) => pair.signHex(stringToSign),
  }
}

function resolvePair({ accessKeyId, secretAccessKey }: KeyOwner): SignatureKey {
  if (!secretAccessKey) {
    const why = 'SigV4A has no signing keys that are bound to a scope; give the secret access key'
    throw new SigningError('SECRET_KEY_MISSING', why)
  }
  cache ??= new SigningKeyCache(CACHED_KEYS)
  const cached = cache.find(accessKeyId, secretAccessKey, EVERYWHERE)
  if (cached) return cached.pair
  const pair = defaultP256()(deriveSigV4AKey(secretAccessKey, accessKeyId))
  cache.store(accessKeyId, secretAccessKey, { scope: EVERYWHERE, pair })
  return pair
}
