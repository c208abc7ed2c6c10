/**
 * Headers of HTTP/2 as HTTP/1.1 would have them. The target, the method and the scheme are headers there, whose names
 * begin with a colon; so is the host (`:authority`), which is signed as `host` all the same.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9113#section-8.3}
 * @module
 */
import type { RequestMessage } from '../verify/message.ts'

/** Reads Node's list of names and values. */
export function readHttp2Headers(rawHeaders: readonly string[]): RequestMessage['headers'] {
  const headers: [string, string][] = []
  const crumbs: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    if (name === 'cookie') crumbs.push(value)
    else if (name === ':authority' || !name.startsWith(':')) headers.push([name, value])
  }
  // Clients may take a cookie apart on the way: RFC 9113, section 8.2.3.
  return crumbs.length > 0 ? [...headers, ['cookie', crumbs.join('; ')]] : headers
}
