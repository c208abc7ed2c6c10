/**
 * When to send again, and how long to wait before: full jitter, or what the server asks for in `Retry-After`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3}
 * @module
 */
import { jitter } from './pause.ts'

/** Whether an answer says that the same request may succeed later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
}

/**
 * How long to wait, in seconds.
 *
 * @param attempt the one that failed, from 0
 * @param retryAfter the header of the answer, if there was one: seconds, or a date
 * @param random from 0 up to 1
 * @param now in milliseconds
 */
export function resolveDelay(
  attempt: number,
  retryAfter: string | undefined,
  random: number,
  now: number,
): number {
  const text = retryAfter?.trim() ?? ''
  if (/^\d{1,6}$/.test(text)) return Number(text)
  const date = /^[A-Z]/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(date) ? jitter(attempt, random) : Math.max(0, (date - now) / 1000)
}
