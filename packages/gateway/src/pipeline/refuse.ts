/**
 * The answer to a request that does not get through, in the dialect of its service.
 *
 * @module
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import { VerificationError, type ErrorResponse } from 'countersign/verify'
import { dialectOf } from './dialect.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'

/** What of a body is read and thrown away so that its sender, who does not read while he writes, gets the answer. */
const DISCARDED_BYTES = 256 * 1024
const DISCARDED_MILLISECONDS = 1000

/** What the answers hang on. */
export interface RefusalRules {
  readonly service: readonly string[]
  readonly echo: 'full' | 'minimal' | 'none'
}

/**
 * Answers with an error. What is neither a refusal nor a fault of ours is told as an internal error.
 *
 * @returns the error that was no refusal and no fault, for the log
 */
export async function refuse(exchange: Exchange, error: unknown, rules: RefusalRules): Promise<unknown> {
  const { request, response, requestId } = exchange
  if (response.writableEnded) return undefined
  const isKnown = error instanceof VerificationError || error instanceof GatewayFault
  const known = isKnown ? error : new GatewayFault('INTERNAL', 'The gateway failed')
  exchange.failure = known.code
  exchange.reason = known.message
  if (known instanceof VerificationError) exchange.refusal = known.code
  if (response.headersSent || response.destroyed) {
    // Half an answer must not look like a whole one.
    response.destroy()
  } else {
    const dialect = dialectOf(request.url ?? '', request.rawHeaders, rules.service)
    const answer =
      known instanceof VerificationError
        ? dialect.refusal(known, { requestId, echo: rules.echo })
        : dialect.fault(known, requestId)
    await send(exchange, answer, known.code !== 'BODY_STALLED')
  }
  return isKnown ? undefined : error
}

/** @param isSending whether the client may be in the middle of its body */
async function send(
  exchange: Exchange,
  { status, headers, body }: ErrorResponse,
  isSending: boolean,
): Promise<void> {
  const { request, response, requestId } = exchange
  const length = String(Buffer.byteLength(body))
  const head = [...headers.flat(), 'content-length', length, 'x-countersign-request-id', requestId]
  const isWhole = request.complete
  // The rest of a body must not be taken for the next request.
  if (!isWhole) head.push('connection', 'close')
  // Not with the reason of an answer that could not be handed on, which Node would take again.
  response.writeHead(status, STATUS_CODES[status], head)
  if (request.method !== 'HEAD') response.write(body)
  const isWaiting = exchange.expectsContinue && exchange.bytesIn === 0
  // HTTP/2 tells its requests apart, and has their clients stop.
  const isBlocked = !isWhole && !isWaiting && request.httpVersionMajor === 1
  if (isBlocked && isSending) await discard(request)
  response.end()
}

/**
 * Gets rid of what is still to come of a body although its request has been answered: its sender may write all of it
 * before he reads the answer, and his next request is behind it.
 */
export async function skipRest({ request }: Exchange): Promise<void> {
  await discard(request)
  if (!request.complete) request.socket.destroySoon()
}

function discard(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0
    const timer = setTimeout(() => done(), DISCARDED_MILLISECONDS)
    const done = (): void => {
      clearTimeout(timer)
      request.pause()
      resolve()
    }
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length
      if (bytes > DISCARDED_BYTES) done()
    })
    request.once('end', done).once('close', done).once('error', done)
    request.resume()
  })
}
