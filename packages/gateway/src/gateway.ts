/**
 * The gateway: a reverse proxy that verifies a request's signature before anything of it goes upstream.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Verifier } from 'countersign/verify'
import type { Pool } from 'undici'
import type { Address, GatewaySettings } from './config/settings.ts'
import { Callers } from './callers.ts'
import { logExchange, type GatewayLog } from './log.ts'
import { authenticate, createGatewayVerifier, type KeySource } from './pipeline/authenticate.ts'
import { openExchange, type Exchange } from './pipeline/exchange.ts'
import { GatewayFault } from './pipeline/faults.ts'
import { forward, type Route } from './pipeline/forward.ts'
import { isChunkedUpload } from './pipeline/headers.ts'
import { holdBody, type HeldBody } from './pipeline/held-body.ts'
import { refuse } from './pipeline/refuse.ts'
import { Connections } from './server/connections.ts'
import { createHealthServer } from './server/health.ts'
import { createListener, listen } from './server/listener.ts'
import { createUpstreamPool } from './server/upstream-pool.ts'

/** Where a gateway listens, once it does. */
export interface Listening {
  readonly clients: Address
  readonly health?: Address | undefined
}

/** A gateway. */
export interface Gateway {
  /**
   * Begins to serve.
   *
   * @throws {@link ConfigError} `ADDRESS_UNAVAILABLE`
   */
  start(): Promise<Listening>
  /** Takes no more requests, lets those under way end, and resolves when all is closed. */
  stop(): Promise<void>
}

/** What a gateway is given to work with; it closes none of it. */
export interface GatewayParts {
  readonly keys: KeySource
  readonly log: GatewayLog
}

/** Makes a gateway of settings, keys and a log; `start` has it listen. */
export function createGateway(settings: GatewaySettings, { keys, log }: GatewayParts): Gateway {
  const verifier = createGatewayVerifier(settings, keys)
  return new PipelineGateway(settings, { verifier, log, hindrance: () => storeHindrance(keys) })
}

function storeHindrance(keys: KeySource): string | undefined {
  try {
    keys.find('readiness')
    return undefined
  } catch {
    return 'the key store cannot be read'
  }
}

/** The stages of a gateway, as they are switched on. */
export interface PipelineParts {
  readonly verifier?: Verifier<string> | undefined
  readonly log: GatewayLog
  /** Names what keeps the gateway from serving; `undefined` when nothing does. */
  readonly hindrance?: (() => string | undefined) | undefined
}

/** A gateway; without a verifier it lets everything through, which serves to measure what verifying costs. */
export class PipelineGateway implements Gateway {
  readonly #settings: GatewaySettings
  readonly #verifier: Verifier<string> | undefined
  readonly #log: GatewayLog
  readonly #callers: Callers
  readonly #route: Route
  readonly #pool: Pool
  readonly #listener: Server
  readonly #health: Server
  readonly #connections: Connections
  #folder = ''
  #isStopping = false

  constructor(settings: GatewaySettings, parts: PipelineParts) {
    this.#settings = settings
    this.#verifier = parts.verifier
    this.#log = parts.log
    this.#callers = new Callers(parts.log)
    this.#pool = createUpstreamPool(settings)
    this.#route = createRoute(settings, this.#pool)
    this.#listener = createListener(settings, (...exchange) => void this.#handle(...exchange))
    this.#connections = new Connections(this.#listener)
    this.#health = createHealthServer(() =>
      this.#isStopping ? 'the gateway is stopping' : parts.hindrance?.(),
    )
  }

  async start(): Promise<Listening> {
    const { listen: address, health } = this.#settings
    this.#folder = await mkdtemp(join(tmpdir(), 'countersign-gateway-'))
    try {
      const clients = await listen(this.#listener, address)
      return { clients, health: health && (await listen(this.#health, health)) }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const { drain } = this.#settings.timeouts
    const timer = setTimeout(() => this.#listener.closeAllConnections(), drain * 1000)
    const closed = close(this.#listener)
    this.#connections.closeIdle()
    await closed
    clearTimeout(timer)
    const healthClosed = close(this.#health)
    this.#health.closeAllConnections()
    await healthClosed
    await this.#pool.destroy()
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }

  async #handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const exchange = openExchange(request, response, expectsContinue)
    // A client that is gone is no error of the gateway's.
    request.on('error', () => {})
    response.on('error', () => {})
    this.#connections.hold(request.socket, response)
    const timer = this.#limitTime(exchange)
    try {
      await this.#pass(exchange)
    } catch (error) {
      const unexpected = await refuse(exchange, error, this.#settings)
      if (unexpected) this.#log.error({ err: unexpected, requestId: exchange.requestId }, 'failed')
    } finally {
      clearTimeout(timer)
      logExchange(this.#log, exchange)
    }
  }

  async #pass(exchange: Exchange): Promise<void> {
    let body: HeldBody | undefined
    try {
      if (this.#verifier) {
        const idle = this.#settings.timeouts.bodyIdle
        const known = authenticate(exchange, this.#verifier, idle)
        const verified = known instanceof Promise ? await known : known
        exchange.verified = verified
        exchange.caller = this.#callers.find(verified)
        if (verified.body) {
          const isFramed = isChunkedUpload(exchange.request.headers['x-amz-content-sha256'])
          body = await holdBody(verified, verified.body, isFramed, this.#folder)
        }
      }
      await forward(exchange, this.#route, body)
    } finally {
      await body?.release()
    }
  }

  #limitTime(exchange: Exchange): NodeJS.Timeout | undefined {
    const { total } = this.#settings.timeouts
    if (total === 0) return undefined
    const fault = new GatewayFault('EXCHANGE_TIMED_OUT', `The exchange took more than ${total} s`)
    return setTimeout(() => void refuse(exchange, fault, this.#settings), total * 1000)
  }
}

function createRoute(settings: GatewaySettings, upstream: Pool): Route {
  return {
    upstream,
    host: settings.upstream.host,
    prefix: settings.upstream.pathname.replace(/\/$/, ''),
    keepHost: settings.preserveHost,
    keepSignature: settings.forwardSignature,
    idle: settings.timeouts.bodyIdle,
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    server.close(() => resolve())
  })
}
