/**
 * Holds an upload form against its policy: every condition is met, and every field is in a condition.
 *
 * @module
 */
import { isExemptField, isMetBy } from '../../core/post-policy.ts'
import type { VerificationError } from '../../errors.ts'
import type { FormValues } from './form-values.ts'
import type { PostPolicy } from './parse-policy.ts'
import { refuseForm } from './post-refusals.ts'

/** What does not hold, in the order in which S3 tells it. */
export function* findPolicyFaults(
  { expiration, rules }: PostPolicy,
  values: FormValues,
  now: Date,
): Generator<VerificationError, void, undefined> {
  if (!(now <= expiration)) {
    const facts = { expires: expiration.toISOString(), serverTime: now.toISOString() }
    yield refuseForm('POLICY_EXPIRED', `The policy expired at ${expiration.toISOString()}`, facts)
  }
  const covered = new Set<string>()
  for (const rule of rules) {
    const value = values.get(rule.field)
    covered.add(rule.field)
    if (value !== undefined && isMetBy(rule, value)) continue
    yield refuseForm('POLICY_CONDITION_FAILED', `The form does not meet ${rule.text}`, { failed: rule.text })
  }
  for (const field of values.keys()) {
    if (covered.has(field) || isExemptField(field)) continue
    yield refuseForm('POLICY_FIELD_NOT_COVERED', `The field ${field} is in no condition of the policy`, {
      field,
    })
  }
}
