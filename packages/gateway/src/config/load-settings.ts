/**
 * Loads the settings of a gateway: flags go before the environment, which goes before the configuration file, which
 * goes before the defaults.
 *
 * @module
 */
import { ConfigError } from '../errors.ts'
import { DEFAULT_SETTINGS } from './default-settings.ts'
import { settingsSchema, type GivenSettings } from './given-settings.ts'
import { scopeOfRoute } from './route-scope.ts'
import { settleRoutes, type GivenRoute, type RouteSettings } from './route-settings.ts'
import type { Address, GatewaySettings } from './settings.ts'
import { formatPath, listFaults } from './settings-faults.ts'
import {
  flagOf,
  readEnvironment,
  readFlags,
  type Environment,
  type Kind,
  type SettingsFlags,
} from './settings-names.ts'
import { listClashes, listMissing } from './settings-needs.ts'
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
  /** A gateway verifies unless told otherwise; a proxy always signs. `gateway` by default. */
  readonly kind?: Kind | undefined
}

/** The settings, and for each by its path where it was given: `gateway.yaml:7:3`, `--listen`, `default`. */
export interface LoadedSettings {
  readonly settings: GatewaySettings
  readonly origins: ReadonlyMap<string, string>
}

/** What is given together with the defaults: there is something of everything. */
interface CompleteSettings
  extends
    Omit<GatewaySettings, 'verify' | 'service' | 'region' | 'routes' | 'health' | 'store'>,
    Omit<GivenRoute, 'upstream'> {
  readonly verify: boolean | undefined
  readonly service: readonly string[] | undefined
  readonly region: readonly string[] | undefined
  readonly upstream: URL | undefined
  readonly routes: readonly GivenRoute[]
  readonly health: Address | 'off'
  readonly store: NonNullable<GivenSettings['store']>
}

/**
 * Loads the settings, and names everything that is wrong with them at once.
 *
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`, `CONFIG_INVALID`
 */
export async function loadSettings(given: SettingsOrigins): Promise<LoadedSettings> {
  const { file, env, flags, kind = 'gateway' } = given
  const configuration = file ?? (env['COUNTERSIGN_CONFIG'] || undefined)
  const where = configuration ?? 'the configuration file'
  const sources = [...(await readFileOf(configuration)), readEnvironment(env, kind), readFlags(flags, kind)]
  refuse([...sources.flatMap(listFaultsOf), ...listMissing(mergeSources(sources), { kind, where })])

  const all = [DEFAULT_SETTINGS, ...sources]
  const settings = settle(settingsSchema.parse(mergeSources(all)) as CompleteSettings, env, kind)
  const origins = new Map(all.flatMap(listOrigins))
  const locate = (path: string): string => {
    const origin = origins.get(path)
    return origin === undefined || origin === 'default' ? flagOf(path, kind) : origin
  }
  refuse(listClashes(settings, locate))
  return { settings, origins }
}

function mergeSources(sources: readonly SettingsSource[]): SettingsTree {
  return sources.reduce<SettingsTree>((whole, { tree }) => mergeTrees(whole, treeOf(tree)), {})
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

function listOrigins({ tree, locate }: SettingsSource): readonly [path: string, origin: string][] {
  return listPaths(treeOf(tree)).map((path) => [path.join('.'), locate(path)])
}

function treeOf(tree: unknown): SettingsTree {
  return isTree(tree) ? tree : {}
}

function settle(given: CompleteSettings, environment: Environment, kind: Kind): GatewaySettings {
  const { upstream, connect, allow, sign, health, store, clients, ...rest } = given
  const isSigning = kind === 'proxy' || sign !== undefined
  const surroundings = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION']
  const routes = settleRoutes({ upstream, connect, allow, sign }, given.routes, isSigning).map((route) =>
    withRegion(route, surroundings),
  )
  const verify = given.verify ?? (kind === 'gateway' || clients.keys.length > 0)
  return {
    ...rest,
    verify,
    routes,
    clients,
    service: given.service ?? (verify ? routes.flatMap((route) => tell(route, 'service')) : []),
    region: given.region ?? (verify ? routes.flatMap((route) => tell(route, 'region')) : []),
    health: health === 'off' ? undefined : health,
    store: resolveStore(store, environment),
  }
}

/** A host that does not tell its region is in that of the environment. */
function withRegion(route: RouteSettings, region: string | undefined): RouteSettings {
  const { sign, upstream } = route
  const isKnown = !sign || !region || sign.region || !upstream || regionOf(route) !== undefined
  return isKnown ? route : { ...route, sign: { ...sign, region: [region] } }
}

function regionOf(route: RouteSettings): string | undefined {
  try {
    return scopeOfRoute(route).region
  } catch {
    // What is wrong with the host is told later.
    return undefined
  }
}

/** What clients may sign for where nobody says it: what is signed for behind them. */
function tell(route: RouteSettings, name: 'service' | 'region'): readonly string[] {
  const { allow } = route
  const allowed = name === 'service' ? allow.services : allow.regions
  if (allowed.length > 0) return allowed
  return scopeOfRoute(route)[name]?.split(',') ?? []
}

function refuse(faults: readonly string[]): void {
  if (faults.length === 0) return
  throw new ConfigError('CONFIG_INVALID', faults.join('\n'))
}
