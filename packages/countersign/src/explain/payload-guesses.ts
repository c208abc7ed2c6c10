/**
 * What a body may have been when it was hashed: without its last line end, printed anew, unpacked, empty. A guess whose
 * hash is the one in question proves what happened.
 *
 * @module
 */
import { bytesOfText, utf8 } from '../core/bytes.ts'
import { EMPTY_SHA256, UNSIGNED_PAYLOAD } from '../core/names.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { textOfBytes } from './canonical-parts.ts'
import { joinChunks } from './chunk-frames.ts'
import { gunzip } from './inflate.ts'

/** What kind of change a guess is. */
export type GuessKind = 'changed' | 'empty' | 'gzip' | 'multipart' | 'framing' | 'unsigned'

/** One guess. */
export interface PayloadGuess {
  readonly kind: GuessKind
  /** What the body would be, for people: `without its final line end`. */
  readonly note: string
  /** SHA-256 in hex, or a keyword. */
  readonly hash: string
}

type Variant = readonly [kind: GuessKind, note: string, bytes: Uint8Array | string]

/**
 * All guesses about a body, those that change nothing left out.
 *
 * @param boundaries boundaries of multipart forms that other accounts of the request have
 * @param limit longest body that is looked at, in bytes
 */
export function guessPayloads(
  body: Uint8Array | undefined,
  boundaries: readonly string[],
  limit: number,
): PayloadGuess[] {
  const keywords: PayloadGuess[] = [
    { kind: 'empty', note: 'empty', hash: EMPTY_SHA256 },
    { kind: 'unsigned', note: 'left out of the signature', hash: UNSIGNED_PAYLOAD },
    { kind: 'unsigned', note: 'in chunks without signatures', hash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
    { kind: 'framing', note: 'in signed chunks', hash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
    { kind: 'unsigned', note: 'missing from the canonical request', hash: '' },
  ]
  if (body === undefined || body.length > limit) return keywords
  const { hashHex } = defaultSha256()
  const own = hashHex(body)
  const guesses = new Map(keywords.map((guess) => [guess.hash, guess]))
  for (const [kind, note, data] of variantsOf(body, boundaries, limit)) {
    const bytes = typeof data === 'string' ? utf8(data) : data
    const hash = hashHex(bytes)
    if (!guesses.has(hash)) guesses.set(hash, { kind, note, hash })
  }
  guesses.set(own.toUpperCase(), {
    kind: 'changed',
    note: 'the same, its hash in capitals',
    hash: own.toUpperCase(),
  })
  const twice = hashHex(own)
  guesses.set(twice, { kind: 'changed', note: 'its hash, hashed once more', hash: twice })
  guesses.delete(own)
  return [...guesses.values()]
}

function* variantsOf(body: Uint8Array, boundaries: readonly string[], limit: number): Generator<Variant> {
  const unpacked = gunzip(body, limit)
  if (unpacked) yield ['gzip', 'unpacked from gzip', unpacked]
  const joined = joinChunks(body)
  if (joined) yield ['framing', 'without the frames of its chunks', joined]
  const raw = textOfBytes(body)
  for (const boundary of boundaries) yield* withBoundary(raw, boundary)
  for (const [note, text] of rawVariants(raw)) yield ['changed', note, bytesOfText(text)]
  const text = new TextDecoder().decode(body)
  yield ['changed', 'with bytes that are no UTF-8 replaced', text]
  yield ['changed', 'in latin-1', bytesOfText(text.replace(/[^\0-\xff]/g, '?'))]
  yield ['changed', 'encoded as UTF-8 a second time', raw]
  yield ['changed', 'with a byte order mark', `\ufeff${text}`]
  yield ['changed', 'without its byte order mark', text.replace(/^\ufeff/, '')]
  for (const literal of [
    'undefined',
    'null',
    'None',
    '{}',
    '""',
    '[object Object]',
    '[object ReadableStream]',
    '[object Blob]',
  ]) {
    yield ['changed', `the text ${literal}`, literal]
  }
  for (const [note, form] of formVariants(text)) yield ['changed', note, form]
  for (const [note, json] of jsonVariants(text)) yield ['changed', note, json]
}

function* withBoundary(raw: string, boundary: string): Generator<Variant> {
  const [, own] = /^--([^\r\n]{1,70}?)\r?\n/.exec(raw) ?? []
  if (own && own !== boundary) {
    yield ['multipart', 'with another boundary', bytesOfText(raw.replaceAll(own, boundary))]
  }
}

function rawVariants(raw: string): [note: string, text: string][] {
  return [
    ['with a final line end', `${raw}\n`],
    ['with a final CRLF', `${raw}\r\n`],
    ['without its final line end', raw.replace(/\r?\n$/, '')],
    ['without blanks and line ends around it', raw.trim()],
    ['with LF for CRLF', raw.replaceAll('\r\n', '\n')],
    ['without line ends', raw.replace(/[\r\n]+/g, '')],
    ['with CRLF for LF', raw.replace(/\r?\n/g, '\r\n')],
    ['with its first 64 KiB alone', raw.slice(0, 65_536)],
    ['in base64', btoa(raw)],
    ['twice', raw + raw],
  ]
}

function formVariants(text: string): [note: string, form: string][] {
  if (!/^[^=&\s]+=/.test(text)) return []
  const encoded = new URLSearchParams(text).toString()
  return [
    ['with the form encoded anew', encoded],
    ['with the form encoded anew, blanks as %20', encoded.replaceAll('+', '%20')],
    ['with + for %20', text.replaceAll('%20', '+')],
    ['with %20 for +', text.replaceAll('+', '%20')],
    ['with the form decoded', decodeForm(text)],
  ]
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function jsonVariants(text: string): [note: string, json: string][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  const compact = JSON.stringify(value)
  const sorted = JSON.stringify(sortKeys(value))
  return [
    ['with its JSON printed compactly', compact],
    ['with its JSON printed with blanks', spaced(value)],
    ['with its JSON indented by 2', JSON.stringify(value, undefined, 2)],
    ['with its JSON indented by 4', JSON.stringify(value, undefined, 4)],
    ['with the keys of its JSON sorted', sorted],
    ['with the keys of its JSON sorted, and blanks', spaced(sortKeys(value))],
    ['with its JSON in ASCII', inAscii(compact)],
    ['with its JSON in ASCII, and blanks', inAscii(spaced(value))],
    ['as a JSON text in a JSON text', JSON.stringify(text)],
    ['as a JSON text in a JSON text, compact', JSON.stringify(compact)],
    ...(typeof value === 'string' ? [['taken out of its JSON text', value] as [string, string]] : []),
  ]
}

/** As Python prints it: a blank behind each comma and colon. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${spaced(each)}`)
    .join(', ')}}`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sortKeys(each)]),
  )
}

function inAscii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
