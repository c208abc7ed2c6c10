/**
 * Shows on stderr why a command failed: three lines for people, or one JSON object.
 *
 * @module
 */
import { isColorful, paint } from './color.ts'
import { describeFailure } from './failure.ts'
import type { ExitCode } from './exit-codes.ts'
import { writeTo } from './standard-output.ts'

/**
 * Shows an error.
 *
 * @param help the command line that shows the help on what was tried
 * @param isJson whether JSON was asked for
 * @returns how the command ends
 */
export function reportFailure(error: unknown, help: string, isJson: boolean): ExitCode {
  const { exitCode, code, message, why, fix } = describeFailure(error, help)
  if (isJson) {
    writeTo('stderr', `${JSON.stringify({ error: { code, message, why, fix } })}\n`)
    return exitCode
  }
  const isOn = isColorful('stderr')
  writeTo(
    'stderr',
    `${paint('error', 'red', isOn)}: ${message}\n  why: ${why ?? `refused with ${code}`}\n  fix: ${fix}\n`,
  )
  return exitCode
}
