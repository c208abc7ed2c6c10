/**
 * Reads the headers that a caller gives into one list with lower-case names, and refuses what no client could
 * send as it was signed.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { isText } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import type { HeadersLike } from './http-request.ts'

/** What names of methods and headers are made of. */
export const TOKEN: RegExp = /^[\w!#$%&'*+.^`|~-]+$/
const SENDABLE_VALUE = /^[\t -~]*$/

/**
 * The headers in the order given, repeats kept.
 *
 * @throws {@link SigningError} `HEADER_INVALID` naming the header, never its value
 */
export function readHeaders(headers: HeadersLike | undefined): Header[] {
  const list: Header[] = []
  if (!headers) return list
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers)
  for (const [name, value] of pairs) {
    for (const single of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (single !== undefined) list.push(readHeader(name, single))
    }
  }
  return list
}

function readHeader(name: unknown, value: unknown): Header {
  const text = typeof value === 'number' ? String(value) : value
  if (!isText(name, TOKEN) || !isText(text, SENDABLE_VALUE)) {
    throw new SigningError(
      'HEADER_INVALID',
      `The header ${typeof name === 'string' ? name : typeof name} must be ASCII`,
    )
  }
  return [name.toLowerCase(), text]
}

/** Value of the first header of a name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  for (const header of headers) if (header[0] === name) return header[1]
  return undefined
}
