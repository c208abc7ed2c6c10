/**
 * Options that are numbers: with one that is none, such as the NaN of a setting that is missing, nothing would be over it.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/**
 * Checks that each is a number of at least 0; Infinity is one.
 *
 * @param amounts by the names that they are shown under
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function assertAmounts(amounts: Readonly<Record<string, number>>): void {
  for (const name in amounts) {
    if (!(amounts[name]! >= 0)) throw new SigningError('OPTION_INVALID', `${name} must be a number from 0`)
  }
}
