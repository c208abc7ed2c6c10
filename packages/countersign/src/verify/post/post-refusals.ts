/**
 * Refusals that only upload forms have, and what S3 calls them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 *
 * @module
 */
import { VerificationError } from '../../errors.ts'
import { refuse, type FormRefusalCode } from '../refusals.ts'

const INVALID_ARGUMENT = { awsCode: 'InvalidArgument', status: 400 }
const ACCESS_DENIED = { awsCode: 'AccessDenied', status: 403 }

/** What S3 calls the causes that only forms have. */
const S3_CODES: Readonly<Record<FormRefusalCode, { readonly awsCode: string; readonly status: number }>> = {
  POLICY_MALFORMED: { awsCode: 'InvalidPolicyDocument', status: 400 },
  FORM_NOT_MULTIPART: { awsCode: 'PreconditionFailed', status: 412 },
  FORM_MALFORMED: { awsCode: 'MalformedPOSTRequest', status: 400 },
  FORM_TOO_LARGE: { awsCode: 'MaxPostPreDataLengthExceededError', status: 400 },
  FORM_FILE_MISSING: INVALID_ARGUMENT,
  FORM_FIELD_MISSING: INVALID_ARGUMENT,
  FORM_FIELD_INVALID: INVALID_ARGUMENT,
  POLICY_EXPIRED: ACCESS_DENIED,
  POLICY_CONDITION_FAILED: ACCESS_DENIED,
  POLICY_FIELD_NOT_COVERED: ACCESS_DENIED,
  BODY_TOO_SMALL: { awsCode: 'EntityTooSmall', status: 400 },
}

/** Makes the error of a cause that only forms have. */
export function refuseForm(
  code: FormRefusalCode,
  message: string,
  facts: Readonly<Record<string, string>> = {},
): VerificationError {
  return new VerificationError(code, message, S3_CODES[code], facts)
}

/** The form cannot be read. */
export function malformedForm(message: string): VerificationError {
  return refuseForm('FORM_MALFORMED', message)
}

/** A field cannot be taken as it stands. */
export function invalidField(field: string, message: string): VerificationError {
  return refuseForm('FORM_FIELD_INVALID', message, { argumentName: field.slice(0, 100) })
}

/** A field is missing, or stands behind the file. */
export function missingField(field: string): VerificationError {
  const message = `The form has no field ${field} before its file`
  return refuseForm('FORM_FIELD_MISSING', message, { argumentName: field, argumentValue: '' })
}

/** The policy cannot be read; `fault` is what S3 would say. */
export function malformedPolicy(fault: string): VerificationError {
  return refuseForm('POLICY_MALFORMED', `The policy is malformed: ${fault}`, { fault })
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
  return refuseForm('BODY_TOO_SMALL', `The file has ${size} bytes, which is under ${minBytes}`, facts)
}
