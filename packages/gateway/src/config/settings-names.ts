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

/** A gateway verifies, and a proxy signs: `--service` is about that. */
export type Kind = 'gateway' | 'proxy'

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

/** What a proxy calls by a shorter name. */
const SHORT = new Map([
  ['sign.service', 'service'],
  ['sign.region', 'region'],
  ['sign.algorithm', 'algorithm'],
  ['sign.payload', 'payload'],
  ['sign.profile', 'profile'],
  ['sign.retries', 'retries'],
  ['clients.tokenFile', 'tokenFile'],
  ['clients.anyone', 'allowAnyone'],
])

/** The variable that gives a setting, if there is one. */
export function variableOf(path: string, kind: Kind = 'gateway'): string | undefined {
  return VARIABLES.get(kind === 'proxy' ? (SHORT.get(path) ?? path) : path)
}

/** The flag that gives a setting: `limits.body` is `--limits-body`. */
export function flagOf(path: string, kind: Kind = 'gateway'): string {
  const name = kind === 'proxy' ? (SHORT.get(path) ?? path) : path
  const words = name.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return FLAGS.get(path) ?? `--${words}`
}

/** What the environment says; an empty variable says nothing. */
export function readEnvironment(environment: Environment, kind: Kind = 'gateway'): SettingsSource {
  const paths = [...VARIABLES.keys()].map((path) =>
    kind === 'proxy' && (path === 'service' || path === 'region') ? `sign.${path}` : path,
  )
  const given = paths.map((path) => [path, environment[variableOf(path, kind) ?? ''] || undefined] as const)
  return createSource(given, (path) => variableOf(path, kind) ?? path)
}

/** What the flags say. */
export function readFlags(flags: SettingsFlags, kind: Kind = 'gateway'): SettingsSource {
  return createSource(Object.entries(flags), (path) => flagOf(path, kind))
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
