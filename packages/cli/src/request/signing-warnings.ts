/**
 * What the library warns of, in words.
 *
 * @module
 */
import type { SigningWarning } from 'countersign'
import type { Output } from '../frame/output.ts'

const MESSAGES: Readonly<Record<SigningWarning, string>> = {
  PLUS_REWRITTEN: 'a + in the query is sent as %20; write %20 or %2B to say which is meant',
  DUPLICATE_QUERY_NAMES: 'a query name stands twice; S3 is reported to use the first only',
  DOT_SEGMENTS: 'the path has dot segments, which many clients take out; with curl use --path-as-is',
  SECRET_HAS_ODD_CHARACTERS:
    'the secret access key has a blank, a line end or a %; was it copied whole? --trim-secret cuts blanks at its ends',
  TOKEN_WITH_LONG_TERM_KEY: 'the key is a long-term one, but a session token came with it',
  EXPIRY_CLAMPED: 'the credentials end before the time that was asked for, and the URL with them',
}

/** Tells of the warnings of a signing. */
export function tellWarnings(warnings: readonly SigningWarning[], output: Output): void {
  for (const warning of warnings) output.warn(warning, messageOfWarning(warning))
}

/** What a warning of a signing says. */
export function messageOfWarning(warning: SigningWarning): string {
  return MESSAGES[warning]
}
