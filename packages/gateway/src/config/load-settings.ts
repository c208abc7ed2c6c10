/**
 * Loads the settings of a gateway: flags go before the environment, which goes before the configuration file, which
 * goes before the defaults.
 *
 * @module
 */
import { ConfigError } from '../errors.ts'
import { DEFAULT_SETTINGS, REQUIRED_SETTINGS } from './default-settings.ts'
import { settingsSchema, type GivenSettings } from './given-settings.ts'
import type { Address, GatewaySettings } from './settings.ts'
import { formatPath, listFaults } from './settings-faults.ts'
import {
  flagOf,
  readEnvironment,
  readFlags,
  variableOf,
  type Environment,
  type SettingsFlags,
} from './settings-names.ts'
import { resolveStore } from './store-settings.ts'
import { isTree, listPaths, mergeTrees, type SettingsSource, type SettingsTree } from './settings-tree.ts'

/** Where settings may come from. */
export interface SettingsOrigins {
  /** The configuration file; by default the one that `COUNTERSIGN_CONFIG` names, if any. */
  readonly file?: string | undefined
  /** `process.env`. */
  readonly env: Environment
  /** Flags of the command line. */
  readonly flags: SettingsFlags
}

/** The settings, and for each by its path where it was given: `gateway.yaml:7:3`, `--listen`, `default`. */
export interface LoadedSettings {
  readonly settings: GatewaySettings
  readonly origins: ReadonlyMap<string, string>
}

/** What is given together with the defaults: there is something of everything. */
interface CompleteSettings extends Omit<GatewaySettings, 'health' | 'store'> {
  readonly health: Address | 'off'
  readonly store: NonNullable<GivenSettings['store']>
}

/**
 * Loads the settings, and names everything that is wrong with them at once.
 *
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`, `CONFIG_INVALID`
 */
export async function loadSettings({ file, env, flags }: SettingsOrigins): Promise<LoadedSettings> {
  const configuration = file ?? (env['COUNTERSIGN_CONFIG'] || undefined)
  const given = [...(await readFileOf(configuration)), readEnvironment(env), readFlags(flags)]
  refuse([...given.flatMap(listFaultsOf), ...listMissing(given, configuration)])

  const sources = [DEFAULT_SETTINGS, ...given]
  const merged = sources.reduce<SettingsTree>((whole, { tree }) => mergeTrees(whole, treeOf(tree)), {})
  const settings = settle(settingsSchema.parse(merged) as CompleteSettings, env)
  const origins = new Map(sources.flatMap(listOrigins))
  refuse(listClashes(settings, origins))
  return { settings, origins }
}

/** The parser of YAML takes nine mebibytes of memory: who has no file does without. */
async function readFileOf(file: string | undefined): Promise<readonly SettingsSource[]> {
  if (file === undefined) return []
  const { readSettingsFile } = await import('./settings-file.ts')
  return [readSettingsFile(file)]
}

function listFaultsOf({ tree, locate }: SettingsSource): readonly string[] {
  return (
    listFaults(tree)
      .map(({ path, message }) =>
        [locate(path), ...(path.length > 0 ? [formatPath(path)] : []), message].join(': '),
      )
      // Line 9 before line 10.
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  )
}

function listMissing(given: readonly SettingsSource[], configuration: string | undefined): readonly string[] {
  const where = configuration ?? 'the configuration file'
  return REQUIRED_SETTINGS.filter((name) => !given.some(({ tree }) => isTree(tree) && name in tree)).map(
    (name) =>
      `${name}: is not set: give ${flagOf(name)}, ${variableOf(name)}, or a line "${name}: …" in ${where}`,
  )
}

function listOrigins({ tree, locate }: SettingsSource): readonly [path: string, origin: string][] {
  return listPaths(treeOf(tree)).map((path) => [path.join('.'), locate(path)])
}

function listClashes({ listen, health }: GatewaySettings, origins: ReadonlyMap<string, string>): string[] {
  if (listen.port === 0 || listen.host !== health?.host || listen.port !== health.port) return []
  const where = `${origins.get('listen')}, ${origins.get('health')}`
  return [`${where}: listen and health must not be the same address: clients could not tell them apart`]
}

function treeOf(tree: unknown): SettingsTree {
  return isTree(tree) ? tree : {}
}

function settle(given: CompleteSettings, environment: Environment): GatewaySettings {
  const { health, store } = given
  return { ...given, health: health === 'off' ? undefined : health, store: resolveStore(store, environment) }
}

function refuse(faults: readonly string[]): void {
  if (faults.length === 0) return
  throw new ConfigError('CONFIG_INVALID', faults.join('\n'))
}
