/**
 * A request as undici is given it: headers in three forms, a query beside the path.
 *
 * @module
 */
import { encodeUri } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'
import type { HttpRequest } from '../sign/http-request.ts'
import { readUrl } from '../sign/read-url.ts'
import type { DispatchHandler, DispatchOptions } from './undici-answer.ts'

/** Path and query. A query that is given apart is written as undici writes it, encoded as strictly as a signature. */
export function readTarget({ path, query }: DispatchOptions): string {
  if (typeof query !== 'object' || query === null) return path
  if (/[?#]/.test(path)) {
    throw new SigningError('URL_INVALID', 'The query is given twice: in path, and in query')
  }
  const pairs = Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map(
      (single) => `${encodeUri(name)}=${encodeUri(textOf(single))}`,
    ),
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

function textOf(value: unknown): string {
  const isWritten = ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
  return isWritten ? String(value) : ''
}

/**
 * Headers as a flat list, as pairs or as an object.
 *
 * @throws {@link SigningError} `HEADER_INVALID`
 */
export function readUndiciHeaders(headers: unknown): [name: string, value: string][] {
  if (headers === null || headers === undefined) return []
  if (typeof headers !== 'object') throw new SigningError('HEADER_INVALID', 'Headers are a list or an object')
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return pairUp(headers as unknown[])
  const entries: Iterable<[string, unknown]> =
    Symbol.iterator in headers ? (headers as Iterable<[string, unknown]>) : Object.entries(headers)
  return [...entries].flatMap(([name, value]) =>
    valuesOf(value).map((single) => [name, single] as [string, string]),
  )
}

function pairUp(flat: readonly unknown[]): [string, string][] {
  return flat.flatMap((name, index) =>
    index % 2 === 0
      ? valuesOf(flat[index + 1]).map((value) => [textOfHeader(name), value] as [string, string])
      : [],
  )
}

function valuesOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.map(textOfHeader) : [textOfHeader(value)]
}

/** Raw headers of Node are bytes. */
function textOfHeader(value: unknown): string {
  return value instanceof Uint8Array ? String.fromCharCode(...value) : String(value)
}

const hosts = new WeakMap<object, string>()

/**
 * Refuses a redirect to another host that undici's own interceptor follows: it comes from the handler that came with
 * the first request.
 *
 * @throws {@link SigningError} `TRANSPORT_WOULD_ALTER`
 */
export function assertSameHost(handler: DispatchHandler, { url }: HttpRequest<unknown>): void {
  const { host } = readUrl(url)
  for (let each: unknown = handler; typeof each === 'object' && each !== null;) {
    const first = hosts.get(each) ?? host
    if (first !== host) {
      throw new SigningError(
        'TRANSPORT_WOULD_ALTER',
        'A redirect leads to another host, which must not get a signature; leave redirects to the signing interceptor',
      )
    }
    hosts.set(each, host)
    each = (each as { handler?: unknown }).handler
  }
}
