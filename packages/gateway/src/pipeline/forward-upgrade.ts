/**
 * Connections that become something else, such as WebSockets: the request that opens one is signed and sent like any
 * other, and then bytes go both ways as they come.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Dispatcher } from 'undici'
import type { Exchange, Upgrade } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { buildMessage, faultOf } from './forward.ts'
import { responseHeaders } from './headers.ts'
import { hasBody } from './payload.ts'
import { ResponseRelay } from './response-relay.ts'
import type { Route } from './routes.ts'
import { findDestination } from './sign-and-forward.ts'
import { findScope, noteSigned, presignMessage, signMessage } from './sign.ts'

/** Services that take WebSockets by presigned URL alone. */
const IN_QUERY: ReadonlySet<string | undefined> = new Set(['transcribe', 'iotdevicegateway'])

/**
 * Opens a connection to the upstream and lets both sides speak until one of them ends.
 *
 * @throws {@link GatewayFault} while the client has not been answered
 */
export async function forwardUpgrade(exchange: Exchange, upgrade: Upgrade, route: Route): Promise<void> {
  if (hasBody(exchange.request)) throw new GatewayFault('UPGRADE_REFUSED', 'An upgrade with a body')
  const message = { ...(await prepare(exchange, route)), upgrade: 'websocket' }
  const upstream = await open(exchange, route, message)
  if (!upstream) return
  const { socket, head } = upgrade
  exchange.response.detachSocket(socket as Parameters<Exchange['response']['detachSocket']>[0])
  exchange.response.statusCode = 101
  socket.write(upstream.head, 'latin1')
  if (head.length > 0) upstream.socket.write(head)
  await speak(exchange, socket, upstream.socket)
}

async function prepare(exchange: Exchange, route: Route): Promise<Dispatcher.DispatchOptions> {
  const { signer, rules } = route
  if (!signer) return buildMessage(exchange, route, undefined)
  const destination = findDestination(exchange, route, signer)
  const credentials = await signer.provide()
  const scope = findScope(signer, destination.host, exchange.verified)
  const signing = { signer, rules, scope, credentials }
  const message = IN_QUERY.has(scope.service)
    ? presignMessage(exchange, signing, destination)
    : signMessage(exchange, signing, destination, undefined)
  noteSigned(exchange, signer, destination.host, message)
  return message
}

interface Opened {
  readonly socket: Duplex
  /** What the client is answered. */
  readonly head: string
}

/** An answer that agrees to nothing goes to the client as it is; then there is nothing opened. */
function open(
  exchange: Exchange,
  { upstream, idle }: Route,
  message: Dispatcher.DispatchOptions,
): Promise<Opened | undefined> {
  return new Promise((resolve, reject) => {
    const settle = { resolve: () => resolve(undefined), reject: (error: unknown) => reject(faultOf(error)) }
    const relay = new ResponseRelay(exchange, idle, settle)
    upstream.dispatch(message, {
      onRequestStart: (controller) => relay.onRequestStart(controller),
      onRequestUpgrade(controller, status, _headers, socket) {
        relay.release()
        const raw = (controller.rawHeaders as Buffer[]).map((bytes) => bytes.toString('latin1'))
        resolve({ socket, head: formatHead(status, responseHeaders(raw, exchange.requestId)) })
      },
      onResponseStart: (...start) => relay.onResponseStart(...start),
      onResponseData: (...data) => relay.onResponseData(...data),
      onResponseEnd: () => relay.onResponseEnd(),
      onResponseError: (...error) => relay.onResponseError(...error),
    })
  })
}

/** With the headers in which both sides agree on the other protocol, each for its own connection. */
function formatHead(status: number, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} Switching Protocols`, 'Connection: Upgrade', 'Upgrade: websocket']
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Until both have ended; where one breaks off, so does the other. */
async function speak(exchange: Exchange, client: Duplex, upstream: Duplex): Promise<void> {
  client.on('data', (chunk: Buffer) => (exchange.bytesIn += chunk.length))
  upstream.on('data', (chunk: Buffer) => (exchange.bytesOut += chunk.length))
  await Promise.allSettled([pipeline(client, upstream), pipeline(upstream, client)])
  client.destroy()
  upstream.destroy()
}
