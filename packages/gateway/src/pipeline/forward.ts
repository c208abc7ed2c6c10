/**
 * The last stage: sends a request to the upstream and its response back, each as fast as the slower side reads.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import { VerificationError } from 'countersign/verify'
import type { Dispatcher } from 'undici'
import { protocolOf, type Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import type { HeldBody } from './held-body.ts'
import { forwardedHeaders, addIdentity, isChunkedUpload, requestHeaders, withoutFraming } from './headers.ts'
import { ResponseRelay, type Watch } from './response-relay.ts'
import type { Route } from './routes.ts'
import { upstreamTarget } from './target.ts'

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Forwards a request and waits until its response has gone out.
 *
 * @param body held back until it was known to be good; absent when there is none
 * @throws {@link GatewayFault} while nothing of the response has gone out
 */
export async function forward(exchange: Exchange, route: Route, body: HeldBody | undefined): Promise<void> {
  const message = buildMessage(exchange, route, body)
  try {
    await relay(exchange, route, message)
  } catch (error) {
    // The upstream may close an idle connection at the moment in which it is used again.
    const isStale = (error as NodeJS.ErrnoException).code === 'UND_ERR_SOCKET' || isReset(error)
    const mayRepeat = isStale && body === undefined && REPEATABLE.has(message.method)
    if (!mayRepeat || exchange.response.destroyed) throw faultOf(error)
    await relay(exchange, route, message).catch((again: unknown) => {
      throw faultOf(again)
    })
  }
}

function isReset(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET'
}

/** The message for the upstream, unsigned. */
export function buildMessage(
  { request, verified, caller, requestId }: Exchange,
  { host, prefix, keepHost, keepSignature }: Route,
  body: HeldBody | undefined,
): Dispatcher.DispatchOptions {
  const isFramed = verified !== undefined && isChunkedUpload(request.headers['x-amz-content-sha256'])
  const raw = isFramed ? withoutFraming(request.rawHeaders) : request.rawHeaders
  const headers = requestHeaders(raw, verified, { keepHost, keepSignature })
  if (!keepHost) headers.unshift('host', host)
  // What was held back has a length now.
  if (body?.length !== undefined && (isFramed || request.headers['content-length'] === undefined)) {
    headers.push('content-length', String(body.length))
  }
  const origin = {
    remoteAddress: request.socket.remoteAddress ?? 'unknown',
    protocol: protocolOf(request),
    host: request.headers.host ?? '',
  }
  headers.push(...forwardedHeaders(origin), 'x-countersign-request-id', requestId)
  if (verified && caller) addIdentity(headers, verified, caller)
  return {
    method: request.method as Dispatcher.HttpMethod,
    path: upstreamTarget(request.url ?? '/', verified, { prefix, keepSignature }),
    headers,
    body: body ? (body.content as Readable) : null,
  }
}

/**
 * Sends a message and its response back.
 *
 * @param watch looks on at the response
 */
export function relay(
  exchange: Exchange,
  { upstream, idle }: Pick<Route, 'upstream' | 'idle'>,
  message: Dispatcher.DispatchOptions,
  watch?: Watch,
): Promise<void> {
  return new Promise((resolve, reject) => {
    upstream.dispatch(message, new ResponseRelay(exchange, idle, { resolve, reject }, watch))
  })
}

const TIMEOUTS: ReadonlySet<string | undefined> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** What an error means; those that the client's body brought along stay what they are. */
export function faultOf(error: unknown): unknown {
  if (error instanceof VerificationError || error instanceof GatewayFault) return error
  const { code, name } = error as NodeJS.ErrnoException
  if (TIMEOUTS.has(code))
    return new GatewayFault('UPSTREAM_TIMED_OUT', 'The upstream did not answer', { cause: error })
  const text = `The upstream failed: ${code ?? name}`
  return new GatewayFault('UPSTREAM_UNAVAILABLE', text, { cause: error })
}
