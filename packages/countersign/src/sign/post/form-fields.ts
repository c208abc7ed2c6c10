/**
 * The fields of an upload form as its author gives them.
 *
 * @module
 */
import { POST_FIELD } from '../../core/post-policy.ts'
import { SigningError } from '../../errors.ts'

/** Fields as a list of pairs or as an object. */
export type PostFields =
  | Iterable<readonly [name: string, value: string]>
  | { readonly [name: string]: string }

/** A field by its name in lower case. */
export interface FormField {
  /** As given. */
  readonly name: string
  readonly value: string
}

/** What the signer itself puts into the form; a condition or field of the caller's could only contradict it. */
const RESERVED: ReadonlySet<string> = new Set(['file', ...Object.values(POST_FIELD)])
const NAME = /^[!#-~]+$/
// Browsers turn line ends into CRLF, other controls have no place in a form, and half a surrogate pair has no bytes.
const UNSENDABLE = /[\x00-\x08\x0a-\x1f\x7f\p{Cs}]/u

/**
 * Reads a name of a field, in a form or in a condition.
 *
 * @returns it in lower case, since S3 does not mind the case
 * @throws {@link SigningError} `FORM_FIELD_INVALID`
 */
export function readFieldName(name: string): string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new SigningError(
      'FORM_FIELD_INVALID',
      'The name of a field must be ASCII without blanks and quotes',
    )
  }
  const lower = name.toLowerCase()
  if (RESERVED.has(lower)) {
    throw new SigningError('FORM_FIELD_INVALID', `The field ${lower} is the signer's; leave it out`)
  }
  return lower
}

/**
 * Checks a value of a field.
 *
 * @throws {@link SigningError} `FORM_FIELD_INVALID`
 */
export function assertFieldValue(name: string, value: string): void {
  if (typeof value === 'string' && !UNSENDABLE.test(value)) return
  const fault = 'must be a text without line ends, control characters and half surrogate pairs'
  throw new SigningError('FORM_FIELD_INVALID', `The value of ${name} ${fault}`)
}

/**
 * Reads the caller's fields; nothing of the caller's is kept.
 *
 * @throws {@link SigningError} `FORM_FIELD_INVALID`
 */
export function readFields(given: PostFields = {}): Map<string, FormField> {
  const fields = new Map<string, FormField>()
  for (const [name, value] of Symbol.iterator in given ? given : Object.entries(given)) {
    const lower = readFieldName(name)
    if (lower === 'key' || lower === 'bucket') {
      throw new SigningError(
        'FORM_FIELD_INVALID',
        `Give ${lower} as an option of its own, not among the fields`,
      )
    }
    if (fields.has(lower)) throw new SigningError('FORM_FIELD_INVALID', `The field ${lower} stands twice`)
    assertFieldValue(name, value)
    fields.set(lower, { name, value })
  }
  return fields
}
