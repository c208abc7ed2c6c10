/**
 * The date of a signature: `20150830T123600Z`, the instant in UTC to the second, as `x-amz-date` and the
 * string to sign carry it.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html}
 * @module
 */
import { SigningError } from '../errors.ts'

const ZERO = 48

/** The Gregorian calendar repeats after 400 years of this many milliseconds. */
const CYCLE = 146_097 * 86_400_000

/**
 * Writes an instant as `YYYYMMDDTHHMMSSZ`. Milliseconds are dropped, not rounded.
 *
 * @throws {@link SigningError} `DATE_INVALID` when the date is invalid, or its year in UTC is not in 1 to 9999
 */
export function formatAmzDate(date: Date): string {
  const year = date.getUTCFullYear()
  if (!isYear(year)) {
    throw new SigningError('DATE_INVALID', 'The date is not a valid Date in the years 1 to 9999')
  }
  const century = (year / 100) | 0
  const years = year % 100
  const month = date.getUTCMonth() + 1
  const day = date.getUTCDate()
  const hour = date.getUTCHours()
  const minute = date.getUTCMinutes()
  const second = date.getUTCSeconds()
  // One call for all characters takes half the time of joining two-digit strings, a tenth of toISOString().
  // prettier-ignore
  return String.fromCharCode(
    tens(century), ones(century), tens(years), ones(years), tens(month), ones(month), tens(day), ones(day), 0x54,
    tens(hour), ones(hour), tens(minute), ones(minute), tens(second), ones(second), 0x5a,
  )
}

/**
 * Reads `YYYYMMDDTHHMMSSZ`, and that form only. `undefined` when the text has another form, or names an
 * instant that the calendar and the clock do not have: 30 February, hour 24, a leap second.
 */
export function parseAmzDate(text: string): Date | undefined {
  if (text.length !== 16 || text[8] !== 'T' || text[15] !== 'Z') return undefined
  return utcDate(
    digits(text, 0, 4),
    digits(text, 4, 6),
    digits(text, 6, 8),
    digits(text, 9, 11),
    digits(text, 11, 13),
    digits(text, 13, 15),
  )
}

/**
 * The instant of a UTC calendar date and time of day; `month` counts from 1. `undefined` when a field is out
 * of its range, the month has no such day, or a field is NaN. Leap seconds do not exist for a `Date`.
 */
export function utcDate(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Date | undefined {
  if (!isYear(year) || !(month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59))
    return undefined
  // Date.UTC takes the years 0 to 99 for 1900 to 1999, hence a cycle later and back.
  const date = new Date(Date.UTC(year + 400, month - 1, day, hour, minute, second) - CYCLE)
  return date.getUTCDate() === day ? date : undefined
}

/** Whether four digits can write the year. */
export function isYear(year: number): boolean {
  return year >= 1 && year <= 9999
}

/** Number that the decimal digits from `start` to `end` write; NaN when one of them is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - ZERO
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN
  }
  return value
}

function tens(value: number): number {
  return ZERO + ((value / 10) | 0)
}

function ones(value: number): number {
  return ZERO + (value % 10)
}
