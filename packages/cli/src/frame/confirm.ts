/**
 * Asks before something is lost.
 *
 * @module
 */
import { createInterface } from 'node:readline/promises'
import { CommandError } from './command-error.ts'

/**
 * Asks for a yes at the terminal.
 *
 * @throws {@link CommandError} `NOT_CONFIRMED` unless it is given, and where there is no terminal to ask at
 */
export async function confirm(question: string): Promise<void> {
  const { stdin: input, stderr: output } = process
  if (!input.isTTY || !output.isTTY || process.env['CI'] === 'true') {
    throw new CommandError('NOT_CONFIRMED', 'There is no terminal to ask at', {
      why: 'what is deleted cannot be had back',
      fix: 'add --yes',
    })
  }
  const lines = createInterface({ input, output })
  const answer = await lines.question(`${question} [y/N] `)
  lines.close()
  if (/^y(?:es)?$/i.test(answer.trim())) return
  throw new CommandError('NOT_CONFIRMED', 'Nothing was deleted', {
    why: 'the answer was no',
    fix: 'answer y',
  })
}
