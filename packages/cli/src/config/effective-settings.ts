/**
 * Which of the settings hold for a verb: those of a project before those of the user, those of the verb before those of
 * all.
 *
 * @module
 */
import type { Command } from 'commander'
import { ALTERNATIVES, KEYS, VARIABLES } from './option-rules.ts'
import { refuse, type Fault, type Setting } from './read-settings.ts'

/**
 * The settings that hold for a command, by the names of their options.
 *
 * @param files the settings of each file, those that win last
 * @param path such as `presign check`
 */
export function settingsFor(
  command: Command,
  path: string,
  files: readonly (readonly Setting[])[],
): ReadonlyMap<string, Setting> {
  const held = new Map<string, Setting>()
  for (const settings of files) {
    for (const group of ['all', path]) {
      const layer = settings.filter((setting) => setting.group === group && isOf(command, path, setting))
      for (const { name } of layer) dropAlternatives(held, name)
      for (const setting of layer) held.set(setting.name, setting)
    }
  }
  return held
}

/**
 * What `all` says of services and regions is about signing: a verifier has its own. And `explain` finds the key that a
 * request names, unless it is asked for another.
 */
function isOf(command: Command, path: string, { group, name }: Setting): boolean {
  if (!command.options.some((option) => nameOf(option) === name)) return false
  if (group !== 'all') return true
  return !(isVerifying(path) && SCOPE.has(name)) && !(path === 'explain' && KEYS.has(name))
}

const SCOPE: ReadonlySet<string> = new Set(['service', 'region', 'region-set', 'algorithm'])

/** Whether service and region are what a request has to be for, and nothing to be found out. */
export function isVerifying(path: string): boolean {
  return path === 'verify' || path === 'events verify'
}

/** The variable that is set and goes before an option of a file. Which region a verifier takes is no matter of theirs. */
export function variableBefore(name: string, path: string): string | undefined {
  if (isVerifying(path) && SCOPE.has(name)) return undefined
  return VARIABLES.get(name)?.find((variable) => process.env[variable])
}

function dropAlternatives(held: Map<string, Setting>, name: string): void {
  for (const group of ALTERNATIVES) {
    if (group.has(name)) for (const other of group) if (other !== name) held.delete(other)
  }
}

/** What an option is called in a file: `--no-progress` is `progress`. */
export function nameOf({
  long,
  hidden,
}: {
  readonly long?: string
  readonly hidden: boolean
}): string | undefined {
  return hidden ? undefined : long?.replace(/^--(?:no-)?/, '')
}

/**
 * Ends it where a file sets what the verb has not.
 *
 * @param commands the verb and what is below it, by their paths
 * @throws {@link CommandError} `CONFIG_INVALID`
 */
export async function refuseUnknown(
  commands: ReadonlyMap<string, Command>,
  files: readonly (readonly Setting[])[],
): Promise<void> {
  const { findNearestName } = await import('@countersign/gateway/config')
  const verbs = new Set([...commands.keys()].map((path) => path.split(' ')[0]))
  const faults: Fault[] = []
  for (const { group, name, from } of files.flat()) {
    if (group === 'all' || !verbs.has(group.split(' ')[0])) continue
    const names = commands.get(group)?.options.flatMap((option) => nameOf(option) ?? [])
    if (names?.includes(name)) continue
    const nearest = findNearestName(name, names ?? [])
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    faults.push({
      from,
      message: names ? `${group}.${name} is no option of ${group}${hint}` : `${group} is no verb`,
    })
  }
  refuse(faults)
}

/** A verb and what is below it, by their paths. */
export function listCommands(command: Command, path: string): ReadonlyMap<string, Command> {
  const below = command.commands.flatMap((inner) => [...listCommands(inner, `${path} ${inner.name()}`)])
  return new Map([[path, command], ...below])
}
