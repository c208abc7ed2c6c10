/**
 * Dates as today's clients write them: `20150830T123600Z`, `Sun, 30 Aug 2015 12:36:00 GMT`, `2015-08-30T14:36:00+02:00`.
 * The other two forms of HTTP are out of use since 1994 and would cost a browser half a kilobyte; `createSigner` and
 * AWS4Auth read them too, with `core/http-date.ts`.
 *
 * @module
 */
import { isWritable, parseAmzDate } from '../core/amz-date.ts'

/** Reads the date of a header; `undefined` when it is none. */
export type DateReader = (text: string, now: Date) => Date | undefined

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** Reads the forms in use. */
export function readCommonDate(text: string): Date | undefined {
  const amzDate = parseAmzDate(text)
  if (amzDate) return amzDate
  const iso = text.toUpperCase()
  const isIso = ISO.test(iso)
  const date = new Date(isIso ? iso : text)
  // Date reads much more, and lets some impossible days through.
  const isExact = isIso
    ? parseAmzDate(iso.slice(0, 10).replaceAll('-', '') + 'T000000Z')
    : date.toUTCString().slice(5) === text.slice(-24)
  return isExact && isWritable(date) ? date : undefined
}
