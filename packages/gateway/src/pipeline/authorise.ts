/**
 * The stage that authorises: whether this client may use the proxy, and which way its request may take.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback, namesMachine } from '../config/address.ts'
import type { GatewaySettings } from '../config/settings.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { findRoute, namedHost, type Route } from './routes.ts'

/** Decides. */
export interface Authoriser {
  /** @throws {@link GatewayFault} `CLIENT_UNKNOWN`, `PAGE_FOREIGN`, `NOT_ALLOWED` */
  (exchange: Exchange): Route
}

const BEARER = /^Bearer +(\S+) *$/i

/**
 * Makes the stage.
 *
 * @param tokens of which a client must have one; none where it needs none
 */
export function createAuthoriser(
  { routes: settings, listen, verify, tls }: GatewaySettings,
  routes: readonly Route[],
  tokens: readonly string[],
): Authoriser {
  const digests = tokens.map(digest)
  const isSigning = routes.some(({ signer }) => signer)
  const knowsClients = verify || digests.length > 0 || tls?.clientAuthority !== undefined
  // Anybody on this machine may have requests signed, and so could each web page that somebody looks at here.
  const guardsPages = isSigning && !knowsClients
  const hosts = new Set(settings.flatMap(({ upstream, sign }) => [upstream?.host ?? '', sign?.host ?? '']))
  return (exchange) => {
    const { request } = exchange
    if (digests.length > 0) assertToken(request, digests)
    if (guardsPages) assertNoForeignPage(request, isLoopback(listen) ? hosts : undefined, routes)
    return findRoute(routes, request)
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function assertToken({ headers }: IncomingMessage, digests: readonly Buffer[]): void {
  for (const header of [headers['proxy-authorization'], headers.authorization]) {
    const token = BEARER.exec(header ?? '')?.[1]
    if (token === undefined) continue
    const given = digest(token)
    if (digests.some((known) => timingSafeEqual(known, given))) return
  }
  throw new GatewayFault('CLIENT_UNKNOWN', 'The client has no token, or an unknown one')
}

/**
 * A browser tells where a page is from, and a page whose name is made to point here has that name in `Host`.
 *
 * @param hosts that may be named besides this machine; `undefined` where names tell nothing
 */
function assertNoForeignPage(
  request: IncomingMessage,
  hosts: ReadonlySet<string> | undefined,
  routes: readonly Route[],
): void {
  const { origin, 'sec-fetch-site': site, host = '' } = request.headers
  const isForeign = origin !== undefined && origin.replace(/^https?:\/\//i, '') !== host
  if (isForeign || site === 'cross-site' || site === 'same-site') {
    throw new GatewayFault('PAGE_FOREIGN', 'A web page of another host asked')
  }
  if (!hosts || namesMachine(host) || hosts.has(namedHost(request))) return
  if (routes.some(({ rules }) => rules.namesHosts && rules.host(namedHost(request)))) return
  throw new GatewayFault('PAGE_FOREIGN', 'Host names neither this machine nor the upstream')
}
