/**
 * Bytes, byte strings and texts, as the forms need them: heads are bytes, command lines and JSON are UTF-8.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'

/** The byte string of bytes. */
export function byteString(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let start = 0; start < bytes.length; start += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 8192)))
  }
  return pieces.join('')
}

/** A text as the byte string of its UTF-8, as it goes over the wire. */
export function wireText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : byteString(utf8(text))
}

/** The text of a byte string that holds UTF-8. */
export function textOfBytes(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes)
}

/** Value of the first header of a name, which is given in lower case. */
export function headerOf(
  headers: readonly (readonly [name: string, value: string])[],
  name: string,
): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1]
}

/** Scheme, host and target of an absolute URL, taken as it stands: no dot segment is lost. */
export function splitUrl(
  url: string,
): { protocol: 'http' | 'https'; host: string; target: string } | undefined {
  const match = /^(https?|wss?):\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(url)
  if (!match) return undefined
  const [, scheme = '', host = '', rest = ''] = match
  const target = rest.startsWith('/') ? rest : `/${rest}`
  return { protocol: /s$/i.test(scheme) ? 'https' : 'http', host, target: wireText(target) }
}
