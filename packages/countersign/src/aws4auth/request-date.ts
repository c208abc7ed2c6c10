/**
 * The instant that a request is signed for.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { parseDate } from '../core/http-date.ts'
import { X_AMZ_DATE } from '../core/names.ts'
import { headerValue } from '../sign/read-headers.ts'
import { findDate } from '../sign/sign-options.ts'
import { InvalidDateError } from './aws4auth-errors.ts'

/**
 * The request's own date, `x-amz-date` before `date`, the first that can be read; else now. A request that carries
 * a signature is signed anew, and its dates are stale.
 *
 * @param isStrict whether dates that cannot be read are an error instead of being replaced
 * @throws {@link InvalidDateError}
 */
export function requestDate(headers: readonly Header[], now: Date, isStrict: boolean): Date {
  if (headerValue(headers, 'authorization') !== undefined) return now
  const date = findDate(headers, parseDate, now)
  if (date === undefined && isStrict && headers.some(isDate)) {
    throw new InvalidDateError('Neither x-amz-date nor date of the request can be read as a date')
  }
  return date ?? now
}

function isDate([name]: Header): boolean {
  return name === X_AMZ_DATE || name === 'date'
}
