/** The part of Koa that the tests use; the package has no types of its own. */
declare module 'koa' {
  import type { IncomingMessage, RequestListener } from 'node:http'

  interface Context {
    readonly req: IncomingMessage
    readonly originalUrl: string
    status: number
    body: unknown
    set(headers: Record<string, string>): void
  }
  type Middleware = (context: Context, next: () => Promise<unknown>) => unknown

  export default class Koa {
    silent: boolean
    use(middleware: Middleware): this
    callback(): RequestListener
  }
}
