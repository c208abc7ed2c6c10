/**
 * Dates that a request may already carry in `date` or `x-amz-date`: `Mon, 09 Sep 2011 23:36:00 GMT` and the
 * other forms of HTTP, asctime, ISO 8601, and the basic form that signatures use.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7} HTTP dates, and the rule for two-digit years
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6}
 * @module
 */
import { isYear, parseAmzDate, utcDate } from './amz-date.ts'

/** No accepted form is longer, but for fractions of a second that nobody needs. */
const MAX_LENGTH = 64

const WEEKDAY = '(?:(?:mon|fri|sun)(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|sat(?:urday)?)'
const MONTH = '(?<monthName>[a-z]{3})'
const HOUR_MINUTE = '(?<hour>\\d\\d):(?<minute>\\d\\d)'
const TIME = `${HOUR_MINUTE}:(?<second>\\d\\d)`
const ZONE = '(?:gmt|utc|(?<offset>[+-]\\d{4}))'

/** Nothing in them can match one text in two ways, so each takes linear time. */
const FORMATS: readonly RegExp[] = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  `(?:${WEEKDAY}, )?(?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} ${ZONE}`,
  // 1994-11-06T08:49:37Z, 1994-11-06T03:49-05:00, 1994-11-06
  `(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)(?:t${HOUR_MINUTE}(?::(?<second>\\d\\d)(?:[.,]\\d+)?)?(?:z|(?<offset>[+-]\\d\\d(?::?\\d\\d)?)))?`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  `${WEEKDAY}, (?<day>\\d\\d)-${MONTH}-(?<shortYear>\\d\\d) ${TIME} ${ZONE}`,
  // Sun Nov  6 08:49:37 1994
  `${WEEKDAY} ${MONTH} {1,2}(?<day>\\d{1,2}) ${TIME} (?<year>\\d{4})`,
].map((format) => new RegExp(`^${format}$`, 'i'))

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Reads a date in any form that HTTP clients are known to send; see {@link FORMATS}. A numeric offset is
 * converted to UTC, a date alone is its midnight in UTC, fractions of a second are dropped. A weekday must be
 * one, but need not be that date's: an example in wide use has the wrong one. Every other field is checked
 * against the calendar. A time without `Z`, `GMT`, `UTC` or offset is refused, save in asctime, which is UTC.
 *
 * @param now decides the century of a two-digit year: the latest one that is at most 50 years after `now`
 * @returns `undefined` when the text is not such a date, or its year in UTC is not in 1 to 9999
 */
export function parseDate(text: string, now: Date): Date | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const amzDate = parseAmzDate(text)
  if (amzDate) return amzDate
  for (const format of FORMATS) {
    const fields = format.exec(text)?.groups
    if (fields) return dateOf(fields, now)
  }
  return undefined
}

type Fields = Readonly<Record<string, string | undefined>>

function dateOf({ shortYear, year, ...fields }: Fields, now: Date): Date | undefined {
  if (shortYear === undefined) return dateInYear(Number(year), fields)
  const lastYear = now.getUTCFullYear() + 50
  const limit = new Date(now).setUTCFullYear(lastYear)
  const latest = lastYear - ((lastYear - Number(shortYear) + 100) % 100)
  const date = dateInYear(latest, fields)
  return date && date.getTime() <= limit ? date : dateInYear(latest - 100, fields)
}

function dateInYear(year: number, fields: Fields): Date | undefined {
  const { month, monthName = '', day, hour = 0, minute = 0, second = 0, offset = '+0000' } = fields
  const date = utcDate(
    year,
    Number(month ?? MONTHS.indexOf(monthName.toLowerCase()) + 1),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return date && withoutOffset(date, offset)
}

/** Converts from local time at `+HH`, `+HHMM` or `+HH:MM` to UTC. */
function withoutOffset(date: Date, offset: string): Date | undefined {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return undefined
  const distance = (hours * 60 + minutes) * 60_000
  const utc = new Date(date.getTime() + (offset.startsWith('-') ? distance : -distance))
  return isYear(utc.getUTCFullYear()) ? utc : undefined
}
