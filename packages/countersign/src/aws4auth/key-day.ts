/**
 * The day of a signing key: `20110909`.
 *
 * @module
 */
import { formatAmzDate, parseAmzDate } from '../core/amz-date.ts'
import { parseDate } from '../core/http-date.ts'
import { DateFormatError } from './aws4auth-errors.ts'

/**
 * A day in UTC: any instant of it, or a text: `YYYYMMDD`, or any form that a request's `date` or `x-amz-date` may
 * have, such as `2011-09-09` or `Fri, 09 Sep 2011 23:36:00 GMT`. A time with an offset is converted to UTC.
 */
export type KeyDate = Date | string

/**
 * Day of an instant in UTC as `YYYYMMDD`.
 *
 * @throws {@link SigningError} `DATE_INVALID`
 */
export function dayOf(instant: Date): string {
  return formatAmzDate(instant).slice(0, 8)
}

/**
 * Reads the day of a key; `YYYYMMDD`.
 *
 * @param now decides the century of a two-digit year
 * @throws {@link DateFormatError} for all that is no day, numbers among it: seconds and milliseconds look alike
 */
export function parseKeyDate(date: KeyDate, now: Date): string {
  const instant = typeof date === 'string' ? parseText(date, now) : date
  if (instant instanceof Date && isYear(instant.getUTCFullYear())) return dayOf(instant)
  throw new DateFormatError(
    'The date of a signing key is a valid Date, YYYYMMDD, or a text in a form that date headers may have',
  )
}

function isYear(year: number): boolean {
  return year >= 1 && year <= 9999
}

function parseText(text: string, now: Date): Date | undefined {
  return parseAmzDate(`${text}T000000Z`) ?? parseDate(text, now)
}
