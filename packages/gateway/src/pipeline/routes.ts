/**
 * The ways to upstreams, and which of them a request may take: the first that allows its host, path and method.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { RouteSettings } from '../config/route-settings.ts'
import type { GatewaySettings } from '../config/settings.ts'
import type { UpstreamPool } from '../server/reading-proxy-pool.ts'
import { GatewayFault } from './faults.ts'
import { matcherOf, type Matcher } from './pattern.ts'
import type { RouteSigner } from './route-signer.ts'

/** Where requests go, and what of them. */
export interface Route {
  readonly upstream: UpstreamPool
  /** Scheme, host and port; `undefined` where the client names the host. */
  readonly origin: string | undefined
  /** Host of the upstream, with its port; empty where the client names it. */
  readonly host: string
  /** Path that is put before the target's. */
  readonly prefix: string
  readonly keepHost: boolean
  readonly keepSignature: boolean
  /** Seconds for a client that reads nothing; 0 waits for ever. */
  readonly idle: number
  readonly rules: RouteRules
  /** Absent where requests go on unsigned. */
  readonly signer: RouteSigner | undefined
}

/** What a route allows. */
export interface RouteRules {
  /** Whether nothing is limited. */
  readonly isOpen: boolean
  readonly limitsPaths: boolean
  readonly limitsScopes: boolean
  /** Whether hosts are named. */
  readonly namesHosts: boolean
  readonly host: Matcher
  readonly path: Matcher
  readonly method: Matcher
  readonly service: Matcher
  readonly region: Matcher
}

/** Makes the rules of a route. */
function createRules({ allow }: RouteSettings): RouteRules {
  const { hosts, paths, methods, services, regions } = allow
  return {
    isOpen: hosts.length + paths.length + methods.length === 0,
    limitsPaths: paths.length > 0,
    limitsScopes: services.length + regions.length > 0,
    namesHosts: hosts.length > 0,
    // Hosts that are asked for are in lower case.
    host: matcherOf(hosts.map((host) => host.toLowerCase())),
    path: matcherOf(paths),
    method: matcherOf(methods),
    service: matcherOf(services),
    region: matcherOf(regions),
  }
}

/** Makes a route. */
export function createRoute(
  route: RouteSettings,
  { preserveHost, forwardSignature, timeouts }: GatewaySettings,
  parts: Pick<Route, 'upstream' | 'signer'>,
): Route {
  const { upstream } = route
  return {
    ...parts,
    origin: upstream?.origin,
    host: upstream?.host ?? '',
    prefix: upstream?.pathname.replace(/\/$/, '') ?? '',
    keepHost: preserveHost,
    keepSignature: forwardSignature,
    idle: timeouts.bodyIdle,
    rules: createRules(route),
  }
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)/i

/** The host that a client names: in the target where that is a whole URL, else in `Host`. */
export function namedHost({ url = '', headers }: IncomingMessage): string {
  return (ABSOLUTE.exec(url)?.[1] ?? headers.host ?? '').toLowerCase()
}

/**
 * Finds the route of a request.
 *
 * @throws {@link GatewayFault} `NOT_ALLOWED`
 */
export function findRoute(routes: readonly Route[], request: IncomingMessage): Route {
  const [first] = routes
  if (routes.length === 1 && first?.rules.isOpen) return first
  const { method = '', url = '' } = request
  const host = namedHost(request)
  const path = url.replace(ABSOLUTE, '').split('?', 1)[0] || '/'
  const route = routes.find(
    ({ rules }) => rules.host(host) && allowsPath(rules, path) && rules.method(method),
  )
  if (route) return route
  throw new GatewayFault('NOT_ALLOWED', `No route allows ${method} of this path at ${host || 'no host'}`)
}

const DOTS = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/

/** Both as it stands and as an upstream may read it: a path that is allowed must not lead to one that is not. */
export function allowsPath({ limitsPaths, path: allows }: RouteRules, path: string): boolean {
  if (!limitsPaths) return true
  // Some cut a path at #, and some do not.
  if (!allows(path) || path.includes('#')) return false
  const read = decode(path)
  return read !== undefined && !DOTS.test(read) && (read === path || allows(read))
}

/** Decoded until nothing is left to decode, as one upstream behind the other may do it. */
function decode(path: string): string | undefined {
  let read: string | undefined
  try {
    for (let next = path; next !== read; next = decodeURIComponent(next)) read = next
  } catch {
    // What cannot be decoded at all is read by each in its own way.
    if (read === path) return undefined
  }
  return read
}
