/**
 * Changes to messages, chosen by a seed: bytes, headers and parameters that are altered, added, dropped, doubled, swapped
 * or written in another way, and messages of nothing but odd words.
 *
 * @module
 */
import type { HeaderField, SentMessage } from './messages.ts'

/** Chance that can be had again. */
export interface Chance {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  pick<T>(list: readonly T[]): T
}

/** Chance from a seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const below = (end: number): number => {
    // mulberry32: small, and good enough to pick with.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return { below, pick: (list) => list[below(list.length)]! }
}

const PIECES = [
  ...' \t\n\0%/.+&=;,?:#0aA~"\u00a0\u00e9\u212a\ud800'.split(''),
  ...'%2F|%2e|%00|%|../|//|&&|==|, |\r\n||X-Amz-Signature=|x-amz-date|Signature|Credential=|__proto__'.split(
    '|',
  ),
  'AWS4-HMAC-SHA256 ',
  'x'.repeat(300),
]
const NAMES =
  'host :authority authorization x-amz-date date x-amz-content-sha256 content-type content-length content-md5 \
x-amz-security-token x-amz-meta-a x-other constructor transfer-encoding x-amz-decoded-content-length x-amz-trailer \
x-amz-region-set'.split(' ')

/** The text with a stretch of it exchanged, taken out or doubled, or written otherwise. */
function alterText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1)
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const rest = after.slice(1 + chance.below(3))
  switch (chance.below(8)) {
    case 0:
      return before + chance.pick(PIECES) + after
    case 1:
      return before + rest
    case 2:
      return before + after.slice(0, 1 + chance.below(9)) + after
    case 3:
      return before + after.charAt(0).toUpperCase() + after.slice(1)
    case 4:
      return `${before}${after.slice(0, 1).replace(/[!-~]/, (each) => `%${each.charCodeAt(0).toString(16)}`)}${after.slice(1)}`
    case 5:
      return text.replace(/%[0-9A-F]{2}/, (each) => chance.pick([each.toLowerCase(), '+', ' ']))
    case 6:
      return before + ' ' + after
    default:
      return before + chance.pick(PIECES) + rest
  }
}

function alterTarget(target: string, chance: Chance): string {
  const [path = '', query] = target.split('?')
  if (query === undefined || chance.below(2) === 0) return alterText(target, chance)
  const pairs = query.split('&')
  const at = chance.below(pairs.length)
  const pair = pairs[at]!
  switch (chance.below(4)) {
    case 0:
      return `${path}?${[...pairs.slice(at), ...pairs.slice(0, at)].join('&')}`
    case 1:
      return `${path}?${[...pairs, chance.pick([pair, 'acl', 'versionId=2', 'a=b', ''])].join('&')}`
    case 2:
      return `${path}?${pairs.toSpliced(at, 1).join('&')}`
    default:
      return `${path}?${pairs.with(at, alterText(pair, chance)).join('&')}`
  }
}

function alterHeaders(headers: readonly HeaderField[], chance: Chance, other: SentMessage): HeaderField[] {
  if (headers.length === 0) return [chance.pick(other.headers)]
  const at = chance.below(headers.length)
  const [name, value] = headers[at]!
  switch (chance.below(8)) {
    case 0:
      return headers.toSpliced(at, 1)
    case 1:
      return headers.toSpliced(chance.below(headers.length + 1), 0, [name, value])
    case 2:
      return [...headers.slice(at), ...headers.slice(0, at)]
    case 3:
      return headers.with(at, [name.toUpperCase(), ` ${value}\t`])
    case 4:
      return [...headers, [chance.pick(NAMES), chance.pick([value, ...PIECES])]]
    case 5:
      return headers.with(at, chance.pick(other.headers))
    case 6:
      return headers.with(at, [alterText(name, chance), value])
    default:
      return headers.with(at, [name, alterText(value, chance)])
  }
}

function alterBody(body: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(body.length + 1)
  const [before, after] = [body.subarray(0, at), body.subarray(at)]
  const parts = [
    [before, Buffer.of(chance.below(256)), after],
    [before, after.subarray(1)],
    [before, Buffer.of((after[0] ?? 0) ^ (1 + chance.below(255))), after.subarray(1)],
    [before],
    [before, after.subarray(0, chance.below(80)), after],
    [before, Buffer.from(chance.pick(['\r\n', '0', ';', '&a=b', '\0', '--'])), after],
  ]
  return Buffer.concat(chance.pick(parts))
}

/** A message with one to three changes; parts of another one may come into it. */
export function mutate(message: SentMessage, chance: Chance, other: SentMessage): SentMessage {
  let changed = message
  for (let left = chance.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const { method, target, headers, body } = changed
    const place = chance.below(body === undefined ? 10 : 13)
    if (place === 0)
      changed = { ...changed, method: chance.pick([alterText(method, chance), 'GET', 'PUT', 'POST']) }
    else if (place < 5) changed = { ...changed, target: alterTarget(target, chance) }
    else if (place < 10) changed = { ...changed, headers: alterHeaders(headers, chance, other) }
    else changed = { ...changed, body: alterBody(body!, chance) }
  }
  return changed
}

/** A message of words out of other messages, and of odd ones. */
export function jumble(words: readonly string[], chance: Chance): SentMessage {
  const text = (): string =>
    Array.from({ length: chance.below(6) }, () => chance.pick(chance.below(3) ? words : PIECES)).join('')
  const field = (): HeaderField => [chance.below(4) ? chance.pick(NAMES) : text(), text()]
  return {
    method: chance.pick(['GET', 'PUT', 'POST', text()]),
    target:
      chance.pick(['/', '/b/k', '']) +
      text() +
      chance.pick(['', '?', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&']) +
      text(),
    headers: Array.from({ length: chance.below(9) }, field),
    ...(chance.below(2) && { body: Buffer.from(text()) }),
  }
}
