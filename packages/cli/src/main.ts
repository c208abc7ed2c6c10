/**
 * The command `countersign`: finds the verb, loads it, runs it, and says how it went.
 *
 * @module
 */
import { CommanderError } from 'commander'
import { EXIT } from './frame/exit-codes.ts'
import { reportFailure } from './frame/report-failure.ts'
import { endOnSignals, endQuietlyOnClosedPipe } from './frame/streams.ts'
import { VERBS } from './frame/verbs.ts'
import { separateFlags } from './send/send-arguments.ts'

/**
 * Runs the command. How it went is in `process.exitCode`.
 *
 * @param given what stands behind the command's name
 */
export async function main(given: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe()
  const args = given[0] === 'send' ? separateFlags(given) : given
  try {
    await run(args)
  } catch (error) {
    // Help and version end commander's parsing as errors do.
    if (error instanceof CommanderError && error.exitCode === EXIT.ok) return
    const help = VERBS.has(args[0] ?? '') ? `countersign help ${args[0]}` : 'countersign help'
    process.exitCode = reportFailure(error, help, args.includes('--json'))
  }
}

async function run(args: readonly string[]): Promise<void> {
  const [name = '--help', ...rest] = args
  const verb = VERBS.get(name)
  if (verb) {
    // The gateway finishes what is under way before it ends.
    if (name !== 'gateway') endOnSignals()
    const { createCommand } = await verb.load()
    await createCommand().parseAsync(rest, { from: 'user' })
    return
  }
  const { help } = await import('./frame/help.ts')
  await help(name, rest)
}
