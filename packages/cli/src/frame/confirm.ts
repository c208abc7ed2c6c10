/**
 * Asks before something is lost.
 *
 * @module
 */
import { CommandError } from './command-error.ts'

/**
 * Asks for a yes at the terminal.
 *
 * @throws {@link CommandError} `NOT_CONFIRMED` unless it is given, and where there is no terminal to ask at
 */
export async function confirm(question: string): Promise<void> {
  const { stdin: input, stderr } = process
  if (!input.isTTY || !stderr.isTTY || process.env['CI'] === 'true') {
    throw new CommandError('NOT_CONFIRMED', 'There is no terminal to ask at', {
      why: 'what is deleted cannot be had back',
      fix: 'add --yes',
    })
  }
  stderr.write(`${question} [y/N] `)
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input })
  const answer = await new Promise<string>((resolve) => {
    lines.once('line', resolve)
    // Ctrl-D is no answer.
    lines.once('close', () => {
      resolve('')
    })
  })
  lines.close()
  if (/^y(?:es)?$/i.test(answer.trim())) return
  throw new CommandError('NOT_CONFIRMED', 'Nothing was deleted', {
    why: 'the answer was no',
    fix: 'answer y',
  })
}
