/**
 * CloudFront's base64: `+`, `=` and `/` are written `-`, `_` and `~`, so that the text can stand in a URL and a cookie.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-linux-openssl.html}
 * @module
 */
import type { Bytes } from '../core/bytes.ts'

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['+', '-'],
  ['=', '_'],
  ['/', '~'],
])
const PLAIN: ReadonlyMap<string, string> = new Map([...ESCAPES].map(([plain, escape]) => [escape, plain]))
const TEXT = /^[\w~-]+$/

/** Writes bytes. */
export function encodeUrlSafe(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replace(/[+=/]/g, (character) => ESCAPES.get(character) ?? '')
}

/** Reads bytes; `undefined` for what {@link encodeUrlSafe} would not have written. */
export function decodeUrlSafe(text: string): Bytes | undefined {
  const bytes = TEXT.test(text)
    ? decodeBase64(text.replace(/[-_~]/g, (character) => PLAIN.get(character) ?? ''))
    : undefined
  // atob also reads bits that are left over at the end, and so several texts as the same bytes.
  return bytes && encodeUrlSafe(bytes) === text ? bytes : undefined
}

/** Reads usual base64; `undefined` when it is none. */
export function decodeBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
