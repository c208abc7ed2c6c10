/**
 * The gateway's log: one JSON object a line, on standard output. No tokens, no signatures, no bodies.
 *
 * @module
 */
import { pino, destination, type Logger } from 'pino'
import type { GatewaySettings } from './config/settings.ts'
import type { VerifiedRequest } from 'countersign/verify'
import type { Exchange } from './pipeline/exchange.ts'
import { formatScope } from './pipeline/headers.ts'

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

/** How many callers' logs are kept. */
const CALLERS = 1000

/** The lines of exchanges. What those of one caller have in common is written out once, not for each of them. */
export class ExchangeLog {
  readonly #log: GatewayLog
  readonly #callers = new Map<string, GatewayLog>()

  constructor(log: GatewayLog) {
    this.#log = log
  }

  /** Writes the line of an exchange that is over. */
  write(exchange: Exchange): void {
    const { verified, failure } = exchange
    const log = verified ? this.#logOf(verified) : this.#log
    log.info(lineOf(exchange), failure ? 'refused' : 'forwarded')
  }

  #logOf({ accessKeyId, principal = accessKeyId, scope }: VerifiedRequest<string>): GatewayLog {
    const scopeText = formatScope(scope)
    const caller = `${accessKeyId}\n${principal}\n${scopeText}`
    let log = this.#callers.get(caller)
    if (!log) {
      if (this.#callers.size >= CALLERS) this.#callers.clear()
      log = this.#log.child({ accessKeyId, principal, scope: scopeText })
      this.#callers.set(caller, log)
    }
    return log
  }
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
    status: response.headersSent ? response.statusCode : undefined,
    // What is not as usual: each field more costs a third of a microsecond.
    mechanism: verified?.mechanism === 'query' ? 'query' : undefined,
    warnings: verified?.warnings.length ? verified.warnings : undefined,
    remoteAddress: request.socket.remoteAddress,
    bytesIn,
    bytesOut,
    milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
    failure,
    reason,
  }
}
