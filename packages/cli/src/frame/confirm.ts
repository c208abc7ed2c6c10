/**
 * Asks before something is lost.
 *
 * @module
 */
import { ask, canAsk, whyNotAsked } from './ask.ts'
import { CommandError } from './command-error.ts'

/**
 * Asks for a yes at the terminal.
 *
 * @param input whether questions are wanted at all
 * @throws {@link CommandError} `NOT_CONFIRMED` unless it is given, and where there is no terminal to ask at
 */
export async function confirm(question: string, input: boolean | undefined): Promise<void> {
  if (!canAsk(input)) {
    throw new CommandError('NOT_CONFIRMED', 'Nobody can be asked whether it is to be deleted', {
      why: `what is deleted cannot be had back, and ${whyNotAsked(input)}`,
      fix: 'add --yes',
    })
  }
  if (/^y(?:es)?$/i.test(await ask(`${question} [y/N] `))) return
  throw new CommandError('NOT_CONFIRMED', 'Nothing was deleted', {
    why: 'the answer was no',
    fix: 'answer y',
  })
}
