/**
 * The gateway's log: one JSON object a line, on standard output. No tokens, no signatures, no bodies.
 *
 * @module
 */
import { pino, destination, type Logger } from 'pino'
import type { GatewaySettings } from './config/settings.ts'
import { wasAnswered, type Exchange, type Signed } from './pipeline/exchange.ts'

/** The part of a logger that is used here. */
export interface GatewayLog extends Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'flush'> {
  /** A log whose lines have these fields, too. */
  child(fields: Readonly<Record<string, string>>): GatewayLog
}

/** Makes the log. Lines are written in the background; `flush` brings the last of them out. */
export function createLog({ level }: GatewaySettings['log']): GatewayLog {
  const timestamp = (): string => `,"time":"${new Date().toISOString()}"`
  return pino({ level, base: null, timestamp }, destination({ sync: false }))
}

/** Writes the line of an exchange that is over. */
export function logExchange(log: Pick<GatewayLog, 'info'>, exchange: Exchange): void {
  const writer = exchange.caller?.log ?? exchange.signed?.target.log ?? log
  writer.info(lineOf(exchange), exchange.failure ? 'refused' : 'forwarded')
}

function lineOf(exchange: Exchange): object {
  const { request, response, requestId, startedAt, verified, failure, reason, bytesIn, bytesOut } = exchange
  const { url = '' } = request
  const question = url.indexOf('?')
  return {
    requestId,
    method: request.method,
    // A query may hold a signature or a token.
    path: question < 0 ? url : url.slice(0, question),
    status: wasAnswered(response) ? response.statusCode : undefined,
    // What is not as usual: each field more costs a third of a microsecond.
    mechanism: verified?.mechanism === 'query' ? 'query' : undefined,
    warnings: verified?.warnings.length ? verified.warnings : undefined,
    remoteAddress: request.socket.remoteAddress,
    bytesIn,
    bytesOut,
    milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
    failure,
    reason,
    ...(exchange.signed && describe(exchange.signed, exchange.caller !== undefined)),
  }
}

/** What was signed for the upstream, and what that said. */
function describe({ target, attempts, requestId, cause }: Signed, isOfCaller: boolean): object {
  // The lines of a target name it themselves.
  const named = isOfCaller && { upstream: target.host, signedFor: `${target.region}/${target.service}` }
  return {
    ...named,
    attempts: attempts > 1 ? attempts : undefined,
    upstreamRequestId: requestId,
    cause,
  }
}
