/**
 * Epoch seconds, the times of CloudFront's policies: 2016-01-01 is 1451606400.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/** An instant: a `Date`, or whole epoch seconds. */
export type EpochTime = Date | number

// Whole seconds of 2001 to 5138. Less are seconds that were taken for milliseconds, or a duration; more are milliseconds.
const LEAST = 1e9
const LIMIT = 1e11

/**
 * The whole epoch seconds of an instant; fractions of a `Date` are dropped, so that nothing is open longer than asked.
 *
 * @param name what the instant is, for the message
 * @throws {@link SigningError} `EPOCH_TIME_INVALID`
 */
export function resolveEpochSeconds(time: unknown, name: string): number {
  const seconds = time instanceof Date ? Math.floor(time.getTime() / 1000) : time
  if (Number.isInteger(seconds) && typeof seconds === 'number' && seconds >= LEAST && seconds < LIMIT) {
    return seconds
  }
  throw new SigningError('EPOCH_TIME_INVALID', `${name} ${faultOf(seconds)}`)
}

function faultOf(seconds: unknown): string {
  const wanted = 'give a Date, or whole seconds since 1970'
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) return `is not an instant: ${wanted}`
  if (seconds >= LIMIT) return `is too far away, as if it were milliseconds: ${wanted}`
  if (seconds < LEAST) {
    return `lies before September 2001, as if seconds were taken for milliseconds, or a duration for an instant: ${wanted}`
  }
  return `has a fraction of a second: ${wanted}`
}
