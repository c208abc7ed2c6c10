/**
 * A signing proxy on loopback with an upstream behind it that checks the signatures that it gets.
 *
 * @module
 */
import { request as sendRequest } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pino } from 'pino'
import type { Credentials } from 'countersign'
import { readNodeRequest } from 'countersign/servers/node'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier, sigV4 } from 'countersign/verify'
import { startServer, startTlsServer, type Listening } from '../../../../test/kit/servers.ts'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import type { GatewayParts, Secrets } from '../../src/gateway-parts.ts'
import type { GatewayLog } from '../../src/log.ts'
import { settingsFor } from '../running-gateway.ts'

/** What the proxy signs with. */
const SIGNER: Credentials = { accessKeyId: 'AKIDPROXY234567', secretAccessKey: 'the-real-secret' }
const region = 'us-east-1'

/** What the upstream got, with a good signature. */
export interface Arrived {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly service: string
  readonly payload: string
}

/** A proxy that runs. */
export interface RunningProxy {
  readonly gateway: Gateway
  readonly port: number
  readonly origin: string
  readonly healthOrigin: string
  readonly upstream: Listening<Server | TlsServer>
  readonly arrived: Arrived[]
  /** Codes of the signatures that the upstream refused. */
  readonly refused: string[]
  readonly lines: Record<string, unknown>[]
  close(): Promise<void>
}

/** What is not in the settings. */
export interface ProxyOptions
  extends Secrets, Partial<Pick<GatewayParts, 'credentials' | 'keys' | 'environment'>> {
  /** Answers what came with a good signature; `200 upstream` by default. */
  readonly respond?: RequestListener
  /** That of the credentials. */
  readonly sessionToken?: string
  /** The upstream's clock. */
  readonly now?: () => Date
  /** Where the upstream is, instead of one that verifies. */
  readonly origin?: string
  /** What the upstream is called, where that is not its address. */
  readonly hostname?: string
  /** Certificate of an upstream that is spoken to over TLS, and whether its clients need one. */
  readonly certificate?: Parameters<typeof startTlsServer>[0]
}

/** An upstream that verifies with the library, and keeps what it gets. */
async function startVerifyingUpstream(
  arrived: Arrived[],
  refused: string[],
  { respond = answer, sessionToken, now = () => new Date(), certificate }: ProxyOptions = {},
): Promise<Listening<Server | TlsServer>> {
  const verifier = createVerifier({
    service: ['s3', 'es', 'execute-api', 'aoss'],
    region: '*',
    algorithms: [sigV4, sigV4A],
    now,
    unsignedPayload: 'allowed',
    secrets: (id) => (id === SIGNER.accessKeyId ? { ...SIGNER, sessionToken } : undefined),
  })
  return certificate ? startTlsServer(certificate, listener) : startServer(listener)

  function listener(request: IncomingMessage, response: ServerResponse): void {
    void keep(request)
      .then(() => respond(request, response))
      .catch((error: Error & { code?: string }) => {
        refused.push(error.code ?? error.message)
        if (response.headersSent) return response.destroy()
        response.writeHead(403, { date: now().toUTCString(), 'content-type': 'application/xml' })
        return response.end(`<Error><Code>SignatureDoesNotMatch</Code></Error>`)
      })
  }

  async function keep(request: IncomingMessage): Promise<void> {
    const verified = await verifier.verify(readNodeRequest(request))
    const chunks: Uint8Array[] = []
    for await (const chunk of verified.body ?? []) chunks.push(chunk)
    const { method = '', url = '', headers, rawHeaders } = request
    const { payload, scope } = verified
    const body = Buffer.concat(chunks)
    arrived.push({ method, target: url, headers, rawHeaders, body, service: scope.service, payload })
  }
}

const answer: RequestListener = (_request, response) => void response.end('upstream')

function called(origin: string, hostname = '127.0.0.1'): string {
  return origin.replace('127.0.0.1', hostname)
}

/** Starts both. */
export async function startProxy(
  settings: Parameters<typeof settingsFor>[1] = {},
  options: ProxyOptions = {},
): Promise<RunningProxy> {
  const arrived: Arrived[] = []
  const refused: string[] = []
  const upstream = await startVerifyingUpstream(arrived, refused, options)
  const lines: Record<string, unknown>[] = []
  const log: GatewayLog = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const complete = settingsFor(options.origin ?? called(upstream.origin, options.hostname), {
    verify: false,
    ...settings,
    sign: { service: 'execute-api', region: [region], ...settings.sign },
  })
  const gateway = createGateway(complete, {
    keys: { find: () => undefined },
    credentials: () => async () => SIGNER,
    ...options,
    log,
  })
  const { clients, health } = await gateway.start()
  return {
    gateway,
    port: clients.port,
    origin: `http://127.0.0.1:${clients.port}`,
    healthOrigin: `http://127.0.0.1:${health?.port}`,
    upstream,
    arrived,
    refused,
    lines,
    async close() {
      await upstream.close()
      await gateway.stop()
    },
  }
}

/** A request that a client sends. */
export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array | Readable
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Sends a request to a proxy as it is. */
export async function ask(
  { port }: Pick<RunningProxy, 'port'>,
  { method = 'GET', path = '/', headers = {}, body }: Sent = {},
): Promise<Answer> {
  const outgoing = sendRequest({ host: '127.0.0.1', port, method, path, headers, agent: false })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  if (body instanceof Readable) body.pipe(outgoing)
  else outgoing.end(body)
  const incoming = await response
  const text = (await buffer(incoming)).toString()
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text }
}
