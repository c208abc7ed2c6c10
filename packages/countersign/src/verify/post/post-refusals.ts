/**
 * Refusals of upload forms that are made in more than one place.
 *
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import { refuse } from '../refusals.ts'

/** The form cannot be read. */
export function malformedForm(message: string): VerificationError {
  return refuse('FORM_MALFORMED', message)
}

/** A field cannot be taken as it stands. */
export function invalidField(field: string, message: string): VerificationError {
  return refuse('FORM_FIELD_INVALID', message, { argumentName: field.slice(0, 100) })
}

/** A field is missing, or stands behind the file. */
export function missingField(field: string): VerificationError {
  const message = `The form has no field ${field} before its file`
  return refuse('FORM_FIELD_MISSING', message, { argumentName: field, argumentValue: '' })
}

/** The policy cannot be read; `fault` is what S3 would say. */
export function malformedPolicy(fault: string): VerificationError {
  return refuse('POLICY_MALFORMED', `The policy is malformed: ${fault}`, { fault })
}

/** The file is over what the policy or the server allows. */
export function fileTooLarge(maxBytes: number, size?: number): VerificationError {
  // While it comes in, nobody knows how long it will be.
  const proposed = size === undefined ? undefined : { proposedSize: String(size) }
  const facts = { ...proposed, maxBytes: String(maxBytes) }
  return refuse('BODY_TOO_LARGE', `The file is over ${maxBytes} bytes`, facts)
}

/** The file is under what the policy allows. */
export function fileTooSmall(size: number, minBytes: number): VerificationError {
  const facts = { proposedSize: String(size), minBytes: String(minBytes) }
  return refuse('BODY_TOO_SMALL', `The file has ${size} bytes, which is under ${minBytes}`, facts)
}
