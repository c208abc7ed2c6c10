/**
 * What the doctor finds out about one thing.
 *
 * @module
 */
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'

/** How it stands: `unmeasured` where it was not looked at. */
export type State = 'ok' | 'warning' | 'problem' | 'unmeasured'

/** One thing that was looked at. No part of it holds a secret. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string
  readonly state: State
  readonly message: string
  /** What to do, in one line. */
  readonly fix?: string | undefined
  /** How the command ends for it, if it is a problem. */
  readonly exitCode?: ExitCode | undefined
}

/** Something that is as it should be, or that is good to know. */
export const fine = (check: string, message: string): Finding => ({ check, state: 'ok', message })

/** Something that may be meant, and often is not. */
export const suspect = (check: string, message: string, fix: string): Finding => ({
  check,
  state: 'warning',
  message,
  fix,
})

/** Something that cannot work. */
export const wrong = (
  check: string,
  message: string,
  fix: string,
  exitCode: ExitCode = EXIT.usage,
): Finding => ({
  check,
  state: 'problem',
  message,
  fix,
  exitCode,
})
