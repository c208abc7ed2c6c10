/**
 * An error that a person can act on: what is wrong, why, and what to type next.
 *
 * @module
 */
import { CountersignError } from 'countersign/errors'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** How an error ends the command, and what helps. */
export interface Remedy {
  /** By default {@link EXIT}.usage. */
  readonly exitCode?: ExitCode | undefined
  /** What lies behind it, in one line. */
  readonly why?: string | undefined
  /** What to do or to type next, in one line. */
  readonly fix: string
  readonly cause?: unknown
}

/** Ends the command with three lines on stderr and an exit code. No part of it holds a secret. */
export class CommandError extends CountersignError {
  readonly exitCode: ExitCode
  readonly why: string | undefined
  readonly fix: string

  /** @param code stable, in capitals: `FILE_UNREADABLE` */
  constructor(code: string, message: string, { exitCode, why, fix, cause }: Remedy) {
    super(code, message, { cause })
    this.name = 'CommandError'
    this.exitCode = exitCode ?? EXIT.usage
    this.why = why
    this.fix = fix
  }
}
