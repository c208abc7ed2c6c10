/**
 * Dates that a request may already carry in `date` or `x-amz-date`: `Mon, 09 Sep 2011 23:36:00 GMT` and the
 * other forms of HTTP, asctime, ISO 8601, and the basic form that signatures use.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7} HTTP dates, and the rule for two-digit years
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6}
 * @module
 */
import { isWritable, parseAmzDate } from './amz-date.ts'

// Nothing in these three can match one text in two ways, so each takes linear time.
// Sun Nov  6 08:49:37 1994
const ASCTIME = /^[a-z]+ ([a-z]+) {1,2}(\d\d?) ([\d:]+) (\d{4})$/i
// Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
const HTTP = /^(?:[a-z]+, )?(\d\d?)[ -]([a-z]{3})[ -](\d\d|\d{4}) ([\d:]{8}) (?:gmt|utc|([+-]\d{4}))$/i
// 1994-11-06T08:49:37Z, 1994-11-06T03:49-05:00, 1994-11-06
const ISO =
  /^(\d{4}-\d\d-\d\d)(?:t(\d\d:\d\d)(?:(:\d\d)(?:[.,]\d+)?)?(?:z|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?))?$/i

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'

/**
 * Reads a date in any form that HTTP clients are known to send. A numeric offset is converted to UTC, a day alone
 * is its midnight in UTC, fractions of a second are dropped. A weekday is passed over: an example in wide use has
 * the wrong one. Every other field is checked against the calendar. A time without `Z`, `GMT`, `UTC` or offset is
 * refused, save in asctime, which is UTC.
 *
 * @param now decides the century of a two-digit year: the latest one that is at most 50 years after `now`
 * @returns `undefined` when the text is not such a date, or its year in UTC is not in 1 to 9999
 */
export function parseDate(text: string, now: Date): Date | undefined {
  const [, day = '', name, year = '', time, offset = 'Z'] =
    HTTP.exec(text.replace(ASCTIME, '$2 $1 $4 $3 GMT')) ?? []
  if (!name) return parseAmzDate(text) ?? parseIso(text)
  const month = MONTHS.indexOf(name.toLowerCase()) / 3 + 1
  const parse = (fullYear: string | number) =>
    parseIso(`${fullYear}-${pad(month)}-${pad(day)}T${time}${offset}`)
  if (year.length > 2) return parse(year)
  const lastYear = now.getUTCFullYear() + 50
  const latest = lastYear - ((lastYear - Number(year)) % 100)
  const date = parse(latest)
  return date && date.getTime() <= new Date(now).setUTCFullYear(lastYear) ? date : parse(latest - 100)
}

function pad(field: number | string): string {
  return String(field).padStart(2, '0')
}

function parseIso(text: string): Date | undefined {
  const [, day, time = '00:00', seconds = ':00', sign = '+', hours = '00', minutes = '00'] =
    ISO.exec(text) ?? []
  const local = `${day}T${time}${seconds}`
  // Date itself would let some impossible days and hours through.
  const isReal = parseAmzDate(local.replace(/[-:]/g, '') + 'Z')
  const date = isReal && new Date(`${local}${sign}${hours}:${minutes}`)
  return date && isWritable(date) ? date : undefined
}
