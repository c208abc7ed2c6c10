/**
 * HTTP/1.1 as it stands on the wire: a request, an answer, or one behind the other in one text.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-2}
 * @module
 */
import { EvidenceError } from '../../errors.ts'
import type { ObservedAnswer, ObservedRequest } from '../evidence.ts'
import type { Reading } from './reading.ts'
import { byteString, headerOf } from './text.ts'

const REQUEST_LINE = /^(\S+) ((?:\/|https?:\/\/|\*).*?)(?: HTTP\/\d(?:\.\d)?)?$/i
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})(?: .*)?$/
const ANSWER = /^HTTP\/\d(?:\.\d)? \d{3}[ \r\n]/
const LONGEST_MARGIN = 1024
const LINE_FEED = 10
const LETTER_H = 72
/** A head that is longer is none; bodies may be as long as they like, and are not made into text. */
const LONGEST_HEAD = 1024 * 1024
const HEADER = /^([^:]*):(.*)$/s

/** Something to know of a request that was read nevertheless. */
export interface RequestNote {
  readonly code: 'BODY_CHUNKED' | 'LINE_END_CUT' | 'BODY_LENGTH_DIFFERS'
  readonly message: string
}

/** A request, and what was not taken as it stood. */
export interface RawRequest {
  readonly request: ObservedRequest & { readonly body: Uint8Array }
  readonly notes: readonly RequestNote[]
}

/**
 * Reads a request. Lines may end in CR LF or in LF; the body is the bytes behind the empty line.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`
 */
export function parseRawRequest(bytes: Uint8Array): RawRequest {
  const { first, lines, body } = splitHead(bytes)
  const [, method = '', target = ''] = REQUEST_LINE.exec(first) ?? []
  if (target === '') throw malformed('the first line is no request line such as GET / HTTP/1.1')
  const headers = readHeaderLines(lines)
  const notes: RequestNote[] = []
  return { request: { method, target, headers, body: framedBody(body, headers, notes) }, notes }
}

/**
 * Reads an answer.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`
 */
export function parseRawAnswer(bytes: Uint8Array): ObservedAnswer {
  const { first, lines, body } = splitHead(bytes)
  const status = STATUS_LINE.exec(first)?.[1]
  if (status === undefined) throw malformed('the first line is no status line such as HTTP/1.1 403 Forbidden')
  return { status: Number(status), headers: readHeaderLines(lines), body }
}

/** Whether a text begins as a request or an answer does. */
export function looksRaw(text: string): boolean {
  const first = text.split(/\r?\n/, 1)[0] ?? ''
  return STATUS_LINE.test(first) || /^[A-Z]+ (?:\/|https?:\/\/|\*).* HTTP\/\d(?:\.\d)?$/.test(first)
}

/**
 * Reads a request, an answer, or a request with its answer behind it.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`
 */
export function readRawHttp(bytes: Uint8Array): Reading {
  const beginning = byteString(bytes.subarray(0, LONGEST_HEAD))
  if (STATUS_LINE.test(beginning.split(/\r?\n/, 1)[0] ?? '')) {
    return { form: 'http', answer: parseRawAnswer(bytes), notes: [] }
  }
  const framed = endOfFramed(beginning, bytes)
  if (framed !== undefined) {
    const { request } = parseRawRequest(bytes.subarray(0, framed.end))
    return { form: 'http', request, answer: parseRawAnswer(bytes.subarray(framed.answer)), notes: [] }
  }
  const at = startOfAnswer(bytes)
  const { request, notes } = parseRawRequest(at === undefined ? bytes : trimEnd(bytes.subarray(0, at)))
  const answer = at === undefined ? undefined : parseRawAnswer(bytes.subarray(at))
  return { form: 'http', request: request, answer, notes: notes.map(({ message }) => message) }
}

/** Where a request ends whose length its head tells, and the answer behind it begins; of its beginning as text. */
function endOfFramed(text: string, bytes: Uint8Array): { end: number; answer: number } | undefined {
  const blank = /\r?\n\r?\n/.exec(text)
  if (!blank) return undefined
  const length = /^content-length:[ \t]*(\d{1,9})[ \t]*\r?$/im.exec(text.slice(0, blank.index))?.[1]
  if (length === undefined) return undefined
  const end = blank.index + blank[0].length + Number(length)
  const between = /^(?:\r?\n(?:#{3,}.*)?){0,9}(?=HTTP\/\d(?:\.\d)? \d{3}[ \r\n])/.exec(
    byteString(bytes.subarray(end, end + LONGEST_MARGIN)),
  )
  return between ? { end, answer: end + between[0].length } : undefined
}

function startOfAnswer(bytes: Uint8Array): number | undefined {
  let at = 0
  do {
    const mayBe = bytes[at] === LETTER_H
    if (mayBe && ANSWER.test(byteString(bytes.subarray(at, at + 16)))) return at
    at = bytes.indexOf(LINE_FEED, at) + 1
  } while (at > 0)
  return undefined
}

/** The blank line in front of the answer, and a line of hashes that editors put there. */
function trimEnd(bytes: Uint8Array): Uint8Array {
  const [margin = ''] = /(?:\r?\n(?:#{3,}.*)?)*$/.exec(byteString(bytes.subarray(-LONGEST_MARGIN))) ?? []
  const trimmed = bytes.subarray(0, bytes.length - margin.length)
  // A request without a body ends in its own blank line.
  const isHeadAlone = !/\r?\n\r?\n[^\r\n]/.test(byteString(trimmed.subarray(0, LONGEST_HEAD)))
  return isHeadAlone ? bytes : trimmed
}

function splitHead(bytes: Uint8Array): { first: string; lines: string[]; body: Uint8Array } {
  const text = byteString(bytes.subarray(0, LONGEST_HEAD))
  const blank = /\r?\n\r?\n/.exec(text)
  if (!blank && bytes.length > LONGEST_HEAD) {
    throw malformed(`no empty line ends the head within its first ${LONGEST_HEAD} bytes`)
  }
  const head = blank ? text.slice(0, blank.index) : text.replace(/\r?\n$/, '')
  const [first = '', ...lines] = head.split(/\r?\n/)
  return { first, lines, body: blank ? bytes.subarray(blank.index + blank[0].length) : new Uint8Array() }
}

/**
 * Reads the lines of a head.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED`, with the number of the line and nothing of what it holds
 */
export function readHeaderLines(lines: readonly string[]): [string, string][] {
  const headers: [string, string][] = []
  for (const [index, line] of lines.entries()) {
    const last = headers.at(-1)
    // A folded line belongs to the one above.
    if (/^[ \t]/.test(line) && last) {
      last[1] += ` ${line.trim()}`
      continue
    }
    const [, name, value = ''] = HEADER.exec(line) ?? []
    if (name === undefined) throw malformed(`line ${index + 2} is no header`)
    headers.push([name, value.trim()])
  }
  return headers
}

/** What an editor added at the end of the file is not part of the body. */
function framedBody(
  body: Uint8Array,
  headers: readonly (readonly [string, string])[],
  notes: RequestNote[],
): Uint8Array {
  if (headerOf(headers, 'transfer-encoding') !== undefined) {
    const message = 'transfer-encoding is not decoded: give the body as it was before it'
    notes.push({ code: 'BODY_CHUNKED', message })
  }
  const told = headerOf(headers, 'content-length')
  // HTTPie and editors leave blank lines behind a head that announces no body.
  if (told === undefined && /^[\r\n]{1,9}$/.test(byteString(body.subarray(0, 10)))) return body.subarray(0, 0)
  const length = Number(told ?? body.length)
  if (body.length === length) return body
  if (/^[\r\n]+$/.test(byteString(body.subarray(length)))) {
    const message = 'the line end behind the body is left out, since content-length does not count it'
    notes.push({ code: 'LINE_END_CUT', message })
    return body.subarray(0, length)
  }
  const message = `content-length says ${length} bytes, and the body has ${body.length}`
  notes.push({ code: 'BODY_LENGTH_DIFFERS', message })
  return body
}

function malformed(why: string): EvidenceError {
  return new EvidenceError('EVIDENCE_MALFORMED', `This is no HTTP message: ${why}`)
}
