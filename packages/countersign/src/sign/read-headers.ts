/**
 * Reads the headers that a caller gives into one list with lower-case names, and refuses what no client could
 * send as it was signed.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { SigningError } from '../errors.ts'
import type { HeadersLike } from './http-request.ts'

const NONE: readonly Header[] = []
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const SENDABLE_VALUE = /^[\t\x20-\x7e]*$/

/**
 * The headers in the order given, repeats kept.
 *
 * @throws {@link SigningError} `HEADER_INVALID` naming the header, never its value
 */
export function readHeaders(headers: HeadersLike | undefined): readonly Header[] {
  if (!headers) return NONE
  const list: Header[] = []
  const pairs: Iterable<readonly [string, unknown]> = isIterable(headers) ? headers : Object.entries(headers)
  for (const [name, value] of pairs) {
    for (const single of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (single !== undefined) list.push(readHeader(name, single))
    }
  }
  return list
}

function isIterable(headers: HeadersLike): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers
}

function readHeader(name: unknown, value: unknown): Header {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new SigningError('HEADER_INVALID', 'A header name must be a token')
  }
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !SENDABLE_VALUE.test(text)) {
    throw new SigningError(
      'HEADER_INVALID',
      `The header ${name} must be ASCII without control characters; encode it`,
    )
  }
  return [name.toLowerCase(), text]
}

/** Value of the first header of a name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  for (const header of headers) if (header[0] === name) return header[1]
  return undefined
}
