/**
 * Words of a command line, as a shell would hand them to a program: `sh` with its three kinds of quotes, and `cmd` of
 * Windows, whose lines browsers copy, too. Nothing is run and no variable is filled in.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02} quoting in sh
 * @module
 */
import { EvidenceError } from '../../errors.ts'

/** The words of a line, and what a shell would have filled in. */
export interface ShellWords {
  readonly words: readonly string[]
  /** Names of variables, and `$(…)`, that stand there as they are. */
  readonly unfilled: readonly string[]
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['v', '\v'],
])

/**
 * Splits a line of `sh`. Ends at what begins another command: `;`, `|`, `&`, `>` or a line end.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED` where a quote does not end
 */
export function splitShellWords(line: string): ShellWords {
  const state: State = {
    text: line.replace(/\\\r?\n/g, ' '),
    at: 0,
    words: [],
    word: undefined,
    unfilled: [],
  }
  while (state.at < state.text.length) {
    const sign = state.text[state.at] ?? ''
    if (/[\s;|&<>]/.test(sign)) {
      endWord(state)
      if (/[\n;|&<>]/.test(sign) && state.words.length > 0) break
      state.at += 1
    } else {
      readPiece(sign, state)
    }
  }
  endWord(state)
  return { words: state.words, unfilled: [...new Set(state.unfilled)] }
}

interface State {
  readonly text: string
  at: number
  readonly words: string[]
  word: string | undefined
  readonly unfilled: string[]
}

function endWord(state: State): void {
  if (state.word !== undefined) state.words.push(state.word)
  state.word = undefined
}

function readPiece(sign: string, state: State): void {
  const { text, at } = state
  const add = (piece: string, end: number): void => {
    state.word = (state.word ?? '') + piece
    state.at = end
  }
  if (sign === '\\') return add(text[at + 1] ?? '', at + 2)
  if (sign === "'") {
    const end = closing(text, "'", at + 1)
    return add(text.slice(at + 1, end), end + 1)
  }
  if (sign === '$' && text[at + 1] === "'") {
    const end = endOfAnsi(text, at + 2)
    return add(decodeAnsi(text.slice(at + 2, end)), end + 1)
  }
  if (sign === '"') {
    const end = endOfDouble(text, at + 1)
    return add(decodeDouble(text.slice(at + 1, end), state.unfilled), end + 1)
  }
  if (sign === '$') noteVariable(text.slice(at), state.unfilled)
  add(sign, at + 1)
}

function closing(text: string, quote: string, from: number): number {
  const end = text.indexOf(quote, from)
  if (end < 0) throw unbalanced()
  return end
}

function endOfDouble(text: string, from: number): number {
  let end = from
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  if (end >= text.length) throw unbalanced()
  return end
}

function endOfAnsi(text: string, from: number): number {
  let end = from
  while (end < text.length && text[end] !== "'") end += text[end] === '\\' ? 2 : 1
  if (end >= text.length) throw unbalanced()
  return end
}

function decodeDouble(text: string, unfilled: string[]): string {
  for (const { index } of text.matchAll(/(?<!\\)(?:\\\\)*\$/g)) {
    noteVariable(text.slice(text.indexOf('$', index)), unfilled)
  }
  return text.replace(/\\([$`"\\])/g, '$1')
}

/** Bash's `$'…'`, in which browsers write what has line ends or quotes. */
function decodeAnsi(text: string): string {
  const pattern = /\\(?:x([\da-f]{1,2})|u([\da-f]{1,4})|U([\da-f]{1,8})|([0-7]{1,3})|(.))/gis
  return text.replace(pattern, (_, hex, short, long, octal, sign) => {
    const digits = [hex, short, long].find((found) => found !== undefined) as string | undefined
    if (digits !== undefined) return codePoint(parseInt(digits, 16))
    if (octal !== undefined) return codePoint(parseInt(String(octal), 8))
    return ESCAPES.get(String(sign)) ?? String(sign)
  })
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

function noteVariable(text: string, unfilled: string[]): void {
  const name = /^\$(?:\{(\w+)[^}]*\}|(\w+)|(\())/.exec(text)
  if (name) unfilled.push(name[3] === undefined ? `$${name[1] ?? name[2]}` : '$(…)')
}

/** Splits a line of `cmd`: `^` quotes one sign, `"` a word, `\"` and `""` are quotes within it. */
export function splitCmdWords(line: string): ShellWords {
  const text = line.replace(/\^\r?\n[ \t]*/g, ' ').replace(/\^(.)/gs, '$1')
  const words: string[] = []
  for (const [, quoted, bare] of text.matchAll(/"((?:\\.|""|[^"\\])*)"|([^\s"]+)/gs)) {
    words.push(bare ?? (quoted ?? '').replaceAll('""', '"').replace(/\\(["\\])/g, '$1'))
  }
  const unfilled = [...text.matchAll(/%([A-Za-z_]\w*)%/g)].map(([whole]) => whole)
  return { words, unfilled: [...new Set(unfilled)] }
}

/** Whether a line was made for `cmd`. */
export function isForCmd(line: string): boolean {
  return /\^\r?\n|\^"/.test(line)
}

function unbalanced(): EvidenceError {
  return new EvidenceError('EVIDENCE_MALFORMED', 'A quote in the command line does not end')
}
