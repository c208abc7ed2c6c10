/**
 * A gateway on loopback with an upstream behind it that tells what it got.
 *
 * @module
 */
import { request as sendRequest, type IncomingMessage, type RequestListener } from 'node:http'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { signRequest, type HttpRequest, type SignedRequest } from 'countersign'
import { startServer, type Listening } from '../../../test/kit/servers.ts'
import { createGateway, type Gateway } from '../src/gateway.ts'
import type { Secrets } from '../src/gateway-parts.ts'
import { settleRoutes, type GivenRoute } from '../src/config/route-settings.ts'
import type { GatewaySettings } from '../src/config/settings.ts'
import { pino } from 'pino'
import type { GatewayLog } from '../src/log.ts'

export const KEY = { accessKeyId: 'CSAKTESTKEY234567ABC', secretAccessKey: 'a-secret-for-tests-only' }
export const region = 'us-east-1'

/** Settings that differ from the defaults only where a test says so. */
export function settingsFor(
  upstream: string,
  {
    sign: signing,
    allow,
    connect,
    ...changes
  }: Partial<GatewaySettings> & Pick<GivenRoute, 'sign' | 'allow' | 'connect'> = {},
): GatewaySettings {
  return {
    verify: true,
    routes: settleRoutes(
      { upstream: new URL(upstream), connect, allow, sign: signing },
      [],
      signing !== undefined,
    ),
    clients: { tokenFile: undefined, keys: [], anyone: false },
    tls: undefined,
    upstreamTls: { authority: undefined, certificate: undefined, key: undefined, serverName: undefined },
    upstreamProxy: 'environment',
    listen: { host: '127.0.0.1', port: 0 },
    health: { host: '127.0.0.1', port: 0 },
    service: ['execute-api', 's3'],
    region: [region],
    algorithms: ['v4'],
    unsignedPayload: undefined,
    maxClockSkew: undefined,
    preserveHost: false,
    forwardSignature: false,
    allowUnsignedHeaders: [],
    echo: 'full',
    store: { file: '', masterKeyFile: '' },
    timeouts: {
      header: 10,
      bodyIdle: 30,
      upstreamConnect: 5,
      upstreamFirstByte: 60,
      total: 0,
      keepAlive: 65,
      drain: 30,
    },
    limits: { body: 1e10, bufferedBody: 1024 * 1024, connections: 10_000 },
    log: { level: 'info' },
    ...changes,
  }
}

/** What the upstream got. */
export interface Arrived {
  readonly method: string
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** A gateway that runs. */
export interface RunningGateway {
  readonly gateway: Gateway
  readonly port: number
  readonly origin: string
  readonly healthOrigin: string
  readonly upstream: Listening<unknown>
  /** Requests that reached the upstream, oldest first. */
  readonly arrived: Arrived[]
  /** Lines of the log. */
  readonly lines: Record<string, unknown>[]
  close(): Promise<void>
}

/** Starts an upstream that keeps what it gets and answers `200 upstream`, and a gateway before it. */
export async function startGateway(
  changes: Parameters<typeof settingsFor>[1] = {},
  respond: RequestListener = (_request, response) => void response.end('upstream'),
  secrets: Secrets = {},
): Promise<RunningGateway> {
  const arrived: Arrived[] = []
  const upstream = await startServer((request, response) => {
    void keep(request)
      .then(() => respond(request, response))
      .catch(() => response.destroy())
  })

  async function keep(request: IncomingMessage): Promise<void> {
    const { method = '', url = '', headers, rawHeaders } = request
    arrived.push({ method, target: url, headers, rawHeaders, body: await buffer(request) })
  }
  const lines: Record<string, unknown>[] = []
  const log: GatewayLog = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const keys = { find: (id: string) => (id === KEY.accessKeyId ? { ...KEY, principal: 'ada' } : undefined) }
  const gateway = createGateway(settingsFor(upstream.origin, changes), { ...secrets, keys, log })
  const { clients, health } = await gateway.start()
  return {
    gateway,
    port: clients.port,
    origin: `http://127.0.0.1:${clients.port}`,
    healthOrigin: `http://127.0.0.1:${health?.port}`,
    upstream,
    arrived,
    lines,
    async close() {
      await upstream.close()
      await gateway.stop()
    },
  }
}

/** Signs for the gateway. */
export function sign(
  request: Omit<HttpRequest<string | Uint8Array<ArrayBuffer>>, 'method'> & { method?: string },
  service = 'execute-api',
  options: { payloadHash?: string; contentSha256Header?: boolean } = {},
): SignedRequest {
  return signRequest(
    { method: 'GET', ...request },
    {
      credentials: KEY,
      service,
      region,
      allowUnsignedPayloadOverHttp: true,
      ...options,
    },
  )
}

/** An answer. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Sends a signed request as it is, with more headers where a test wants some. */
export async function send(
  { method, url, headers, body }: Pick<SignedRequest, 'method' | 'url' | 'headers' | 'body'>,
  { extra = [], stream }: { extra?: [string, string][]; stream?: Readable } = {},
): Promise<Answer> {
  const { host, port } = new URL(url)
  const target = url.slice(url.indexOf(host) + host.length)
  const outgoing = sendRequest({
    port,
    method,
    path: target,
    agent: false,
    setHost: false,
    headers: [...headers, ...extra].flat() as unknown as Record<string, string>,
  })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  if (stream) stream.pipe(outgoing)
  else outgoing.end(body)
  const incoming = await response
  const text = (await buffer(incoming)).toString()
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }
}
