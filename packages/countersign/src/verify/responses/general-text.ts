/**
 * The message of services other than S3, with the canonical strings behind it where they are echoed.
 *
 * @module
 */
import type { VerificationError } from '../../errors.ts'
import { GENERAL_TEXTS, textOf } from './aws-texts.ts'
import type { ResponseOptions } from './response.ts'

/** Writes the message. */
export function generalText(error: VerificationError, { echo }: ResponseOptions): string {
  const text = textOf(GENERAL_TEXTS, error)
  if (!error.steps || echo === 'none') return text
  const { canonicalRequest, stringToSign } = error.steps
  const canonical =
    echo === 'minimal'
      ? ''
      : `The Canonical String for this request should have been\n'${canonicalRequest}'\n\n`
  return `${text}\n\n${canonical}The String-to-Sign should have been\n'${stringToSign}'\n`
}
