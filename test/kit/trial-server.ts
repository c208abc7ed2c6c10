/**
 * A server that verifies every request, and does with those that are good what their paths ask for: fail first, throttle,
 * redirect, break the connection, keep silent. HTTP clients are tried on it.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  restJson,
  s3Xml,
  type VerificationErrorCode,
  type VerifiedRequest,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer, startTlsServer } from './servers.ts'

/** The one key that there is. */
export const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
/** Region of all requests, unless a server has another. */
export const REGION = 'eu-central-1'

/** A request that was let in. */
export interface Arrived {
  readonly method: string
  readonly target: string
  readonly headers: NodeJS.Dict<string[]>
  readonly body: Buffer
  readonly verified: VerifiedRequest
}

/** A server, and what it has seen. */
export interface TrialServer {
  readonly origin: string
  readonly port: number
  /** What was let in since it was asked last, in order. */
  take(): Arrived[]
  /** Why others were not. */
  takeRefused(): VerificationErrorCode[]
  /** Puts its clock ahead, in seconds. */
  setAhead(seconds: number): void
  close(): Promise<void>
}

/** What can be different. */
export interface TrialServerOptions {
  readonly service?: 's3' | 'execute-api' | undefined
  readonly region?: string | undefined
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
}

/** Starts a server. */
export async function startTrialServer({
  service = 'execute-api',
  region = REGION,
  tls,
}: TrialServerOptions = {}): Promise<TrialServer> {
  let [ahead, arrived, refused] = [0, [] as Arrived[], [] as VerificationErrorCode[]]
  const met = new Map<string, number>()
  const guard = requireSignature(
    createVerifier({
      secrets: () => KEY,
      service,
      region,
      now: () => new Date(Date.now() + ahead * 1000),
      maxClockSkew: 300,
    }),
    {
      respond: service === 's3' ? s3Xml : restJson,
      onRefused: ({ code }) => void refused.push(code),
    },
  )

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('date', new Date(Date.now() + ahead * 1000).toUTCString())
    guard(request, response, () => void admit(request, response))
  }
  async function admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '' } = request
    const verified = verifiedOf(request)
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of verified.body ?? request) chunks.push(chunk as Uint8Array)
    } catch (error) {
      refused.push((error as { code: VerificationErrorCode }).code)
      response.writeHead(400, { connection: 'close' }).end()
      return
    }
    arrived.push({ method, target, headers: request.headersDistinct, body: Buffer.concat(chunks), verified })
    const count = (met.get(target) ?? 0) + 1
    met.set(target, count)
    answer(target, count, request, response)
  }

  const server = tls ? await startTlsServer(tls, listener) : await startServer(listener)
  return {
    ...server,
    take() {
      const taken = arrived
      arrived = []
      met.clear()
      return taken
    },
    takeRefused() {
      const taken = refused
      refused = []
      return taken
    },
    setAhead(seconds) {
      ahead = seconds
    },
  }
}

/** `count` is how often this target was asked for. */
function answer(target: string, count: number, request: IncomingMessage, response: ServerResponse): void {
  const [, what, first = '', second] = target.split(/[/?]/)
  const parameters = new URLSearchParams(target.split('?', 2)[1])
  if (what === 'silence') return
  if (what === 'fail' && count <= Number(second)) {
    response.writeHead(Number(first), { 'retry-after': '0' }).end('not now')
  } else if (what === 'throttle' && count === 1) {
    const body = '{"__type":"com.amazon.coral#ThrottlingException","message":"Rate exceeded"}'
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
  } else if (what === 'reset' && count === 1) {
    request.socket.destroy()
  } else if (what === 'redirect') {
    response.writeHead(Number(first), { location: parameters.get('to') ?? '' }).end('elsewhere')
  } else if (what === 'error') {
    const body = '{"message":"no such thing"}'
    response
      .writeHead(Number(first), { 'x-amzn-errortype': 'NotFoundException', 'x-amzn-requestid': 'id-1' })
      .end(body)
  } else {
    response.end(`hello, this is ${target}`)
  }
}
