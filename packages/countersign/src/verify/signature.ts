/**
 * The comparison that all else leads up to.
 *
 * @module
 */
import { equalConstantTime } from '../crypto/constant-time.ts'
import type { VerificationSteps } from '../errors.ts'
import type { SigningKeyCache } from '../keys/signing-key-cache.ts'
import { SigningKey, signWithKey } from '../keys/signing-key.ts'
import type { Claim } from './claim.ts'
import { findKey, type Found, type MatchedKey } from './found-key.ts'
import { refuse } from './refusals.ts'

const SIGNATURE = /^[0-9a-f]{64}$/

/**
 * Finds the key that made the signature of a claim.
 *
 * @throws {@link VerificationError} `SIGNATURE_MALFORMED`, `SIGNATURE_MISMATCH`
 */
export function matchSignature(
  claim: Claim,
  found: Found,
  cache: SigningKeyCache,
  steps: VerificationSteps,
): MatchedKey {
  const { signature, accessKeyId } = claim
  if (!SIGNATURE.test(signature)) {
    throw refuse(
      'SIGNATURE_MALFORMED',
      'The signature is not 64 lower-case hex digits',
      { accessKeyId, signatureProvided: signature.slice(0, 200) },
      steps,
    )
  }
  const match = findKey(found, claim, cache, (key) => isMadeBy(key, signature, steps.stringToSign))
  if (match) return match
  const facts = { accessKeyId, signatureProvided: signature }
  throw refuse('SIGNATURE_MISMATCH', 'The signature is not that of this request with this key', facts, steps)
}

/** Whether a key made a signature of a string to sign; in constant time. */
export function isMadeBy(key: SigningKey, signature: string, stringToSign: string): boolean {
  return equalConstantTime(signWithKey(key, stringToSign), signature)
}

/** Does for an unknown key what is done for a known one, so that the time does not tell them apart. */
export function matchNothing(claim: Claim, steps: VerificationSteps): void {
  isMadeBy(SigningKey.derive('no such key', claim.scope), claim.signature, steps.stringToSign)
}
