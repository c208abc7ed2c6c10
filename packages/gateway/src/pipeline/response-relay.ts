/**
 * Hands a response on to the client while it comes in. When the client reads too slowly the upstream is made to wait,
 * and when either side breaks off, so does the other.
 *
 * @module
 */
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

type Controller = Dispatcher.DispatchController

/** Handler of one request to the upstream. */
export class ResponseRelay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #idle: number
  readonly #settle: Settle
  #controller: Controller | undefined
  #stalled: NodeJS.Timeout | undefined
  readonly #onClose = (): void => this.#breakOff('The client is gone')

  /** @param idle seconds for a client that reads nothing; 0 waits for ever */
  constructor(exchange: Exchange, idle: number, settle: Settle) {
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

  onResponseStart(controller: Controller, status: number, _headers: unknown, statusText?: string): void {
    // What is said before the response, such as 103, is for this connection only.
    if (status < 200) return
    const raw = (controller.rawHeaders as Buffer[]).map((bytes) => bytes.toString('latin1'))
    const headers = responseHeaders(raw)
    headers.push('x-countersign-request-id', this.#exchange.requestId)
    this.#exchange.response.writeHead(status, statusText, headers)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
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
    this.#exchange.response.off('close', this.#onClose).end()
    this.#settle.resolve()
  }

  onResponseError(_controller: Controller, error: Error): void {
    clearTimeout(this.#stalled)
    this.#exchange.response.off('close', this.#onClose)
    this.#settle.reject(error)
  }

  #breakOff(reason: string): void {
    clearTimeout(this.#stalled)
    this.#exchange.response.destroy()
    this.#controller?.abort(new GatewayFault('CLIENT_GONE', reason))
  }
}
