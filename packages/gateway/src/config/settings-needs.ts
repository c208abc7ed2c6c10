/**
 * What settings need, and what they must not be together.
 *
 * @module
 */
import { CountersignError } from 'countersign/errors'
import { isLoopback } from './address.ts'
import type { GivenSettings } from './given-settings.ts'
import { scopeOfRoute } from './route-scope.ts'
import type { RouteSettings } from './route-settings.ts'
import type { GatewaySettings } from './settings.ts'
import { flagOf, variableOf, type Kind } from './settings-names.ts'

/** How settings that are not there are named to people. */
interface Naming {
  readonly kind: Kind
  /** The configuration file. */
  readonly where: string
}

/** What has to be there and is not. */
export function listMissing(given: GivenSettings, { kind, where }: Naming): readonly string[] {
  const hasUpstream = given.upstream ?? given.allow?.hosts ?? given.routes?.length
  const isVerifying = kind === 'gateway' && given.verify !== false
  const missing = [
    ...(hasUpstream ? [] : ['upstream']),
    ...(isVerifying ? ['service', 'region'].filter((name) => Reflect.get(given, name) === undefined) : []),
  ]
  return missing.map(
    (name) =>
      `${name}: is not set: give ${flagOf(name, kind)}, ${variableOf(name, kind)}, or a line "${name}: …" in ${where}`,
  )
}

/** What cannot be together. */
export function listClashes(settings: GatewaySettings, locate: (path: string) => string): readonly string[] {
  const { listen, health, routes, verify, clients, tls } = settings
  const faults: string[] = []
  if (listen.port > 0 && listen.host === health?.host && listen.port === health.port) {
    faults.push(
      `${locate('listen')}, ${locate('health')}: listen and health must not be the same address: clients could not tell them apart`,
    )
  }
  const isSigning = routes.some(({ sign }) => sign)
  const knowsClients = verify || clients.tokenFile !== undefined || tls?.clientAuthority !== undefined
  if (isSigning && !knowsClients && !clients.anyone && !isLoopback(listen)) {
    faults.push(
      `${locate('listen')}: listen: whoever reaches this address could have requests signed: listen on 127.0.0.1 or a unix: socket, or set clients.tokenFile, clients.keys or tls.clientAuthority, or clients.anyone`,
    )
  }
  if (!isSigning && !verify) {
    faults.push(`${locate('verify')}: verify: neither end would do anything: set verify, or sign`)
  }
  for (const [index, route] of routes.entries())
    faults.push(...listRouteFaults(route, index, settings, locate))
  return faults
}

function listRouteFaults(
  route: RouteSettings,
  index: number,
  { routes, verify, service, region }: GatewaySettings,
  locate: (path: string) => string,
): string[] {
  const at = routes.length > 1 ? `route ${index + 1}: ` : ''
  const { upstream, allow, sign } = route
  if (upstream === undefined && allow.hosts.length === 0) {
    return [`${locate('routes')}: ${at}needs an upstream, or allow.hosts that clients may name`]
  }
  if (!sign) return []
  const faults: string[] = []
  if (sign.payload === 'unsigned' && upstream?.protocol === 'http:') {
    faults.push(
      `${locate('sign.payload')}: ${at}sign.payload: an unsigned body is not sent over plain http, where anybody could change it`,
    )
  }
  if (sign.algorithm === 'v4' && (sign.region?.length ?? 0) > 1) {
    faults.push(`${locate('sign.region')}: ${at}sign.region: several regions need algorithm: v4a`)
  }
  return [...faults, ...listScopeFaults(route, at, locate, verify && { service, region })]
}

function listScopeFaults(
  route: RouteSettings,
  at: string,
  locate: (path: string) => string,
  verifying: false | Pick<GatewaySettings, 'service' | 'region'>,
): string[] {
  try {
    const scope = scopeOfRoute(route)
    return (
      (['service', 'region'] as const)
        // What a client may name tells it later, and so does what a client signed for.
        .filter(
          (name) => scope[name] === undefined && route.upstream && !(verifying && verifying[name].length),
        )
        .map(
          (name) =>
            `${locate(`sign.${name}`)}: ${at}sign.${name}: ${route.sign?.host ?? route.upstream?.host} does not tell the ${name}: give it`,
        )
    )
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    return [`${locate('upstream')}: ${at}upstream: ${error.message}`]
  }
}
