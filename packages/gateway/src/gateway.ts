/**
 * Gateway and signing proxy, which are one pipeline: a request is verified, authorised, signed and forwarded, and
 * either end may be switched off.
 *
 * @module
 */
import { access, constants } from 'node:fs/promises'
import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import type { Verifier } from 'countersign/verify'
import { isLoopback } from './config/address.ts'
import { scopeOfRoute } from './config/route-scope.ts'
import type { Address, GatewaySettings } from './config/settings.ts'
import { Callers } from './callers.ts'
import type { GatewayParts, PipelineParts, Secrets } from './gateway-parts.ts'
import { logExchange, type GatewayLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { loadAlgorithm } from './pipeline/algorithms.ts'
import { authenticate, createGatewayVerifier, type KeySource } from './pipeline/authenticate.ts'
import { createAuthoriser, type Authoriser } from './pipeline/authorise.ts'
import { openExchange, type Exchange } from './pipeline/exchange.ts'
import { GatewayFault } from './pipeline/faults.ts'
import { forward } from './pipeline/forward.ts'
import { isChunkedUpload } from './pipeline/headers.ts'
import { holdBody, type HeldBody } from './pipeline/held-body.ts'
import { assertPlainCoding } from './pipeline/incoming-body.ts'
import { refuse, skipRest, type RefusalRules } from './pipeline/refuse.ts'
import { RefusalNotes } from './pipeline/refused-exchange.ts'
import type { BodyRules, signAndForward } from './pipeline/sign-and-forward.ts'
import { Connections } from './server/connections.ts'
import { createDecliner, isWebSocket } from './server/declined-upgrade.ts'
import { createHealthServer } from './server/health.ts'
import type { Http2Sessions } from './server/http2.ts'
import { createListener, listen, type Handlers, type ListenerTls } from './server/listener.ts'
import { Upstreams } from './upstreams.ts'

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
  /** Takes other tokens and certificates, and asks anew for credentials; connections that are open stay so. */
  reload(secrets: Secrets): Promise<void>
  /** Takes no more requests, lets those under way end, and resolves when all is closed. */
  stop(): Promise<void>
}

/** Makes a gateway or a proxy of settings, keys and a log; `start` has it listen. */
export function createGateway(settings: GatewaySettings, { keys, ...parts }: GatewayParts): Gateway {
  if (!settings.verify) return new PipelineGateway(settings, parts)
  const createVerifier = async (): Promise<Verifier<string>> =>
    createGatewayVerifier(settings, keys, await Promise.all(settings.algorithms.map(loadAlgorithm)))
  return new PipelineGateway(settings, {
    ...parts,
    keys,
    createVerifier,
    hindrance: () => storeHindrance(keys),
  })
}

/** The services whose dialect is spoken: those that clients sign for, else those that are signed for. */
function speakersOf({ verify, service, routes }: GatewaySettings): readonly string[] {
  if (verify) return service
  return routes.flatMap((route) => scopeOfRoute(route).service ?? [])
}

function storeHindrance(keys: KeySource): string | undefined {
  try {
    keys.find('readiness')
    return undefined
  } catch {
    return 'the key store cannot be read'
  }
}

/** A gateway; without a verifier it lets everything through, which serves to measure what verifying costs. */
export class PipelineGateway implements Gateway {
  readonly #settings: GatewaySettings
  readonly #createVerifier: PipelineParts['createVerifier']
  #verifier: Verifier<string> | undefined
  readonly #log: GatewayLog
  readonly #callers: Callers
  readonly #upstreams: Upstreams
  readonly #listener: Server
  readonly #health: Server
  readonly #connections: Connections
  readonly #handlers: Handlers
  readonly #decline: Handlers['upgrade']
  #http2: Http2Sessions | undefined
  #authorise: Authoriser
  readonly #metrics: Metrics | undefined
  readonly #bodyRules: BodyRules
  /** Loaded where requests are signed. */
  #sign: typeof signAndForward | undefined
  readonly #refusals: RefusalRules
  readonly #notes: RefusalNotes | undefined
  #isStopping = false

  constructor(settings: GatewaySettings, parts: PipelineParts) {
    this.#settings = settings
    this.#bodyRules = { ...settings, folder: tmpdir() }
    this.#refusals = { echo: settings.echo, service: speakersOf(settings) }
    this.#createVerifier = parts.createVerifier
    this.#log = parts.log
    if (parts.refusals)
      this.#notes = new RefusalNotes(parts.refusals, { services: this.#refusals.service, keys: parts.keys })
    this.#callers = new Callers(parts.log)
    this.#upstreams = new Upstreams(settings, parts)
    this.#authorise = createAuthoriser(settings, this.#upstreams.routes, parts.tokens ?? [])
    if (settings.health) this.#metrics = new Metrics(this.#upstreams)
    this.#handlers = {
      request: (...exchange: Parameters<typeof openExchange>) => void this.#handle(openExchange(...exchange)),
      upgrade: (...upgrade) => this.#upgrade(...upgrade),
    }
    this.#decline = createDecliner(settings.limits, this.#handlers.request)
    this.#listener = createListener(settings, this.#handlers, parts.tls)
    this.#connections = new Connections(this.#listener)
    this.#health = createHealthServer({
      hindrance: () =>
        this.#isStopping ? 'the gateway is stopping' : (parts.hindrance?.() ?? this.#upstreams.hindrance()),
      lastRefusal: isLoopback(settings.health ?? settings.listen) ? parts.refusals : undefined,
      metrics: async () => (await this.#metrics?.read()) ?? { contentType: 'text/plain', text: '' },
    })
  }

  async start(): Promise<Listening> {
    const { listen: address, health } = this.#settings
    try {
      this.#verifier = await this.#createVerifier?.()
      await this.#checkFolder()
      await this.#upstreams.open()
      if (this.#upstreams.routes.some(({ signer }) => signer)) {
        this.#sign = (await import('./pipeline/sign-and-forward.ts')).signAndForward
      }
      if (this.#settings.tls?.http2) {
        const { serveHttp2 } = await import('./server/http2.ts')
        this.#http2 = serveHttp2(this.#listener, this.#settings, this.#handlers)
      }
      const clients = await listen(this.#listener, address)
      return { clients, health: health && (await listen(this.#health, health)) }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async reload({ tokens = [], tls, upstreamTls }: Secrets): Promise<void> {
    this.#authorise = createAuthoriser(this.#settings, this.#upstreams.routes, tokens)
    if (tls && 'setSecureContext' in this.#listener) {
      const { setSecureContext } = this.#listener as TlsServer
      setSecureContext.call(this.#listener, tls)
    }
    await this.#upstreams.reload(upstreamTls)
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const { drain } = this.#settings.timeouts
    const timer = setTimeout(() => this.#closeAll(), drain * 1000)
    const closed = close(this.#listener)
    this.#connections.closeIdle()
    this.#http2?.close()
    await closed
    clearTimeout(timer)
    const healthClosed = close(this.#health)
    this.#health.closeAllConnections()
    await healthClosed
    await this.#upstreams.close()
  }

  #closeAll(): void {
    this.#listener.closeAllConnections()
    this.#connections.closeUpgraded()
    this.#http2?.destroy()
  }

  /** Where nothing can be written, bodies that fit into memory still get through. */
  async #checkFolder(): Promise<void> {
    const { folder } = this.#bodyRules
    await access(folder, constants.W_OK).catch(({ code }: NodeJS.ErrnoException) => {
      this.#log.warn({ folder, reason: code }, 'no bodies longer than limits.bufferedBody can be held')
    })
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange
    // A client that is gone is no error of the gateway's.
    request.on('error', () => {})
    response.on('error', () => {})
    if (request.httpVersionMajor === 1) this.#connections.hold(request.socket, response)
    this.#metrics?.begin()
    const timer = this.#limitTime(exchange)
    try {
      await this.#pass(exchange)
      if (!request.complete && request.httpVersionMajor === 1) await skipRest(exchange)
    } catch (error) {
      this.#notes?.client(exchange, error)
      const unexpected = await refuse(exchange, error, this.#refusals)
      if (unexpected) this.#log.error({ err: unexpected, requestId: exchange.requestId }, 'failed')
    } finally {
      clearTimeout(timer)
      if (exchange.signed?.refusal) this.#notes?.upstream(exchange)
      logExchange(this.#log, exchange)
      this.#metrics?.end(exchange)
    }
  }

  async #pass(exchange: Exchange): Promise<void> {
    assertPlainCoding(exchange.request)
    if (this.#verifier) {
      const idle = this.#settings.timeouts.bodyIdle
      const known = authenticate(exchange, this.#verifier, idle)
      const verified = known instanceof Promise ? await known : known
      exchange.verified = verified
      exchange.caller = this.#callers.find(verified)
    }
    const route = this.#authorise(exchange)
    const { upgrade } = exchange
    if (upgrade) {
      const { forwardUpgrade } = await import('./pipeline/forward-upgrade.ts')
      return forwardUpgrade(exchange, upgrade, route)
    }
    const { signer } = route
    if (signer && this.#sign) return this.#sign(exchange, route, signer, this.#bodyRules)
    // Nothing that is to be signed goes on without a signature.
    if (signer) throw new GatewayFault('INTERNAL', 'The gateway has not been started')
    let body: HeldBody | undefined
    try {
      const { verified } = exchange
      if (verified?.body) {
        const isFramed = isChunkedUpload(exchange.request.headers['x-amz-content-sha256'])
        body = await holdBody(verified, verified.body, isFramed, this.#bodyRules.folder)
      }
      await forward(exchange, route, body)
    } finally {
      await body?.release()
    }
  }

  #limitTime(exchange: Exchange): NodeJS.Timeout | undefined {
    const { total } = this.#settings.timeouts
    if (total === 0) return undefined
    const fault = new GatewayFault('EXCHANGE_TIMED_OUT', `The exchange took more than ${total} s`)
    return setTimeout(() => void refuse(exchange, fault, this.#refusals), total * 1000)
  }

  /** Node has let go of the connection: from here on it is ours. */
  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#connections.holdUpgraded(socket)) return
    if (!isWebSocket(request)) return this.#decline(request, socket, head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    // Nothing more is read of it, so that its client's end would not be seen.
    response.once('finish', () => socket.destroySoon())
    void this.#handle(openExchange(request, response, false, { socket, head }))
  }
}

interface TlsServer {
  setSecureContext(tls: ListenerTls): void
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    server.close(() => resolve())
  })
}
