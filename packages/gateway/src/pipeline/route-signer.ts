/**
 * What signs the requests of a route: how, and with whose credentials.
 *
 * @module
 */
import type { Credentials, KeyCredentials, SignatureAlgorithm, SignHeaders } from 'countersign'
import type { RouteScope } from '../config/route-scope.ts'
import type { SignSettings } from '../config/route-settings.ts'
import type { Target } from './exchange.ts'

/** Makes logs whose lines name what was signed for. */
export interface TargetLog {
  child(fields: Readonly<Record<string, string>>): Target['log']
}

/** What signs the requests of a route. */
export interface RouteSigner {
  readonly settings: SignSettings
  /** Throws a {@link GatewayFault} `CREDENTIALS_UNAVAILABLE` where there are none. */
  readonly provide: () => Credentials | KeyCredentials | Promise<Credentials | KeyCredentials>
  /** Absent for SigV4; that of SigV4A comes before the first request. */
  algorithm: SignatureAlgorithm | undefined
  readonly signHeaders: SignHeaders
  /** In lower case; one with an empty value is taken out. */
  readonly setHeaders: ReadonlyMap<string, string>
  /** What requests to hosts are signed for as far as settings and names tell, for hosts of late. */
  readonly scopes: Map<string, RouteScope>
  /** The log that the lines of targets go to. */
  readonly log: TargetLog
  /** What was signed for last. */
  target: Target | undefined
  /** How far the clocks of hosts are ahead of ours, in milliseconds, where signatures must follow them. */
  readonly offsets: Map<string, number>
  /** The same, of all hosts of late. */
  readonly clocks: Map<string, number>
  /** When they were looked at last, of `performance.now()`. */
  clockAt: number
}

/** Makes it. */
export function createRouteSigner(
  settings: SignSettings,
  { provide }: Pick<RouteSigner, 'provide'>,
  log: TargetLog,
): RouteSigner {
  const [first = 'minimal', ...more] = settings.headers
  const isPreset = more.length === 0 && (first === 'minimal' || first === 'sdk' || first === 'all')
  const set = Object.entries(settings.setHeaders).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    settings,
    provide,
    log,
    algorithm: undefined,
    signHeaders: isPreset ? first : settings.headers,
    setHeaders: new Map(set),
    scopes: new Map(),
    target: undefined,
    clockAt: 0,
    offsets: new Map(),
    clocks: new Map(),
  }
}
