/**
 * The names in an object of options.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/**
 * Refuses what is no object, and names that are not known: a session token under a misspelt name would not be sent.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function assertNames(
  options: unknown,
  known: Readonly<Record<string, true>>,
): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw new SigningError(
      'OPTION_INVALID',
      `Options are an object with any of ${Object.keys(known).join(', ')}`,
    )
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue
    throw new SigningError(
      'OPTION_INVALID',
      `There is no option ${name}, only ${Object.keys(known).join(', ')}`,
    )
  }
}
