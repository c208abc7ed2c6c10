/**
 * Reads a file of the configuration: defaults of flags, for all verbs or for one.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CommandError } from '../frame/command-error.ts'
import type { ConfigFile } from './config-files.ts'
import { NOWHERE, OF_PROJECTS, REPEATABLE, SHARED } from './option-rules.ts'
import { WITHOUT_DEFAULTS } from './verbs-without-defaults.ts'

/** A default of a flag. */
export interface Setting {
  /** `all`, or a verb, such as `presign check`. */
  readonly group: string
  /** As the flag is called, without dashes; `progress` for `--no-progress`. */
  readonly name: string
  readonly value: string | boolean | number | readonly string[]
  /** Such as `.countersign.yaml:3:3`. */
  readonly from: string
  /** What paths are relative to. */
  readonly folder: string
}

/** What is wrong with a setting, with its place in front. */
export interface Fault {
  readonly from: string
  readonly message: string
}

/**
 * Reads a file.
 *
 * @param verbs the names of all verbs
 * @throws {@link CommandError} `CONFIG_INVALID`, `CONFIG_UNSAFE`
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export async function readSettings(
  file: ConfigFile,
  verbs: ReadonlySet<string>,
): Promise<readonly Setting[]> {
  assertOwn(file)
  const { findNearestName, readYamlFile } = await import('@countersign/gateway/config')
  const { tree, locate } = readYamlFile(file.path, file.shown)
  const folder = dirname(file.path)
  const faults: Fault[] = []
  const settings: Setting[] = []
  const near = (name: string, known: Iterable<string>, group = ''): string => {
    const nearest = findNearestName(name, [...known])
    return nearest === undefined ? '' : `; did you mean ${group}${nearest}?`
  }
  for (const [group, entries] of entriesOf(tree)) {
    const from = locate([group])
    const fault = findGroupFault(group, entries, verbs, near)
    if (fault !== undefined) faults.push({ from, message: `${quote(group)} ${fault}` })
    else {
      for (const [name, value] of entriesOf(entries)) {
        const place = locate([group, name])
        const message = findFault(file, { group, name, value }, near)
        if (message !== undefined)
          faults.push({ from: place, message: `${quote(`${group}.${name}`)} ${message}` })
        else settings.push({ group, name, value: value as Setting['value'], from: place, folder })
      }
    }
  }
  if (!isTree(tree))
    faults.push({ from: `${file.shown}:1:1`, message: 'the file must hold groups of options' })
  refuse(faults)
  return settings
}

/** Your own file may name a program that gives credentials: whoever writes to it could have any program run. */
function assertOwn({ kind, path, shown }: ConfigFile): void {
  const user = process.getuid?.()
  if (kind === 'project' || user === undefined) return
  const { uid, mode } = statSync(path)
  const isOwn = user === 0 || uid === 0 || uid === user
  if (isOwn && (mode & 0o002) === 0) return
  throw new CommandError('CONFIG_UNSAFE', `Others can write to ${shown}`, {
    why: 'it may name programs that are run, so it has to be yours alone',
    fix: isOwn ? `chmod o-w ${shown}` : 'have a file of your own, or set COUNTERSIGN_NO_CONFIG=1',
  })
}

/**
 * Ends it where something is wrong, and names all of it.
 *
 * @throws {@link CommandError} `CONFIG_INVALID`
 */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const message = faults.map((fault) => `${fault.from}: ${fault.message}`).join('\n  ')
  throw new CommandError('CONFIG_INVALID', message, {
    why: 'what stands in a file of the configuration is used, or refused: nothing of it is passed over',
    fix: 'correct the file; see: countersign help config; COUNTERSIGN_NO_CONFIG=1 reads none',
  })
}

/** A name for a message. What is not spelt like a name is quoted, and cut. */
function quote(name: string): string {
  return /^[\w. -]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60))
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isTree(value) ? Object.entries(value) : []
}

type Near = (name: string, known: Iterable<string>, group?: string) => string

function findGroupFault(
  group: string,
  entries: unknown,
  verbs: ReadonlySet<string>,
  near: Near,
): string | undefined {
  const [verb = ''] = group.split(' ')
  if (group !== 'all' && !verbs.has(verb)) {
    return `is no verb${near(group, ['all', ...verbs]) || near(group, SHARED, 'all.')}`
  }
  const without = WITHOUT_DEFAULTS.get(verb)
  if (without !== undefined) return without
  return isTree(entries) ? undefined : 'must hold options, each on a line of its own beneath it'
}

function findFault(
  { kind }: ConfigFile,
  { group, name, value }: { readonly group: string; readonly name: string; readonly value: unknown },
  near: Near,
): string | undefined {
  if (group === 'all' && !SHARED.has(name)) {
    return `is no option that several verbs have${near(name, SHARED, 'all.')}; those of one stand under its name`
  }
  const secret = NOWHERE.get(name)
  if (secret !== undefined) return secret
  const kindFault = findKindFault(name, value)
  if (kindFault !== undefined || kind === 'user') return kindFault
  const rule = OF_PROJECTS.get(name)
  if (rule) return rule(value, group)
  return `may not stand in a project file, which holds for whoever enters its folder${near(name, OF_PROJECTS.keys())}`
}

/** A value is one that a flag can have. What would move a terminal's cursor about is none. */
function findKindFault(name: string, value: unknown): string | undefined {
  if (value === null) return 'has no value: give it one, or leave it out'
  if (Array.isArray(value)) {
    if (!REPEATABLE.has(name)) return 'must be one value, and no list'
    return value.every(isText) ? undefined : 'must be a list of texts'
  }
  return isText(value) || typeof value === 'boolean' || typeof value === 'number'
    ? undefined
    : 'must be text, a number, or true or false'
}

const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Cc}/u.test(value)
