/**
 * The date of a signature: `20150830T123600Z`, the instant in UTC to the second, as `x-amz-date` and the
 * string to sign carry it.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html}
 * @module
 */
import { SigningError } from '../errors.ts'

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Whether a date is valid and its year in UTC has four digits: 1 to 9999. */
export function isWritable(date: Date): boolean {
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999
}

/**
 * Writes an instant as `YYYYMMDDTHHMMSSZ`. Milliseconds are dropped, not rounded.
 *
 * @throws {@link SigningError} `DATE_INVALID` when the date is invalid, or its year in UTC is not in 1 to 9999
 */
export function formatAmzDate(date: Date): string {
  if (date instanceof Date && isWritable(date)) return date.toISOString().replace(/\.\d+|\W/g, '')
  throw new SigningError('DATE_INVALID', 'The date must be a valid Date')
}

/**
 * Reads `YYYYMMDDTHHMMSSZ`, and that form only. `undefined` when the text has another form, or names an
 * instant that the calendar and the clock do not have: 30 February, hour 24, a leap second.
 */
export function parseAmzDate(text: string): Date | undefined {
  const date = new Date(text.replace(AMZ_DATE, '$1-$2-$3T$4:$5:$6Z'))
  // Date reads other forms too, and rolls some impossible days over into the next month.
  return isWritable(date) && formatAmzDate(date) === text ? date : undefined
}
