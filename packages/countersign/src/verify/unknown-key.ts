/**
 * Access keys that there are none of. Either the client is told so, as AWS does, or it learns nothing: then an unknown
 * key is answered as a wrong signature is, after as much work.
 *
 * @module
 */
import { VerificationError, type VerificationSteps } from '../errors.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import { VerifyingKey } from '../keys/verifying-key.ts'
import type { Claim } from './claim.ts'
import type { Found, MatchedKey, Search } from './found-key.ts'
import { refuse } from './refusals.ts'
import { matchSignature } from './signature.ts'

/** A key has as many secrets while it is being rotated; more of them make a wrong signature take longer. */
const MOST_SECRETS = 2

let nobody: Found<never> | undefined

/** The key of whoever has none: its secret is new in each process, and known to nobody. */
export function nobodysKey(): Found<never> {
  nobody ??= { secretAccessKey: crypto.randomUUID() + crypto.randomUUID() }
  return nobody
}

/** The refusal of an unknown key, after the work that a known one takes. */
export function refuseUnknownKey(claim: Claim, steps: VerificationSteps): VerificationError {
  doTheRest({ derived: 1, compared: 1 }, claim, steps)
  const { accessKeyId } = claim
  return refuse('KEY_UNKNOWN', 'There is no such access key', { accessKeyId })
}

/**
 * Finds the key that made a signature, and does the same work whether there is such a key or not, whether its derived
 * key was in the cache or not, and whether it has one secret or two.
 *
 * @throws {@link VerificationError} `SIGNATURE_MALFORMED`, `SIGNATURE_MISMATCH`; its `exactCode` says that it is the key
 */
export function matchAlike(
  claim: Claim,
  found: Found | undefined,
  cache: SigningKeyCache<VerifyingKey>,
  steps: VerificationSteps,
): MatchedKey {
  const search = { isUnknown: !found, derived: 0, compared: 0 }
  try {
    return matchSignature(claim, found ?? nobodysKey(), cache, steps, search)
  } catch (error) {
    if (error instanceof VerificationError) doTheRest(search, claim, steps)
    throw error
  }
}

function doTheRest(
  { derived, compared }: Pick<Search, 'derived' | 'compared'>,
  claim: Claim,
  steps: VerificationSteps,
): void {
  const { algorithm, scope, accessKeyId, signature } = claim
  let key: VerifyingKey | undefined
  for (let done = derived; done < MOST_SECRETS; done++) {
    key = VerifyingKey.derive(algorithm, 'a secret of nobody', scope, accessKeyId)
  }
  for (let done = compared; done < MOST_SECRETS; done++) key?.hasSigned(steps.stringToSign, signature)
}
