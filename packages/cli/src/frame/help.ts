/**
 * Help: the overview, `help VERB`, and the topics.
 *
 * @module
 */
import { CommandError } from './command-error.ts'
import { TOPICS } from './help-topics.ts'
import { createOverview } from './overview.ts'
import { writeTo } from './standard-output.ts'
import { VERBS } from './verbs.ts'
import { readVersion } from './version.ts'

/**
 * Answers a command line that does not begin with a verb.
 *
 * @param name its first word
 * @throws {@link CommandError} `USAGE`, and commander's error for an unknown verb
 */
export async function help(name: string, rest: readonly string[]): Promise<void> {
  const [subject] = rest
  if (name === 'help' && (subject === 'causes' || subject === 'cause')) return helpOnCauses(rest.slice(1))
  if (name === 'help' && subject !== undefined && !OVERVIEW.has(subject)) return helpOn(subject)
  if (name === '--json' && subject === undefined) throw verbMissing()
  const first = name === 'help' ? '--help' : name
  await createOverview(readVersion()).parseAsync([first, ...rest], { from: 'user' })
}

/** Whoever wants an object cannot be answered with help. */
function verbMissing(): CommandError {
  return new CommandError('USAGE', 'The verb is missing', {
    why: 'countersign --json says how to answer, and not what to do',
    fix: `name one of ${[...VERBS.keys()].join(', ')}`,
  })
}

/** What asks for help on help. */
const OVERVIEW: ReadonlySet<string> = new Set(['help', '-h', '--help'])

async function helpOn(subject: string): Promise<void> {
  const topic = TOPICS.get(subject)
  if (topic !== undefined) {
    writeTo('stdout', topic)
    return
  }
  const verb = VERBS.get(subject)
  if (!verb) {
    throw new CommandError('USAGE', `There is no help on ${subject}`, {
      why: `it is on ${[...new Set([...VERBS.keys(), ...TOPICS.keys(), 'causes'])].join(', ')}`,
      fix: 'countersign help',
    })
  }
  const { createCommand } = await verb.load()
  createCommand(true).outputHelp()
}

async function helpOnCauses([wanted]: readonly string[]): Promise<void> {
  const { helpOnCause, listCauses } = await import('./help-causes.ts')
  writeTo('stdout', wanted === undefined ? listCauses() : helpOnCause(wanted))
}
