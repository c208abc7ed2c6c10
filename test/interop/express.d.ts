/** The part of Express that the tests use; the package has no types of its own. */
declare module 'express' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  type Next = (error?: unknown) => void
  export type Handler = (
    request: IncomingMessage & { originalUrl: string },
    response: ServerResponse,
    next: Next,
  ) => void
  type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => void

  interface Router extends RequestListener {
    use(...handlers: (Handler | ErrorHandler | Router)[]): this
    use(path: string, ...handlers: (Handler | Router)[]): this
    put(path: string, ...handlers: Handler[]): this
    get(path: string, ...handlers: Handler[]): this
  }

  interface TextOptions {
    readonly type: () => boolean
    readonly limit: string
  }

  const express: { (): Router; Router(): Router; json(): Handler; text(options: TextOptions): Handler }
  export default express
}
