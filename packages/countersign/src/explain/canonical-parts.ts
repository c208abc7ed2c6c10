/**
 * The six parts of a canonical request, taken out of its text, so that two of them can be compared part by part.
 *
 * @module
 */
import { bytesOfText, utf8 } from '../core/bytes.ts'
import type { Header } from '../core/canonical-headers.ts'
import { buildCanonicalRequest } from '../core/canonical-request.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'

/** A canonical request in parts. */
export interface CanonicalParts {
  readonly method: string
  readonly path: string
  readonly query: string
  /** A name and its canonical value for each line, in the order of the text. */
  readonly headers: readonly Header[]
  readonly signedHeaders: string
  readonly payloadHash: string
}

const BEYOND_BYTES = /[^\0-\xff]/
const BEYOND_ASCII = /[^\0-\x7f]/

/** Bytes as a byte string. */
export function textOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

/** A text as a byte string: what no byte can hold is written in UTF-8. */
export function byteString(text: string): string {
  return BEYOND_BYTES.test(text) ? textOfBytes(utf8(text)) : text
}

/** SHA-256 of a byte string, in hex. */
export function hashText(text: string): string {
  return defaultSha256().hashHex(BEYOND_ASCII.test(text) ? bytesOfText(text) : text)
}

/** Writes the parts down as one text. */
export function formatParts({ headers, ...parts }: CanonicalParts): string {
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('')
  const { method, path, query, signedHeaders, payloadHash } = parts
  return buildCanonicalRequest(method, path, query, { lines, signedHeaders }, payloadHash)
}

/** Takes a canonical request apart; `undefined` for a text that is none. */
export function parseParts(text: string): CanonicalParts | undefined {
  const lines = text.split('\n')
  if (lines.length < 6 || lines.at(-3) !== '') return undefined
  const [method = '', path = '', query = '', ...rest] = lines
  const headers: Header[] = []
  for (const line of rest.slice(0, -3)) {
    const colon = line.indexOf(':')
    if (colon < 1) return undefined
    headers.push([line.slice(0, colon), line.slice(colon + 1)])
  }
  return { method, path, query, headers, signedHeaders: rest.at(-2) ?? '', payloadHash: rest.at(-1) ?? '' }
}

/** The value of a header line; `undefined` when there is no such line. */
export function lineOf({ headers }: CanonicalParts, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1]
}
