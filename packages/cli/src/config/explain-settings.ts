/**
 * `countersign config explain`: each default with where it is from, once everything in the files is checked.
 *
 * @module
 */
import type { Command, Option } from 'commander'
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import type { VerbTable } from '../frame/verb.ts'
import { applySettings } from './apply-settings.ts'
import { findConfigFiles, type ConfigFile } from './config-files.ts'
import { listCommands, nameOf, settingsFor, variableBefore } from './effective-settings.ts'
import { readSettings, type Setting } from './read-settings.ts'
import { showValue } from './show-value.ts'
import { WITHOUT_DEFAULTS } from './verbs-without-defaults.ts'

/** A line of what is printed. */
interface Row {
  readonly name: string
  readonly value: string
  /** A place in a file, a variable, or `default`. */
  readonly from: string
  /** The setting that it is stronger than, or that is stronger. */
  readonly note?: string | undefined
}

/**
 * Prints what the files set, or all options of a verb.
 *
 * @param path such as `presign check`; empty for all verbs
 * @throws {@link CommandError} `CONFIG_INVALID`, `USAGE` for what is no verb
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`
 */
export async function explainSettings(path: string, verbs: VerbTable, output: Output): Promise<void> {
  const files = findConfigFiles()
  const names = new Set(verbs.keys())
  const settings = await Promise.all(files.map((file) => readSettings(file, names)))
  const commands = await checkVerbs(settings, path, verbs)
  const rows = path === '' ? rowsOfFiles(settings) : rowsOfVerb(path, commands, settings)
  if (output.isJson) {
    const read = files.map(({ kind, path: place }) => ({ kind, path: place }))
    output.writeJson('config-explain', { files: read, settings: rows })
    return
  }
  print(rows, files, output)
}

/**
 * Has each verb that a file names take its settings, as it would when it runs; what stands under `all` is taken by one
 * that has most of these options. To load all verbs would take twice as long.
 */
async function checkVerbs(
  files: readonly (readonly Setting[])[],
  path: string,
  verbs: VerbTable,
): Promise<ReadonlyMap<string, Command>> {
  const named = [path, ...files.flat().map(({ group }) => (group === 'all' ? 'sign' : group))]
  const commands = new Map<string, Command>()
  for (const name of new Set(named.map((group) => group.split(' ')[0] ?? ''))) {
    const verb = verbs.get(name)
    if (!verb || WITHOUT_DEFAULTS.has(name)) continue
    const command = (await verb.load()).createCommand(true, verbs)
    await applySettings(command, name, files)
    for (const [below, inner] of listCommands(command, name)) commands.set(below, inner)
  }
  return commands
}

function rowsOfFiles(files: readonly (readonly Setting[])[]): readonly Row[] {
  const all = files.flat()
  return all.map(({ group, name, value, from }, index) => {
    const later = all.slice(index + 1).find((other) => other.group === group && other.name === name)
    const stronger = variableBefore(name, group) ?? later?.from
    const note = stronger === undefined ? undefined : `${stronger} wins`
    return { name: `${group}.${name}`, value: showValue(name, value), from, note }
  })
}

/** What has a file of its own, and tells of it by itself. */
const SERVES: ReadonlySet<string> = new Set(['gateway', 'proxy'])

function rowsOfVerb(
  path: string,
  commands: ReadonlyMap<string, Command>,
  files: readonly (readonly Setting[])[],
): readonly Row[] {
  const command = commands.get(path)
  if (!command) {
    const verb = path.split(' ')[0] ?? ''
    throw new CommandError('USAGE', `There are no defaults for ${path}`, {
      why: `${path} ${WITHOUT_DEFAULTS.get(verb) ?? 'is no verb'}`,
      fix: `countersign ${SERVES.has(verb) ? `${verb} --explain-config` : 'help'}`,
    })
  }
  const settings = settingsFor(command, path, files)
  return command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => rowOf(option, path, settings.get(nameOf(option) ?? '')))
}

function rowOf(option: Option, path: string, setting: Setting | undefined): Row {
  const name = nameOf(option) ?? ''
  const variable = variableBefore(name, path)
  if (variable !== undefined) {
    const note = setting && `wins over ${setting.from}`
    return { name, value: valueOf(name, variable), from: variable, note }
  }
  if (setting) return { name, value: showValue(name, setting.value), from: setting.from }
  const standard: unknown = option.negate ? true : option.defaultValue
  const text = option.defaultValueDescription ?? (standard === undefined ? '-' : showValue(name, standard))
  return { name, value: text, from: 'default' }
}

/** What a variable says in the place of an option, where it says the same thing. */
function valueOf(name: string, variable: string): string {
  const isSame = SAME.test(variable) || (name === 'profile' && variable === 'AWS_PROFILE')
  return isSame ? showValue(name, process.env[variable]) : '-'
}

const SAME = /^(?:AWS_REGION|AWS_DEFAULT_REGION|AWS_CA_BUNDLE|.*_proxy)$/i

function print(rows: readonly Row[], files: readonly ConfigFile[], output: Output): void {
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  for (const { name, value, from, note } of rows) {
    output.write(`${name.padEnd(width)}  ${value}  (${note === undefined ? from : `${from}; ${note}`})\n`)
  }
  if (files.length === 0) output.note('There is no file of defaults: countersign config path')
}
