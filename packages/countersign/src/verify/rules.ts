/**
 * The checks in their order. What comes first is answered first.
 *
 * @module
 */
import type { Check, CheckContext } from './checks/check.ts'
import { clockSkew } from './checks/clock-skew.ts'
import { expired, notYetValid } from './checks/expiry.ts'
import { metadataSize } from './checks/metadata-size.ts'
import { payloadMode, unsignedPayload } from './checks/payload.ts'
import { scopeDate, scopeRegion, scopeService } from './checks/scope.ts'
import { headersSigned, signedHeadersPresent } from './checks/signed-headers.ts'
import type { Claim } from './claim.ts'

/** Before anybody is asked for a key. */
export const BEFORE_LOOKUP: readonly Check[] = [
  scopeDate,
  scopeService,
  scopeRegion,
  clockSkew,
  notYetValid,
  expired,
]
/** Before the signature: S3 names unsigned headers even where the signature does not match. */
export const BEFORE_SIGNATURE: readonly Check[] = [headersSigned, signedHeadersPresent]
/** Once the signature, which covers the payload's mode, is known to be good. */
export const AFTER_SIGNATURE: readonly Check[] = [payloadMode, unsignedPayload, metadataSize]

/**
 * Applies checks in order.
 *
 * @throws {@link VerificationError} of the first rule that does not hold
 */
export function applyChecks(checks: readonly Check[], claim: Claim, context: CheckContext): void {
  for (const check of checks) {
    const refusal = check(claim, context)
    if (refusal) throw refusal
  }
}
