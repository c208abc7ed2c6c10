/**
 * Explains why a form is refused by its own policy: all that does not hold, not just the first. It asks for no key, and
 * lets nobody in.
 *
 * @module
 */
import { POST_FIELD } from '../../core/post-policy.ts'
import { VerificationError, type VerificationErrorCode } from '../../errors.ts'
import { findPolicyFaults } from './check-policy.ts'
import { readFormValues, type GivenForm } from './form-values.ts'
import { parsePostPolicy } from './parse-policy.ts'
import { fileTooLarge, fileTooSmall } from './post-refusals.ts'

/** One thing that does not hold. */
export interface PostFinding {
  readonly code: VerificationErrorCode
  readonly message: string
}

/** A form as somebody would send it. */
export interface ExplainedPost extends GivenForm {
  /** Size of the file in bytes; without it the size is not looked at. */
  readonly size?: number | undefined
  /** When it would be sent; now by default. */
  readonly date?: Date | undefined
}

/** What does not hold; nothing where the policy allows the form. Its signature is not looked at. */
export function explainPost({ size, date = new Date(), ...form }: ExplainedPost): readonly PostFinding[] {
  try {
    const values = readFormValues(form)
    const policy = parsePostPolicy(values.get(POST_FIELD.policy) ?? '')
    const faults = [...findPolicyFaults(policy, values, date)]
    if (size !== undefined && size > policy.maxBytes) faults.push(fileTooLarge(policy.maxBytes, size))
    if (size !== undefined && size < policy.minBytes) faults.push(fileTooSmall(size, policy.minBytes))
    return faults.map(findingOf)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return [findingOf(error)]
  }
}

function findingOf({ code, message }: VerificationError): PostFinding {
  return { code, message }
}
