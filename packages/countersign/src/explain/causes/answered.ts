/**
 * What a server said, as the causes ask about it.
 *
 * @module
 */
import type { Case } from '../case.ts'

/** Whether the answer has one of these codes, be it with `Exception` behind it. */
export function isCode({ answer }: Case, ...codes: readonly string[]): boolean {
  const code = answer?.code?.replace(/Exception$/, '')
  return code !== undefined && codes.includes(code)
}

/** All of the server's message; empty when there is none. It may quote the request, so it is not to be shown. */
export function messageOf({ answer }: Case): string {
  return answer?.message ?? ''
}

/** What a pattern finds in the server's message, first group first. */
export function inMessage(evidence: Case, pattern: RegExp): string[] | undefined {
  return pattern.exec(messageOf(evidence))?.slice(1)
}

/** A name out of a message or a request, as it may be shown: nothing that moves a cursor, nothing long. */
export function shownName(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 80)
}

/** An access key id by its last four characters; nothing of what cannot be one, since it may be a secret. */
export function shownKeyId(accessKeyId: string): string {
  return /^[A-Z][A-Z\d]{7,31}$/.test(accessKeyId)
    ? `…${accessKeyId.slice(-4)}`
    : `of ${accessKeyId.length} characters`
}

/** A time span for people, in its two largest units: `1 h 2 min`. */
export function shownSpan(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const
  const parts: string[] = []
  let rest = Math.round(Math.abs(seconds))
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0 s'
}

/** What servers say of a key that they do not know. */
export const UNKNOWN_KEY: readonly string[] = [
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'AuthFailure',
  'InvalidSecurity',
]
