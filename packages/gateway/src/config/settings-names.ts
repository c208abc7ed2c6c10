/**
 * What the settings are called in the environment and among the flags.
 *
 * @module
 */
import { growTree, mergeTrees, type SettingsSource, type SettingsTree } from './settings-tree.ts'

/** Settings by their path, such as `limits.body`. A setting without a value is not given. */
export type SettingsFlags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>
/** Variables of the environment, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

const VARIABLES = new Map([
  ['upstream', 'COUNTERSIGN_UPSTREAM'],
  ['listen', 'COUNTERSIGN_LISTEN'],
  ['health', 'COUNTERSIGN_HEALTH'],
  ['service', 'COUNTERSIGN_SERVICE'],
  ['region', 'COUNTERSIGN_REGION'],
  ['unsignedPayload', 'COUNTERSIGN_UNSIGNED_PAYLOAD'],
  ['store.file', 'COUNTERSIGN_STORE'],
  ['store.masterKeyFile', 'COUNTERSIGN_MASTER_KEY_FILE'],
  ['log.level', 'COUNTERSIGN_LOG_LEVEL'],
])
/** Flags that are not called like their setting. */
const FLAGS = new Map([
  ['store.file', '--store'],
  ['store.masterKeyFile', '--master-key-file'],
])

/** The variable that gives a setting, if there is one. */
export function variableOf(path: string): string | undefined {
  return VARIABLES.get(path)
}

/** The flag that gives a setting: `limits.body` is `--limits-body`. */
export function flagOf(path: string): string {
  const words = path.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return FLAGS.get(path) ?? `--${words}`
}

/** What the environment says; an empty variable says nothing. */
export function readEnvironment(environment: Environment): SettingsSource {
  const given = [...VARIABLES].map(([path, name]) => [path, environment[name] || undefined] as const)
  return createSource(given, (path) => variableOf(path) ?? path)
}

/** What the flags say. */
export function readFlags(flags: SettingsFlags): SettingsSource {
  return createSource(Object.entries(flags), flagOf)
}

function createSource(
  given: readonly (readonly [path: string, value: unknown])[],
  nameOf: (path: string) => string,
): SettingsSource {
  const set = given.filter(([, value]) => value !== undefined)
  const tree = set.reduce<SettingsTree>(
    (whole, [path, value]) => mergeTrees(whole, growTree(path, value)),
    {},
  )
  return {
    tree,
    // An entry of a list is given where its list is.
    locate: (path) => nameOf(path.filter((name) => typeof name !== 'number').join('.')),
  }
}
