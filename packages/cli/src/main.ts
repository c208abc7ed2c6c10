/**
 * A verb of the command `countersign`: runs it, and says how it went.
 *
 * @module
 */
import { CommanderError, type Command } from 'commander'
import { configure } from './config/configure.ts'
import { EXIT } from './frame/exit-codes.ts'
import { hideRareOptions } from './frame/rare-options.ts'
import { reportFailure } from './frame/report-failure.ts'
import { endOnClosedOutput } from './frame/standard-output.ts'
import { endOnSignals } from './frame/streams.ts'
import type { VerbModule } from './frame/verb.ts'
import { VERBS } from './frame/verbs.ts'
import { separateFlags } from './send/send-arguments.ts'

/**
 * Runs a verb. How it went is in `process.exitCode`.
 *
 * @param given what stands behind the command's name; the verb comes first
 */
export async function runVerb(
  { createCommand }: Pick<VerbModule, 'createCommand'>,
  given: readonly string[],
): Promise<void> {
  const [name = '', ...rest] = given[0] === 'send' ? separateFlags(given) : given
  // What serves finishes what is under way before it ends.
  if (name !== 'gateway' && name !== 'proxy') endOnSignals()
  const command = createCommand(false, VERBS)
  hideRareOptions(command, name)
  const isJson = (): boolean => rest.includes('--json') || isSet(command, 'json')
  await reportOn(`countersign help ${name}`, isJson, async () => {
    await configure(command, name, rest, VERBS)
    await command.parseAsync(rest, { from: 'user' })
  })
}

/** Whether a file or a flag sets an option, of the command or of those below it. */
function isSet(command: Command, name: string): boolean {
  return command.getOptionValue(name) === true || command.commands.some((inner) => isSet(inner, name))
}

/**
 * Runs something, and tells of what it throws. How it went is in `process.exitCode`.
 *
 * @param help the command line that shows the help on it
 * @param isJson whether it is told as JSON
 */
export async function reportOn(help: string, isJson: () => boolean, run: () => Promise<void>): Promise<void> {
  endOnClosedOutput()
  try {
    await run()
  } catch (error) {
    // Help and version end commander's parsing as errors do.
    if (error instanceof CommanderError && error.exitCode === EXIT.ok) return
    process.exitCode = reportFailure(error, help, isJson())
  }
}
