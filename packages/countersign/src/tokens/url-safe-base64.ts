/**
 * The base64 of URLs, without padding, as tokens carry it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4648#section-5}
 * @module
 */
import { isText } from '../core/bytes.ts'

const TEXT = /^[\w-]+$/

/** Writes a byte string. */
export function encodeUrlSafe(bytes: string): string {
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Reads a byte string; `undefined` for what {@link encodeUrlSafe} would not have written. */
export function decodeUrlSafe(text: string): string | undefined {
  // No group of four characters can end after its first.
  if (!isText(text, TEXT) || text.length % 4 === 1) return undefined
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  // atob also reads bits that are left over at the end, and so several texts as the same bytes.
  return encodeUrlSafe(bytes) === text ? bytes : undefined
}
