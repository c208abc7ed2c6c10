/**
 * The routes of a gateway with what belongs to them: connections, signers and credentials.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { GatewaySettings } from './config/settings.ts'
import type { SignSettings } from './config/route-settings.ts'
import { loadAlgorithm } from './pipeline/algorithms.ts'
import { createRouteSigner, type RouteSigner } from './pipeline/route-signer.ts'
import { createRoute, type Route } from './pipeline/routes.ts'
import type { GatewayLog } from './log.ts'
import type { Surroundings } from './figures.ts'
import { createUpstreamPool, type UpstreamTls } from './server/upstream-pool.ts'
import { secondsLeft, SigningCredentials, type CredentialsFactory } from './signing-credentials.ts'

/** What upstreams need. */
export interface UpstreamParts {
  readonly log: Pick<GatewayLog, 'warn' | 'child'>
  readonly upstreamTls?: UpstreamTls | undefined
  readonly credentials?: CredentialsFactory | undefined
}

const nobody: CredentialsFactory = () => () => Promise.reject(new Error('nobody gives any'))

/** All routes. */
export class Upstreams implements Surroundings {
  readonly routes: readonly Route[]
  readonly #parts: UpstreamParts
  readonly #credentials = new Map<string | undefined, SigningCredentials>()
  readonly #pools: Dispatcher[] = []

  constructor(settings: GatewaySettings, parts: UpstreamParts) {
    this.#parts = parts
    this.routes = settings.routes.map((route) => {
      const upstream = createUpstreamPool(route, settings, parts.upstreamTls)
      this.#pools.push(upstream)
      return createRoute(route, settings, { upstream, signer: route.sign && this.#createSigner(route.sign) })
    })
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

  /** Loads what signs for several regions, and asks for credentials once: who has none is told before he asks. */
  async open(): Promise<void> {
    for (const { signer } of this.routes) {
      if (signer?.settings.algorithm === 'v4a') signer.algorithm = await loadAlgorithm('v4a')
    }
    for (const [profile, credentials] of this.#credentials) {
      void credentials.ask().catch((error: Error) => {
        this.#parts.log.warn({ profile, reason: error.message }, 'credentials missing')
      })
    }
  }

  /** Asks anew for all credentials; those that cannot be had stay as they are. */
  async reload(): Promise<void> {
    for (const [profile, credentials] of this.#credentials) {
      try {
        await credentials.reload()
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown error'
        this.#parts.log.warn({ profile, reason }, 'credentials kept')
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
