/**
 * An answer of undici's that is held until it is known what becomes of it: handed on, or ended because the request is
 * sent again.
 *
 * @module
 */
import { MAX_DOCUMENT } from '../answers/error-answer.ts'
import { readAnswerHeaders, type AnswerHeaders, type HeaderReader } from '../answers/headers.ts'

/** What undici is told of a request; whatever else stands there goes on to it. */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined
  readonly path: string
  readonly method?: string | undefined
  readonly query?: unknown
  readonly headers?: unknown
  readonly body?: unknown
  readonly upgrade?: unknown
}

/** How the one who gets an answer holds it back, or ends it. */
export interface DispatchController {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  rawHeaders?: unknown
  rawTrailers?: unknown
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** Who gets an answer, bit by bit. */
export interface DispatchHandler {
  onRequestStart?(controller: DispatchController, context: unknown): void
  onResponseStart?(
    controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    statusMessage?: string,
  ): void
  onResponseData?(controller: DispatchController, chunk: Uint8Array): void
  onResponseEnd?(controller: DispatchController, trailers: AnswerHeaders): void
  onResponseError?(controller: DispatchController, error: Error): void
}

/** A controller that lasts for all attempts, and speaks for the one that is under way. */
export class RelayedController implements DispatchController {
  readonly #abort = new AbortController()
  #inner: DispatchController | undefined
  #isPaused = false
  #reason: Error | null = null

  /** Tells those who wait for something else than the connection. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get aborted(): boolean {
    return this.signal.aborted
  }

  get paused(): boolean {
    return this.#isPaused
  }

  get reason(): Error | null {
    return this.#reason
  }

  get rawHeaders(): unknown {
    return this.#inner?.rawHeaders
  }

  get rawTrailers(): unknown {
    return this.#inner?.rawTrailers
  }

  abort(reason: Error): void {
    if (this.aborted) return
    this.#reason = reason
    this.#abort.abort(reason)
    this.#inner?.abort(reason)
  }

  pause(): void {
    this.#isPaused = true
    this.#inner?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#inner?.resume()
  }

  /** Speaks for another attempt from now on. */
  follow(inner: DispatchController): void {
    this.#inner = inner
    if (this.#reason) inner.abort(this.#reason)
  }
}

/** Where an answer goes: to nobody yet, to the handler, or to nobody for good. */
type Goal = 'held' | 'delivered' | 'discarded'

/** Takes an answer and keeps it. */
export class HeldAnswer implements DispatchHandler {
  status = 0
  headers: AnswerHeaders = {}
  /** Fulfilled when the head is there. */
  readonly started: Promise<HeldAnswer>
  readonly #outer: RelayedController
  readonly #handler: DispatchHandler
  #inner: DispatchController | undefined
  #header: HeaderReader | undefined
  #statusMessage: string | undefined
  #goal: Goal = 'held'
  #chunks: Uint8Array[] = []
  #length = 0
  #end: { readonly trailers: AnswerHeaders } | { readonly error: Error } | undefined
  #start: ((answer: HeldAnswer) => void) | undefined
  #fail: ((error: Error) => void) | undefined
  #settle: (() => void) | undefined

  constructor(outer: RelayedController, handler: DispatchHandler) {
    this.#outer = outer
    this.#handler = handler
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve
      this.#fail = reject
    })
  }

  /** Value of a header, by its name in lower case. */
  header(name: string): string | undefined {
    this.#header ??= readAnswerHeaders(this.headers)
    return this.#header(name)
  }

  onRequestStart(controller: DispatchController): void {
    this.#inner = controller
    this.#outer.follow(controller)
  }

  onResponseStart(
    controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    statusMessage?: string,
  ): void {
    if (status < 200) return this.#handler.onResponseStart?.(this.#outer, status, headers, statusMessage)
    this.status = status
    this.headers = headers
    this.#statusMessage = statusMessage
    controller.pause()
    this.#start?.(this)
  }

  onResponseData(controller: DispatchController, chunk: Uint8Array): void {
    if (this.#goal === 'delivered') return this.#handler.onResponseData?.(this.#outer, chunk)
    this.#length += chunk.length
    if (this.#goal === 'held') this.#chunks.push(chunk)
    else if (this.#length > MAX_DOCUMENT) controller.abort(new Error('The answer is not wanted'))
    if (this.#settle && this.#length >= MAX_DOCUMENT) {
      controller.pause()
      this.#settle()
    }
  }

  onResponseEnd(_controller: DispatchController, trailers: AnswerHeaders): void {
    if (this.#goal === 'delivered') return this.#handler.onResponseEnd?.(this.#outer, trailers)
    this.#end = { trailers }
    this.#settle?.()
  }

  onResponseError(_controller: DispatchController, error: Error): void {
    if (this.#goal === 'delivered') return this.#handler.onResponseError?.(this.#outer, error)
    this.#end = { error }
    this.#fail?.(error)
    this.#settle?.()
  }

  /** Reads the beginning of the body, which is kept. */
  async peek(): Promise<Uint8Array> {
    if (!this.#end && this.#length < MAX_DOCUMENT) {
      const enough = new Promise<void>((resolve) => {
        this.#settle = resolve
      })
      this.#inner?.resume()
      await enough
      this.#settle = undefined
    }
    const beginning = new Uint8Array(this.#length)
    let offset = 0
    for (const chunk of this.#chunks) {
      beginning.set(chunk, offset)
      offset += chunk.length
    }
    return beginning
  }

  /** Hands all of it to the handler, from the head on. */
  deliver(handler: DispatchHandler): void {
    this.#goal = 'delivered'
    const controller = this.#outer
    handler.onResponseStart?.(controller, this.status, this.headers, this.#statusMessage)
    for (const chunk of this.#chunks) handler.onResponseData?.(controller, chunk)
    this.#chunks = []
    if (!this.#end) {
      if (!controller.paused) this.#inner?.resume()
    } else if ('error' in this.#end) handler.onResponseError?.(controller, this.#end.error)
    else handler.onResponseEnd?.(controller, this.#end.trailers)
  }

  /** Reads what is left to nobody, so that the connection can be used again; a long answer is broken off. */
  discard(): void {
    this.#goal = 'discarded'
    this.#chunks = []
    this.#inner?.resume()
  }
}
