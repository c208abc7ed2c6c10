/**
 * All verbs with their options, read off the commands themselves: shells complete them, and manual pages list them.
 *
 * @module
 */
import type { Command, Option } from 'commander'
import { CAUSES } from 'countersign/explain'
import { TOPICS } from '../frame/help-topics.ts'
import type { VerbModule, VerbTable } from '../frame/verb.ts'

/** What stands behind an option. */
export type ValueKind = 'choice' | 'file' | 'profile' | 'region' | 'service' | 'header' | 'text' | 'none'

/** An option of a command. */
export interface TreeOption {
  /** Such as `-X` and `--request`. */
  readonly names: readonly string[]
  /** As help lists it: `-X, --request <method>`. */
  readonly flags: string
  readonly description: string
  readonly value: ValueKind
  readonly choices: readonly string[]
}

/** A verb, or a command below one. */
export interface TreeCommand {
  /** Such as `presign check`; nothing for the command itself. */
  readonly path: string
  readonly summary: string
  readonly options: readonly TreeOption[]
  /** Words that may come next: commands below it, or what its argument may be. */
  readonly words: readonly (readonly [word: string, summary: string])[]
}

/** Options whose values are known, whatever the verb. */
const KINDS: ReadonlyMap<string, ValueKind> = new Map([
  ['--profile', 'profile'],
  ['--region', 'region'],
  ['--service', 'service'],
  ['--header', 'header'],
])
/** How the help names arguments that are files. */
const FILES = /<(?:file|path|config)>|-file /

const HELP: TreeOption = {
  names: ['-h', '--help'],
  flags: '-h, --help',
  description: 'show this',
  value: 'none',
  choices: [],
}

/** The command, then each verb and whatever is below it. */
export async function readCommandTree(table: VerbTable): Promise<readonly TreeCommand[]> {
  const verbs = await Promise.all(
    [...table].map(async ([name, { summary, load }]) => readVerb(name, summary, await load())),
  )
  const names = [...table].map(([name, { summary }]) => [name, summary] as const)
  const topics = [...TOPICS.keys()]
    .filter((topic) => !table.has(topic))
    .map((topic) => [topic, 'a topic'] as const)
  const top: TreeCommand = {
    path: '',
    summary: 'signs AWS requests and verifies them',
    options: [HELP, { ...HELP, names: ['--version'], flags: '--version', description: 'print the version' }],
    words: [...names, ['help', 'all about a verb or a topic']],
  }
  const help = {
    path: 'help',
    summary: 'all about a verb or a topic',
    options: [],
    words: [
      ...names,
      ...topics,
      ['causes', 'all causes of refusals'],
      ['cause', 'one of them'],
    ] satisfies TreeCommand['words'],
  }
  const helpOnCause = {
    path: 'help cause',
    summary: 'one cause of refusals',
    options: [],
    words: CAUSES.map(({ code, title }) => [code, title] as const),
  }
  const all = verbs.flat().map((command): TreeCommand => {
    // What it explains is a verb.
    if (command.path === 'config explain') return { ...command, words: names }
    return command.path === 'explain' ? { ...command, words: [['last', 'the last refusal']] } : command
  })
  return [top, ...all, help, helpOnCause]
}

function readVerb(name: string, summary: string, { createCommand }: VerbModule): readonly TreeCommand[] {
  return readCommand(createCommand(true, new Map()), name, summary)
}

function readCommand(command: Command, path: string, summary: string): readonly TreeCommand[] {
  const below = command.commands.map((inner) => [inner.name(), inner.description()] as const)
  const choices = (command.registeredArguments[0]?.argChoices ?? []).map((word) => [word, ''] as const)
  const options = command.options.filter(({ hidden }) => !hidden).map(readOption)
  return [
    { path, summary, options: [...options, HELP], words: [...below, ...choices] },
    ...command.commands.flatMap((inner) =>
      readCommand(inner, `${path} ${inner.name()}`, inner.description()),
    ),
  ]
}

function readOption({
  short,
  long,
  flags,
  description,
  required,
  optional,
  argChoices = [],
}: Option): TreeOption {
  const names = [short, long].filter((name) => name !== undefined)
  const value = required || optional ? kindOf(long ?? '', flags, argChoices) : 'none'
  return { names, flags, description, value, choices: argChoices }
}

function kindOf(long: string, flags: string, choices: readonly string[]): ValueKind {
  if (choices.length > 0) return 'choice'
  return KINDS.get(long) ?? (FILES.test(flags) ? 'file' : 'text')
}
