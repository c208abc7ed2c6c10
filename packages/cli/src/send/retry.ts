/**
 * When to send again, and how long to wait before: full jitter, or what the server asks for in `Retry-After`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3}
 * @module
 */
import { headerValue } from './refusal.ts'
import type { Header } from './wire-request.ts'

/** In seconds. */
const [BASE, LONGEST] = [0.5, 20]

/** Whether an answer says that the same request may succeed later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/**
 * How long to wait, in seconds.
 *
 * @param attempt the one that failed, from 0
 * @param headers of the answer, if there was one
 * @param random from 0 up to 1
 */
export function resolveDelay(
  attempt: number,
  headers: readonly Header[],
  random: number,
  now: number,
): number {
  const text = headerValue(headers, 'retry-after')?.trim() ?? ''
  if (/^\d{1,6}$/.test(text)) return Number(text)
  const date = /^[A-Z]/.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000)
  return random * Math.min(LONGEST, BASE * 2 ** attempt)
}
