/**
 * What `countersign` answers to a command line that begins with no verb: help, the version, or what is wrong with it.
 *
 * @module
 */
import { help } from './frame/help.ts'
import { reportOn } from './main.ts'

/**
 * Answers. How it went is in `process.exitCode`.
 *
 * @param given what stands behind the command's name
 */
export async function answer(given: readonly string[]): Promise<void> {
  const [name = '--help', ...rest] = given
  await reportOn(
    'countersign help',
    () => given.includes('--json'),
    async () => help(name, rest),
  )
}
