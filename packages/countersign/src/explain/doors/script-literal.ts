/**
 * Literals of JavaScript, as far as a pasted call of `fetch` has them: strings in any quotes, objects, lists, numbers,
 * and `JSON.stringify(…)` around one of them. Nothing is run.
 *
 * @module
 */
import { EvidenceError } from '../../errors.ts'

/** A literal's value. */
export type LiteralValue = string | number | boolean | null | LiteralValue[] | Map<string, LiteralValue>

/** Deep enough for any request, shallow enough for the stack. */
const DEPTH = 40

/**
 * Reads a literal, and says where it ends.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`
 */
export function readLiteral(text: string, start: number): { value: LiteralValue; end: number } {
  const reader = new LiteralReader(text, start)
  const value = reader.value(0)
  return { value, end: reader.at }
}

/** A literal as JSON, as `JSON.stringify` writes it. */
function toJson(value: LiteralValue): string {
  const plain = (part: LiteralValue): unknown => {
    if (part instanceof Map) {
      const fields = [...part].map(([key, field]) => [key, plain(field)] as const)
      return Object.fromEntries(fields)
    }
    return Array.isArray(part) ? part.map(plain) : part
  }
  return JSON.stringify(plain(value))
}

class LiteralReader {
  at: number
  readonly #text: string

  constructor(text: string, start: number) {
    this.#text = text
    this.at = start
  }

  value(depth: number): LiteralValue {
    if (depth > DEPTH) throw malformed(this.at)
    const sign = this.#peek()
    if (sign === '{') return this.#object(depth)
    if (sign === '[') return this.#list(depth)
    if (/["'`]/.test(sign)) return this.#string()
    const word = /^[\w.$+-]+/.exec(this.#text.slice(this.at, this.at + 200))?.[0] ?? ''
    this.at += word.length
    if (word === 'JSON.stringify') return this.#stringified(depth)
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null' || word === 'undefined') return null
    const number = Number(word)
    if (word === '' || Number.isNaN(number)) throw malformed(this.at)
    return number
  }

  #stringified(depth: number): string {
    this.#take('(')
    const value = this.value(depth + 1)
    this.#take(')')
    return toJson(value)
  }

  #object(depth: number): Map<string, LiteralValue> {
    const fields = new Map<string, LiteralValue>()
    this.#take('{')
    while (this.#peek() !== '}') {
      const key = /["'`]/.test(this.#peek()) ? this.#string() : this.#name()
      this.#take(':')
      fields.set(key, this.value(depth + 1))
      if (this.#peek() === ',') this.at += 1
    }
    this.at += 1
    return fields
  }

  #list(depth: number): LiteralValue[] {
    const items: LiteralValue[] = []
    this.#take('[')
    while (this.#peek() !== ']') {
      items.push(this.value(depth + 1))
      if (this.#peek() === ',') this.at += 1
    }
    this.at += 1
    return items
  }

  #name(): string {
    const name = /^[\w$]+/.exec(this.#text.slice(this.at, this.at + 200))?.[0]
    if (name === undefined) throw malformed(this.at)
    this.at += name.length
    return name
  }

  #string(): string {
    const quote = this.#peek()
    const start = (this.at += 1)
    while (this.at < this.#text.length && this.#text[this.at] !== quote) {
      this.at += this.#text[this.at] === '\\' ? 2 : 1
    }
    if (this.at >= this.#text.length) throw malformed(start)
    const raw = this.#text.slice(start, this.at)
    this.at += 1
    return unescapeScript(raw)
  }

  /** The next sign that is no white space. */
  #peek(): string {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at += 1
    if (this.at >= this.#text.length) throw malformed(this.at)
    return this.#text[this.at] ?? ''
  }

  #take(sign: string): void {
    if (this.#peek() !== sign) throw malformed(this.at)
    this.at += 1
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['0', '\0'],
  ['\n', ''],
])

/** The text that a literal of JavaScript stands for. */
export function unescapeScript(raw: string): string {
  const pattern = /\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|x([\da-f]{2})|(.))/gis
  return raw.replace(pattern, (_, point, unit, byte, sign) => {
    const digits = [unit, byte].find((found) => found !== undefined) as string | undefined
    if (digits !== undefined) return String.fromCharCode(parseInt(digits, 16))
    if (point !== undefined) {
      const code = parseInt(String(point), 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    }
    return ESCAPES.get(String(sign)) ?? String(sign)
  })
}

function malformed(at: number): EvidenceError {
  return new EvidenceError(
    'EVIDENCE_MALFORMED',
    `The call of fetch cannot be read from its sign ${at + 1} on`,
  )
}
