/**
 * Hands a response on to the client while it comes in. When the client reads too slowly the upstream is made to wait,
 * and when either side breaks off, so does the other.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { countPassed } from '../server/memory.ts'
import type { Exchange } from './exchange.ts'
import { GatewayFault } from './faults.ts'
import { responseHeaders } from './headers.ts'

/** Is told how it ended. */
export interface Settle {
  resolve(): void
  reject(error: unknown): void
}

/** Looks on while a response comes in, and may keep it from the client. */
export interface Watch {
  /** @returns whether the response is kept back: nothing of it goes to the client */
  begin(status: number, headers: IncomingHttpHeaders): boolean
  data(chunk: Buffer): void
}

type Controller = Dispatcher.DispatchController

/** What is read of a response that is kept back, so that its connection can be used again. */
const KEPT_BYTES = 64 * 1024

const BEYOND_ASCII = /[^ -~]/

/** A reason as it stood on the wire, where undici reads UTF-8 and Node wants one character for each byte. */
function asBytes(reason = ''): string {
  return BEYOND_ASCII.test(reason) ? Buffer.from(reason).toString('latin1') : reason
}

/** undici waits for a body of the length that a 304 tells, and a 304 has none: RFC 9110, section 8.6. */
function isMissingBody(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
}

/** Handler of one request to the upstream. */
export class ResponseRelay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #idle: number
  readonly #settle: Settle
  readonly #watch: Watch | undefined
  #keptBytes = -1
  #controller: Controller | undefined
  #stalled: NodeJS.Timeout | undefined
  readonly #onClose = (): void => this.#breakOff('The client is gone')

  /** @param idle seconds for a client that reads nothing; 0 waits for ever */
  constructor(exchange: Exchange, idle: number, settle: Settle, watch?: Watch) {
    this.#watch = watch
    this.#exchange = exchange
    this.#idle = idle
    this.#settle = settle
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    const { response } = this.#exchange
    if (response.destroyed) this.#onClose()
    else response.once('close', this.#onClose)
  }

  onResponseStart(
    controller: Controller,
    status: number,
    parsed: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    // What is said before the response, such as 103, is for this connection only.
    if (status < 200) return
    if (this.#watch?.begin(status, parsed)) {
      this.#keptBytes = 0
      return
    }
    const raw = (controller.rawHeaders as Buffer[]).map((bytes) => bytes.toString('latin1'))
    const { response, requestId } = this.#exchange
    const headers = responseHeaders(raw, requestId)
    response.writeHead(status, asBytes(statusText), headers)
    // Node keeps the head until there is a body, for which events may let wait.
    if (parsed['content-length'] === undefined) response.flushHeaders()
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#keptBytes >= 0) return this.#keep(controller, chunk)
    this.#watch?.data(chunk)
    const { response } = this.#exchange
    this.#exchange.bytesOut += chunk.length
    countPassed(chunk.length)
    if (response.write(chunk)) return
    controller.pause()
    if (this.#idle > 0) {
      this.#stalled = setTimeout(() => this.#breakOff('The client reads nothing'), this.#idle * 1000)
    }
    response.once('drain', () => {
      clearTimeout(this.#stalled)
      controller.resume()
    })
  }

  onResponseEnd(): void {
    if (this.#keptBytes >= 0) return this.#endKept()
    this.#exchange.response.off('close', this.#onClose).end()
    this.#settle.resolve()
  }

  onResponseError(_controller: Controller, error: Error): void {
    clearTimeout(this.#stalled)
    const { response } = this.#exchange
    if (this.#keptBytes >= 0 && !response.destroyed) return this.#endKept()
    if (response.statusCode === 304 && isMissingBody(error)) return this.onResponseEnd()
    this.#exchange.response.off('close', this.#onClose)
    this.#settle.reject(error)
  }

  /** Leaves the exchange to somebody else: the response turned out to be none. */
  release(): void {
    this.#exchange.response.off('close', this.#onClose)
  }

  #keep(controller: Controller, chunk: Buffer): void {
    this.#keptBytes += chunk.length
    if (this.#keptBytes > KEPT_BYTES) controller.abort(new Error('The rest of the response is of no use'))
  }

  #endKept(): void {
    this.#exchange.response.off('close', this.#onClose)
    this.#settle.resolve()
  }

  #breakOff(reason: string): void {
    clearTimeout(this.#stalled)
    this.#exchange.response.destroy()
    this.#controller?.abort(new GatewayFault('CLIENT_GONE', reason))
  }
}
