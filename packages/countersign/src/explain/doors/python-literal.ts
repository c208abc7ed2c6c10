/**
 * Literals of Python, as botocore's log shows bytes and dictionaries: `b'<Error>\n'` and `{'Date': b'…'}`.
 *
 * @module
 */
import { byteString } from './text.ts'
import { utf8 } from '../../core/bytes.ts'

const LITERAL = /b?(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/gs

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
])

function unescapePython(raw: string): string {
  const text = byteString(utf8(raw))
  return text.replace(/\\(?:x([\da-f]{2})|(.))/gis, (_, byte, sign) =>
    byte === undefined
      ? (ESCAPES.get(String(sign)) ?? String(sign))
      : String.fromCharCode(parseInt(String(byte), 16)),
  )
}

/** The byte string of a literal at the beginning of a text; `undefined` where there is none. */
export function readPythonBytes(text: string): string | undefined {
  const match = /^\s*b?(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/s.exec(text)
  return match ? unescapePython(match[1] ?? match[2] ?? '') : undefined
}

/** The pairs of a dictionary of texts; whatever is no text is left out. */
export function readPythonPairs(text: string): [string, string][] {
  const pairs: [string, string][] = []
  const pair = new RegExp(String.raw`(?:^|[{,]\s*)${LITERAL.source}\s*:\s*(?:${LITERAL.source}|[^,}]*)`, 'gs')
  for (const [, single, double, ownSingle, ownDouble] of text.matchAll(pair)) {
    const value = ownSingle ?? ownDouble
    if (value !== undefined) pairs.push([unescapePython(single ?? double ?? ''), unescapePython(value)])
  }
  return pairs
}
