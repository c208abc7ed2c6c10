/**
 * What signs the requests of a route: how, and with whose credentials.
 *
 * @module
 */
import type { CredentialsProvider, SignatureAlgorithm, SignHeaders } from 'countersign'
import type { RouteScope } from '../config/route-scope.ts'
import type { SignSettings } from '../config/route-settings.ts'

/** What signs the requests of a route. */
export interface RouteSigner {
  readonly settings: SignSettings
  /** Throws a {@link GatewayFault} `CREDENTIALS_UNAVAILABLE` where there are none. */
  readonly provide: CredentialsProvider
  /** Absent for SigV4; that of SigV4A comes before the first request. */
  algorithm: SignatureAlgorithm | undefined
  readonly signHeaders: SignHeaders
  /** In lower case; one with an empty value is taken out. */
  readonly setHeaders: ReadonlyMap<string, string>
  /** What the names of hosts tell, for those of late. */
  readonly scopes: Map<string, RouteScope>
  /** How far the clocks of hosts are ahead of ours, in milliseconds, where signatures must follow them. */
  readonly offsets: Map<string, number>
  /** The same, of all hosts of late. */
  readonly clocks: Map<string, number>
}

/** Makes it. */
export function createRouteSigner(
  settings: SignSettings,
  { provide }: Pick<RouteSigner, 'provide'>,
): RouteSigner {
  const [first = 'minimal', ...more] = settings.headers
  const isPreset = more.length === 0 && (first === 'minimal' || first === 'sdk' || first === 'all')
  const set = Object.entries(settings.setHeaders).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    settings,
    provide,
    algorithm: undefined,
    signHeaders: isPreset ? first : settings.headers,
    setHeaders: new Map(set),
    scopes: new Map(),
    offsets: new Map(),
    clocks: new Map(),
  }
}
