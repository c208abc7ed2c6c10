/**
 * Dates that a request may already carry in `date` or `x-amz-date`: `Mon, 09 Sep 2011 23:36:00 GMT` and the
 * other forms of HTTP, asctime, ISO 8601, and the basic form that signatures use.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7} HTTP dates, and the rule for two-digit years
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6}
 * @module
 */
import { isWritable, parseAmzDate } from './amz-date.ts'

/** No accepted form is longer, but for fractions of a second that nobody needs. */
const MAX_LENGTH = 64

/** Nothing in them can match one text in two ways, so each takes linear time. */
const FORMATS: readonly RegExp[] = [
  // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
  /^(?:[a-z]{3,9}, )?(?<day>\d\d)([ -])(?<name>[a-z]{3})\2(?<year>\d{4}|\d\d) (?<time>\d\d:\d\d:\d\d) (?:gmt|utc|(?<offset>[+-]\d{4}))$/i,
  // 1994-11-06T08:49:37Z, 1994-11-06T03:49-05:00, 1994-11-06
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:t(?<time>\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(?:z|(?<offset>[+-]\d\d(?::?\d\d)?)))?$/i,
  // Sun Nov  6 08:49:37 1994
  /^[a-z]{3} (?<name>[a-z]{3}) {1,2}(?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/i,
]

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'

/**
 * Reads a date in any form that HTTP clients are known to send. A numeric offset is
 * converted to UTC, a date alone is its midnight in UTC, fractions of a second are dropped. A weekday is
 * passed over: an example in wide use has the wrong one. Every other field is checked against the calendar. A time without `Z`, `GMT`, `UTC` or offset is refused, save in asctime, which is UTC.
 *
 * @param now decides the century of a two-digit year: the latest one that is at most 50 years after `now`
 * @returns `undefined` when the text is not such a date, or its year in UTC is not in 1 to 9999
 */
export function parseDate(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined || text.length > MAX_LENGTH) return undefined
  const amzDate = parseAmzDate(text)
  if (amzDate) return amzDate
  for (const format of FORMATS) {
    const fields = format.exec(text)?.groups
    if (fields) return dateOf(fields, now)
  }
  return undefined
}

function dateOf(fields: Readonly<Record<string, string | undefined>>, now: Date): Date | undefined {
  const { name = '', day = '', time = '', offset = '+00' } = fields
  const year = fullYear(fields['year'] ?? '', now)
  const month = fields['month'] ?? pad(MONTHS.indexOf(name.toLowerCase()) / 3 + 1)
  const clock = time.replace(/:|[.,].*/g, '').padEnd(6, '0')
  const date = parseAmzDate(`${year}${month}${pad(day)}T${clock}Z`)
  const [, sign, hours, minutes] = /(.)(..):?(..)?/.exec(offset) ?? []
  if (!date || Number(hours) > 23 || Number(minutes ?? 0) > 59) return undefined
  const distance = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000
  const utc = new Date(date.getTime() + (sign === '-' ? distance : -distance))
  return isWritable(utc) ? utc : undefined
}

function pad(field: number | string): string {
  return String(field).padStart(2, '0')
}

/** Of the years that end in two digits the latest one that is at most 50 years ahead. */
function fullYear(year: string, now: Date): string {
  const last = now.getUTCFullYear() + 50
  return year.length > 2 ? year : String(last - ((last - Number(year)) % 100))
}
