/**
 * The comparison that all else leads up to.
 *
 * @module
 */
import type { VerificationSteps } from '../errors.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import type { VerifyingKey } from '../keys/verifying-key.ts'
import type { Claim } from './claim.ts'
import { findKey, type Found, type MatchedKey, type Search } from './found-key.ts'
import { refuse } from './refusals.ts'

/**
 * Finds the key that made the signature of a claim.
 *
 * @param search is added to
 * @throws {@link VerificationError} `SIGNATURE_MALFORMED`, `SIGNATURE_MISMATCH`
 */
export function matchSignature(
  claim: Claim,
  found: Found,
  cache: SigningKeyCache<VerifyingKey>,
  steps: VerificationSteps,
  search?: Search,
): MatchedKey {
  const { signature, accessKeyId, algorithm, older } = claim
  const exactCode = search?.isUnknown ? 'KEY_UNKNOWN' : undefined
  const match = findKey(found, claim, cache, steps.stringToSign, signature, search)
  if (match) return match
  if (!algorithm.isWellFormed(signature)) {
    throw refuse(
      'SIGNATURE_MALFORMED',
      `The signature does not have the form of ${algorithm.name}: ${older ? 'base64' : 'lower-case hex'}`,
      { accessKeyId, signatureProvided: signature.slice(0, 200) },
      steps,
      exactCode,
    )
  }
  const facts = { accessKeyId, signatureProvided: signature }
  const message = 'The signature is not that of this request with this key'
  throw refuse('SIGNATURE_MISMATCH', message, facts, steps, exactCode)
}
