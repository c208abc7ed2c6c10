/**
 * A verb of the command `countersign`: runs it, and says how it went.
 *
 * @module
 */
import { CommanderError } from 'commander'
import { EXIT } from './frame/exit-codes.ts'
import { reportFailure } from './frame/report-failure.ts'
import { endOnSignals, endOnClosedOutput } from './frame/streams.ts'
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
  await reportOn(`countersign help ${name}`, rest, async () => {
    await createCommand(false, VERBS).parseAsync(rest, { from: 'user' })
  })
}

/**
 * Runs something, and tells of what it throws. How it went is in `process.exitCode`.
 *
 * @param help the command line that shows the help on it
 * @param args the words that were given to it
 */
export async function reportOn(
  help: string,
  args: readonly string[],
  run: () => Promise<void>,
): Promise<void> {
  endOnClosedOutput()
  try {
    await run()
  } catch (error) {
    // Help and version end commander's parsing as errors do.
    if (error instanceof CommanderError && error.exitCode === EXIT.ok) return
    process.exitCode = reportFailure(error, help, args.includes('--json'))
  }
}
