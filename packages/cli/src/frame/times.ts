/**
 * Times on a command line: an instant such as `20150830T123600Z`, a duration such as `15m`.
 *
 * @module
 */
import { CommandError } from './command-error.ts'

const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
const EXTENDED = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/
const DURATION = /^(\d{1,9})(s|m|h|d|w)?$/

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
])

/**
 * Reads an instant: `20150830T123600Z`, or ISO 8601 with its offset; a day alone is its midnight in UTC.
 *
 * @param flag for the message
 * @throws {@link CommandError} `USAGE`
 */
export function parseInstant(text: string, flag: string): Date {
  const written = text.replace(BASIC, '$1-$2-$3T$4:$5:$6Z')
  const date = new Date(EXTENDED.test(written) ? written : NaN)
  // Date rolls 30 February over into March.
  const isReal = !Number.isNaN(date.getTime()) && isOnCalendar(written)
  if (isReal) return date
  throw new CommandError('USAGE', `${flag} is no time: ${text}`, {
    why: 'a time has its day, its hour, and its offset from UTC',
    fix: `write it as ${flag} 20150830T123600Z or ${flag} 2015-08-30T12:36:00+02:00`,
  })
}

function isOnCalendar(written: string): boolean {
  const day = written.slice(0, 10)
  return new Date(day).toISOString().startsWith(day)
}

/**
 * Reads a duration, in seconds: `900`, `15m`, `12h`, `7d`.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function parseDuration(text: string, flag: string): number {
  const [, count, unit = 's'] = DURATION.exec(text) ?? []
  if (count !== undefined) return Number(count) * (SECONDS.get(unit) ?? 1)
  throw new CommandError('USAGE', `${flag} is no duration: ${text}`, {
    why: 'a duration is whole seconds, or a number of s, m, h, d or w',
    fix: `write it as ${flag} 900, ${flag} 15m, ${flag} 12h or ${flag} 7d`,
  })
}

/** A duration for people, in its two largest units: `2 days 3 hours`. */
export function formatDuration(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.floor(seconds))
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
  }
  return parts.slice(0, 2).join(' ') || '0 seconds'
}

/** How long something lasts that has just been made, for people: the second that has begun counts. */
export function formatLifetime(end: Date, now: Date): string {
  return formatDuration(Math.ceil((end.getTime() - now.getTime()) / 1000))
}

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** An instant for people and JSON: ISO 8601 in UTC, to the second. */
export function formatInstant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
