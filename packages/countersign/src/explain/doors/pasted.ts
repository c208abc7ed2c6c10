/**
 * What a text went through before it was pasted: PowerShell wrote it as UTF-16, a terminal coloured it, a mail quoted
 * it, `docker compose` put a name in front of each line.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import { looksRaw } from './raw-http.ts'
import { textOfBytes } from './text.ts'

const ESCAPE = 0x1b
const COLOURS = /\u001b\[[\d;:]*[A-Za-z]/g
const MARGIN = /^(?:[\w.-]+ +\||[ \t]{0,8}[>|│])[ \t]?/gm
const FENCED = /^(?:```|~~~)\w*\r?\n([^]*?)\n(?:```|~~~)/gm

/** Bytes as UTF-8 without colours. A message of HTTP is left as it is: its body may hold anything. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  const [first = 0, second = 0] = bytes
  if (first + second === 0x1fd && Math.abs(first - second) === 1) {
    return utf8(new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes))
  }
  if (!bytes.includes(ESCAPE)) return bytes
  const text = textOfBytes(bytes)
  return looksRaw(text.trimStart()) ? bytes : utf8(text.replace(COLOURS, ''))
}

/** The texts that a pasted one may hold: what is fenced in it, as Markdown has it, or all of it without its margin. */
export function textsWithin(text: string): readonly string[] {
  const fenced = [...text.matchAll(FENCED)].map(([, inner = '']) => inner)
  const inner = fenced.length > 0 ? fenced : [text.replace(MARGIN, '')]
  return inner.filter((other) => other !== text)
}
