/**
 * The routes of a gateway with what belongs to them: connections, signers and credentials.
 *
 * @module
 */
import { isLoopback } from './config/address.ts'
import type { GatewaySettings } from './config/settings.ts'
import type { RouteSettings, SignSettings } from './config/route-settings.ts'
import { loadAlgorithm } from './pipeline/algorithms.ts'
import { createRouteSigner, type RouteSigner } from './pipeline/route-signer.ts'
import { createRoute, type Route } from './pipeline/routes.ts'
import type { GatewayLog } from './log.ts'
import type { Surroundings } from './figures.ts'
import type { ProxyEnvironment } from './server/outgoing-proxy.ts'
import { createUpstreamPool, type UpstreamTls } from './server/upstream-pool.ts'
import type { UpstreamPool } from './server/reading-proxy-pool.ts'
import { createProxyFinder, type ProxyFinder } from './server/upstream-proxies.ts'
import { reasonOf, secondsLeft, SigningCredentials, type CredentialsFactory } from './signing-credentials.ts'

/** What upstreams need. */
export interface UpstreamParts {
  readonly log: Pick<GatewayLog, 'info' | 'warn' | 'child'>
  readonly upstreamTls?: UpstreamTls | undefined
  readonly credentials?: CredentialsFactory | undefined
  /** Where proxies on the way to upstreams are named; `process.env` by default. */
  readonly environment?: ProxyEnvironment | undefined
}

const nobody: CredentialsFactory = () => () => Promise.reject(new Error('nobody gives any'))

/** All routes. */
export class Upstreams implements Surroundings {
  readonly routes: readonly Route[]
  readonly #parts: UpstreamParts
  readonly #credentials = new Map<string | undefined, SigningCredentials>()
  readonly #settings: GatewaySettings
  readonly #pools: UpstreamPool[] = []
  readonly #findProxy: ProxyFinder | undefined
  #tls: UpstreamTls

  constructor(settings: GatewaySettings, parts: UpstreamParts) {
    this.#settings = settings
    this.#parts = parts
    this.#tls = parts.upstreamTls ?? {}
    const { environment = process.env } = parts
    if (settings.upstreamProxy === 'environment') {
      this.#findProxy = createProxyFinder(environment, settings.listen)
    }
    this.routes = settings.routes.map((route) => {
      const proxyFor = this.#proxiesOf(route)
      const upstream = createUpstreamPool(route, settings, { tls: () => this.#tls, proxyFor })
      this.#pools.push(upstream)
      return createRoute(route, settings, { upstream, signer: route.sign && this.#createSigner(route.sign) })
    })
  }

  #proxiesOf({ connect }: RouteSettings): ProxyFinder | undefined {
    return connect && isLoopback(connect) ? undefined : this.#findProxy
  }

  #createSigner(sign: SignSettings): RouteSigner {
    const { profile } = sign
    let credentials = this.#credentials.get(profile)
    if (!credentials) {
      credentials = new SigningCredentials(() => (this.#parts.credentials ?? nobody)(profile))
      this.#credentials.set(profile, credentials)
    }
    return createRouteSigner(sign, credentials, this.#parts.log)
  }

  /**
   * Loads what signs for several regions, and asks for credentials once: who has none is told before he asks.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID` where a proxy on the way cannot be used
   */
  async open(): Promise<void> {
    for (const { signer } of this.routes) {
      if (signer?.settings.algorithm === 'v4a') signer.algorithm = await loadAlgorithm('v4a')
    }
    this.#tellProxies()
    for (const [profile, credentials] of this.#credentials) {
      void credentials.ask().catch((error: Error) => {
        this.#parts.log.warn({ profile, reason: error.message }, 'credentials missing')
      })
    }
  }

  #tellProxies(): void {
    for (const route of this.#settings.routes) {
      const { upstream } = route
      const proxy = upstream && this.#proxiesOf(route)?.(upstream)
      if (proxy) this.#parts.log.info({ upstream: upstream.origin, proxy: proxy.url.host }, 'behind a proxy')
    }
  }

  /**
   * Asks anew for all credentials; those that cannot be had stay as they are.
   *
   * @param tls what connections are made with from here on
   */
  async reload(tls: UpstreamTls | undefined): Promise<void> {
    if (tls) this.#tls = tls
    for (const [profile, credentials] of this.#credentials) {
      try {
        await credentials.reload()
      } catch (error) {
        this.#parts.log.warn({ profile, reason: reasonOf(error) }, 'credentials kept')
      }
    }
  }

  /** Names what keeps requests from being signed; `undefined` when nothing does. */
  async hindrance(): Promise<string | undefined> {
    for (const credentials of this.#credentials.values()) {
      const hindrance = await credentials.hindrance()
      if (hindrance !== undefined) return hindrance
    }
    return undefined
  }

  readonly expiries = (): [string, number][] =>
    [...this.#credentials].flatMap(([profile = 'default', { latest }]): [string, number][] =>
      latest?.expiration ? [[profile, secondsLeft(latest)]] : [],
    )

  readonly offsets = (): [string, number][] =>
    this.routes.flatMap(({ signer }) =>
      [...(signer?.clocks ?? [])].map(([host, offset]): [string, number] => [host, offset / 1000]),
    )

  /** Ends all connections. */
  async close(): Promise<void> {
    for (const pool of this.#pools) await pool.destroy()
  }
}
