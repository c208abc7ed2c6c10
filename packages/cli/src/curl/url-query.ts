/**
 * Queries and form values as curl's `--data-urlencode`, `--url-query` and `-G` build them.
 *
 * @see {@link https://curl.se/docs/manpage.html#--data-urlencode}
 * @module
 */
import type { ReadSource } from './read-source.ts'

/**
 * Encodes a value in one of curl's five forms: `content`, `=content`, `name=content`, `@file`, `name@file`. The name is
 * taken to be encoded.
 *
 * @param blank what a blank becomes
 * @param reader the flag, for messages about files
 */
export async function encodeForm(
  text: string,
  blank: '+' | '%20',
  readSource: ReadSource,
  reader: string,
): Promise<string> {
  const [, name = '', sign, content = ''] =
    /^([^=]*)(=)(.*)$/s.exec(text) ?? /^([^@]*)(@)(.*)$/s.exec(text) ?? []
  const bytes = sign === '@' ? await readSource(content, reader) : Buffer.from(sign === '=' ? content : text)
  return `${name && `${name}=`}${encodeBytes(bytes, blank)}`
}

function encodeBytes(bytes: Uint8Array, blank: string): string {
  let encoded = ''
  for (const byte of bytes) {
    const sign = String.fromCharCode(byte)
    if (/[A-Za-z0-9._~-]/.test(sign)) encoded += sign
    else encoded += sign === ' ' ? blank : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** The pairs of `--url-query`, in their order: encoded, or with a `+` in front as they are. */
export async function readUrlQuery(values: readonly string[], readSource: ReadSource): Promise<string[]> {
  const pairs: string[] = []
  for (const value of values) {
    pairs.push(
      value.startsWith('+') ? value.slice(1) : await encodeForm(value, '%20', readSource, '--url-query'),
    )
  }
  return pairs
}

/** A URL with more in its query, in front of a fragment. */
export function addToQuery(url: string, pairs: readonly string[]): string {
  const added = pairs.filter((pair) => pair !== '').join('&')
  if (added === '') return url
  const [, base = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(url) ?? []
  const join = !base.includes('?') ? '?' : /[?&]$/.test(base) ? '' : '&'
  return `${base}${join}${added}${fragment}`
}

/** The URL of an upload: one that ends in a slash gets the file's name, as with curl's `-T`. */
export function addFileName(url: string, path: string): string {
  const [, base = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? []
  if (!base.endsWith('/') || path === '-') return url
  const name = path.split(/[\\/]/).pop() ?? ''
  return `${base}${encodeBytes(Buffer.from(name), '%20')}${rest}`
}
