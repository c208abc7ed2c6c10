/**
 * How `explain` ends: with the code that `send` would have ended with for the same refusal.
 *
 * @module
 */
import { findCause, type Explanation } from 'countersign/explain'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'

const OF_KIND: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['signature', EXIT.signature],
  ['clock', EXIT.clock],
  ['permission', EXIT.permission],
  ['expired', EXIT.credentials],
])

const OF_CAUSE: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['expired-credentials', EXIT.credentials],
  ['throttled', EXIT.http],
  ['route-missing', EXIT.http],
  ['aoss-root', EXIT.http],
  ['not-found', EXIT.http],
])

const CLOCK: ReadonlySet<string> = new Set([
  'clock-behind',
  'clock-ahead',
  'local-time-as-utc',
  'gateway-clock',
])

/** The exit code of an explanation. */
export function exitCodeOf({ verdicts, answer }: Pick<Explanation, 'verdicts' | 'answer'>): ExitCode {
  const [first] = verdicts
  if (!first) {
    const status = answer?.status ?? 0
    return OF_KIND.get(answer?.kind ?? '') ?? (status >= 300 ? EXIT.http : EXIT.ok)
  }
  const known = OF_CAUSE.get(first.code)
  if (known !== undefined) return known
  if (CLOCK.has(first.code)) return EXIT.clock
  return findCause(first.code)?.family === 'neighbour' ? EXIT.permission : EXIT.signature
}
