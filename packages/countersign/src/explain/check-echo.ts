/**
 * Checks the server's own canonical request and string to sign, as its error document has them, before anything is
 * concluded from them: the string to sign ends in the hash of the canonical request. A copy that was damaged is mended
 * where that hash proves that it was mended right.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */
import { MAX_DOCUMENT, readErrorAnswer, type ErrorAnswer } from '../answers/error-answer.ts'
import { byteString, hashText, textOfBytes } from './canonical-parts.ts'
import type { ObservedAnswer } from './evidence.ts'

/** How far an echo can be relied on. */
export interface EchoState {
  /**
   * `sound`: hash and text agree. `repaired`: they do after mending. `damaged`: they do not, and nothing is concluded
   * from it. `partial`: there is one of the two texts only. `foreign`: they are of a request with another signature
   * or date, and nothing is concluded from them. `none`: the answer has none.
   */
  readonly state: 'sound' | 'repaired' | 'damaged' | 'partial' | 'foreign' | 'none'
  /** What had to be mended, for people. */
  readonly repair?: string | undefined
}

/** What a server says it computed, checked. */
export interface CheckedEcho extends EchoState {
  /** As a byte string. It may hold a session token. */
  readonly canonicalRequest?: string | undefined
  readonly stringToSign?: string | undefined
}

interface Reading {
  readonly repair: string
  readonly text: string
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
])
const MESSAGE_FORM =
  /The Canonical String for this request should have been(?:\r?\n|\\n|\s)+'([\s\S]*?)'(?:\r?\n|\\n|\s)+The String-to-Sign should have been(?:\r?\n|\\n|\s)+'([\s\S]*?)'/

/** Checks the echo of an answer. */
export function checkEcho(observed: ObservedAnswer | undefined): CheckedEcho {
  if (!observed) return { state: 'none' }
  const answer = readErrorAnswer(observed)
  const { canonicalRequest, stringToSign } = answer
  if (
    canonicalRequest !== undefined &&
    stringToSign !== undefined &&
    isPair(canonicalRequest, stringToSign)
  ) {
    return { state: 'sound', canonicalRequest, stringToSign }
  }
  return mendEcho(answer, observed.body?.subarray(0, MAX_DOCUMENT) ?? new Uint8Array())
}

function isPair(canonicalRequest: string, stringToSign: string): boolean {
  return isStringToSign(stringToSign) && stringToSign.endsWith(`\n${hashText(canonicalRequest)}`)
}

function mendEcho(answer: ErrorAnswer, body: Uint8Array): CheckedEcho {
  const document = textOfBytes(body)
  const requests = readingsOf(document, answer, 'CanonicalRequest')
  const strings = readingsOf(document, answer, 'StringToSign')
  for (const string of strings) {
    for (const request of requests) {
      if (!isPair(request.text, string.text)) continue
      const repair = [...new Set([request.repair, string.repair])].filter(Boolean).join('; ')
      return { state: 'repaired', canonicalRequest: request.text, stringToSign: string.text, repair }
    }
  }
  const [request, string] = [requests[0]?.text, strings.find(({ text }) => isStringToSign(text))?.text]
  if (request === undefined && string === undefined) return { state: 'none' }
  const state = request !== undefined && string !== undefined ? 'damaged' : 'partial'
  return { state, canonicalRequest: request, stringToSign: string }
}

function isStringToSign(text: string): boolean {
  return /^AWS4-[\w-]+\n\d{8}T\d{6}Z\n[^\r\n]+\n[0-9a-f]{64}$/.test(text)
}

/** All ways to read one of the two texts, the surest first. */
function readingsOf(
  document: string,
  { fields, canonicalRequest, stringToSign }: ErrorAnswer,
  element: 'CanonicalRequest' | 'StringToSign',
): Reading[] {
  const isRequest = element === 'CanonicalRequest'
  const read = isRequest ? canonicalRequest : stringToSign
  const field = fields.get(element)
  // A document that is cut off, or whose elements cannot be told apart any more, is searched as it stands.
  const cut =
    new RegExp(`<${element}>([^]*?)(?:</|$)`).exec(document)?.[1] ?? messageText(document, isRequest ? 1 : 2)
  const texts = [
    read,
    field === undefined ? undefined : byteString(field),
    field,
    cut && unescapeXml(cut),
    cut,
  ]
  return [...new Set(texts)].flatMap((text) => (text === undefined ? [] : [...mended(text)]))
}

function messageText(document: string, group: number): string | undefined {
  const found = MESSAGE_FORM.exec(document) ?? MESSAGE_FORM.exec(unescapeXml(document))
  return found?.[group]
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
