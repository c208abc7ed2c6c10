/**
 * The server's own canonical request and string to sign, out of its error document. A copy that was damaged is mended
 * where that can be proven: the string to sign ends in the hash of the canonical request.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */
import { hashText, textOfBytes } from './canonical-parts.ts'

/** What a server says it computed. */
export interface Echo {
  /**
   * `sound`: hash and text agree. `repaired`: they do after mending. `damaged`: they do not, and nothing is concluded
   * from it. `partial`: there is one of the two texts only. `none`: the answer has none.
   */
  readonly state: 'sound' | 'repaired' | 'damaged' | 'partial' | 'none'
  /** As a byte string. It may hold a session token. */
  readonly canonicalRequest?: string | undefined
  readonly stringToSign?: string | undefined
  /** What had to be mended, for people. */
  readonly repair?: string | undefined
}

interface Reading {
  readonly repair: string
  readonly text: string
}

const MESSAGE_FORM =
  /The Canonical String for this request should have been(?:\r?\n|\\n|\s)+'([\s\S]*?)'(?:\r?\n|\\n|\s)+The String-to-Sign should have been(?:\r?\n|\\n|\s)+'([\s\S]*?)'/
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
])
const LIMIT = 1 << 20

/** Reads the echo of an error document. */
export function readEcho(body: Uint8Array | undefined): Echo {
  if (!body || body.length > LIMIT) return { state: 'none' }
  const document = textOfBytes(body)
  const requests = readingsOf(document, 'CanonicalRequest', 1)
  const strings = readingsOf(document, 'StringToSign', 2)
  for (const string of strings) {
    for (const request of requests) {
      if (lastLine(string.text) !== hashText(request.text)) continue
      const repair = [request.repair, string.repair].filter(Boolean).join('; ')
      const texts = { canonicalRequest: request.text, stringToSign: string.text }
      return repair ? { state: 'repaired', ...texts, repair } : { state: 'sound', ...texts }
    }
  }
  const [request, string] = [requests[0]?.text, strings.find(({ text }) => isStringToSign(text))?.text]
  if (request === undefined && string === undefined) return { state: 'none' }
  const state = request !== undefined && string !== undefined ? 'damaged' : 'partial'
  return { state, canonicalRequest: request, stringToSign: string }
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}

function isStringToSign(text: string): boolean {
  return /^AWS4-[\w-]+\n\d{8}T\d{6}Z\n[^\n]+\n[0-9a-f]{64}$/.test(text)
}

/** All ways to read one of the two texts, the surest first: its bytes in hex know no damage by XML or editors. */
function readingsOf(document: string, element: string, group: number): Reading[] {
  const hex = elementOf(document, `${element}Bytes`)?.trim()
  const readings: Reading[] = []
  if (hex && /^[0-9a-f\s]+$/i.test(hex)) readings.push({ repair: '', text: textOfHex(hex) })
  const raw = elementOf(document, element)
  const text = raw === undefined ? textInMessage(document, group) : unescapeXml(raw)
  return text === undefined ? readings : [...readings, ...mended(text)]
}

function elementOf(document: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^]*?)</${name}>`).exec(document)?.[1]
}

/** Services other than S3 put both texts into their message. */
function textInMessage(document: string, group: number): string | undefined {
  const message = messageOfJson(document)
  const found = MESSAGE_FORM.exec(message ?? document) ?? MESSAGE_FORM.exec(unescapeXml(document))
  const text = found?.[group]
  return text === undefined || message !== undefined ? text : unescapeXml(text)
}

function textOfHex(hex: string): string {
  const pairs = hex.replace(/\s+/g, '').match(/../g) ?? []
  return pairs.map((pair) => String.fromCharCode(parseInt(pair, 16))).join('')
}

/** What the text may have been before it was copied. */
function* mended(text: string): Generator<Reading> {
  yield { repair: '', text }
  const steps: [string, (text: string) => string][] = [
    ['line ends were CRLF', (from) => from.replaceAll('\r', '')],
    ['line ends stood as \\n', (from) => from.replaceAll(/\\r?\\?n/g, '\n').replaceAll('\\"', '"')],
    ['entities stood twice', unescapeXml],
    ['lines were indented', (from) => from.replaceAll(/\n[ \t]+/g, '\n').trim()],
    ['blanks or line ends stood around it', (from) => from.trim()],
    ['the empty query line was lost', (from) => from.replace(/^([^\n]*\n[^\n]*\n)(?!\n)/, '$1\n')],
    ['empty lines were lost', (from) => withEmptyLines(from)],
  ]
  for (const [repair, step] of steps) {
    const next = step(text)
    if (next !== text) yield { repair, text: next }
  }
  let all = text
  for (const [, step] of steps.slice(0, 5)) all = step(all)
  yield { repair: 'line ends, entities and blanks were changed', text: all }
  yield { repair: 'line ends, entities, blanks and empty lines were changed', text: withEmptyLines(all) }
}

/** Puts the two empty lines back that editors and terminals take out: an empty query, and the end of the headers. */
function withEmptyLines(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '')
  const firstHeader = lines.findIndex((line, index) => index > 1 && /^[a-z][\w.-]*:/.test(line))
  const query = firstHeader === 2 ? [''] : []
  return [...lines.slice(0, 2), ...query, ...lines.slice(2, -2), '', ...lines.slice(-2)].join('\n')
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|quot|apos|amp));/gi,
    (whole, hex, digits, name) => {
      if (name) return ENTITIES.get(String(name).toLowerCase()) ?? whole
      const point = hex ? parseInt(String(hex), 16) : Number(digits)
      return point <= 0xff ? String.fromCharCode(point) : whole
    },
  )
}

/** The message of a JSON document. */
function messageOfJson(document: string): string | undefined {
  try {
    const read: unknown = JSON.parse(document)
    if (typeof read !== 'object' || read === null) return undefined
    for (const [name, value] of Object.entries(read)) {
      if (/^(?:message|detailedmessage)$/i.test(name) && typeof value === 'string') return value
    }
  } catch {
    // No JSON, or a damaged one: the text is looked at as it stands.
  }
  return undefined
}
