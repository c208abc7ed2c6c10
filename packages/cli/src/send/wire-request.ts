/**
 * A request as it goes over the wire: the exact target and headers that were signed, and how its head is written.
 *
 * @module
 */
import type { RequestBody } from './request-body.ts'

/** Name and value of a header. */
export type Header = readonly [name: string, value: string]

/** A request that is ready to be sent. */
export interface WireRequest {
  readonly method: string
  /** Path and query; a plain proxy gets them behind the origin. */
  readonly target: string
  /** Host, then all others in their order; no connection header, and a length only where the body needs one. */
  readonly headers: readonly Header[]
  readonly body: RequestBody | undefined
}

/** Methods whose requests have a length also where it is 0. */
const WITH_LENGTH: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])

/** How the body ends, as a header; most often by its length. */
export function framingOf({ method, body }: WireRequest): Header | undefined {
  if (body && body.size === undefined) return ['transfer-encoding', 'chunked']
  const size = body?.size ?? 0
  return size > 0 || WITH_LENGTH.has(method) ? ['content-length', String(size)] : undefined
}

/** All lines of the head as they are sent, up to the blank line. */
export function formatHead(request: WireRequest): string {
  const [host, ...others] = request.headers
  const framing = framingOf(request)
  // As undici writes it: some servers send a body to HEAD, which nobody may take for the next answer.
  const connection = ['connection', request.method === 'HEAD' ? 'close' : 'keep-alive'] as const
  const lines = [host, connection, ...others, framing]
    .filter((header) => header !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return `${request.method} ${request.target} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Value of the first header of a name, which is compared in lower case. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1]
}
