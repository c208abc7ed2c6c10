/**
 * The one percent-encoder. AWS leaves `A-Z a-z 0-9 - . _ ~` bare and writes every other byte as
 * `%XX` with upper-case digits: `é` is `%C3%A9`, `'` is `%27`.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html} UriEncode
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-2.3} unreserved characters
 * @module
 */
import { SigningError } from '../errors.ts'
import { hexOfByte } from './bytes.ts'

const RESERVED = /[^\w.~-]/g
const RESERVED_IN_PATH = /[^\w.~/-]/g
const ESCAPE = /%[0-9A-Fa-f]{2}/g
// What no client sends as it stands: blanks, controls, non-ASCII, the delimiters of RFC 3986's appendix C that
// URL classes rewrite, and a percent sign that begins no escape.
const UNSENDABLE = /[^!-~]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/gu

function escapeByte(byte: string): string {
  return '%' + hexOfByte(byte.charCodeAt(0)).toUpperCase()
}

function unescapeByte(escape: string): string {
  return String.fromCharCode(parseInt(escape.slice(1), 16))
}

/** Encodes every byte of a byte string but the unreserved ones. */
export function encodeUri(bytes: string): string {
  return bytes.replace(RESERVED, escapeByte)
}

/** Like {@link encodeUri}, with `/` left bare. */
export function encodeUriPath(bytes: string): string {
  return bytes.replace(RESERVED_IN_PATH, escapeByte)
}

/** Decodes percent escapes into a byte string; a `%` that begins no escape stays. */
export function decodeUri(text: string): string {
  return text.replace(ESCAPE, unescapeByte)
}

/**
 * Escapes what cannot stand in a request target, and leaves the rest, escapes included, as it is.
 * The result is ASCII and survives a `URL` class unchanged.
 *
 * @throws {@link SigningError} `TEXT_INVALID` for half of a surrogate pair
 */
export function encodeUnsendable(text: string): string {
  try {
    return text.replace(UNSENDABLE, encodeURIComponent)
  } catch {
    throw new SigningError('TEXT_INVALID', 'The URL has half of a surrogate pair')
  }
}
