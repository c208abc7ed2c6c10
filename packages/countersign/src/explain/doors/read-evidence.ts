/**
 * The door: whatever somebody pasted, taken for what it is. Nothing is sent, nothing is run.
 *
 * ```ts
 * const reading = readEvidence(await readFile('refusal.log'))
 * ```
 *
 * @module
 */
import { readErrorDocument } from '../../answers/error-document.ts'
import { utf8 } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import { looksLikeCurl, readCurlLine } from './curl-line.ts'
import { looksLikeCurlLog, readCurlLog } from './curl-log.ts'
import { readEmbedded } from './embedded.ts'
import { readErrorText } from './error-text.ts'
import { looksLikeFetch, readFetchCall } from './fetch-call.ts'
import { isHar, readHar } from './har.ts'
import { plainBytes, textsWithin } from './pasted.ts'
import { looksRaw, readRawHttp } from './raw-http.ts'
import type { Reading, ReadOptions } from './reading.ts'
import { looksLikeSdkLog, readSdkLog } from './sdk-log.ts'
import { byteString, splitUrl, textOfBytes } from './text.ts'
import { looksLikeWireLog, readWireLog } from './wire-log.ts'

/** More than any log of one refusal; a HAR of a long visit may be larger. */
const MOST = 64 * 1024 * 1024

/**
 * Reads a request, an answer, or both, in any of these forms: HTTP/1.1 as on the wire, a line of curl, what `curl -v` or
 * `--trace` printed, a call of `fetch`, a HAR, a debug log of an SDK, a presigned URL, an error document of XML or JSON,
 * what a client said, or a status alone. Which it is, is found out.
 *
 * @param given a text is taken as UTF-8
 * @throws {@link EvidenceError} `EVIDENCE_UNKNOWN`, `EVIDENCE_MALFORMED`, `EVIDENCE_TOO_LARGE`
 */
export function readEvidence(given: Uint8Array | string, options: ReadOptions = {}): Reading {
  const pasted = typeof given === 'string' ? utf8(given) : given
  if (pasted.length > MOST) {
    throw new EvidenceError(
      'EVIDENCE_TOO_LARGE',
      'The text is larger than 64 MiB: cut out the exchange in question',
    )
  }
  const bytes = plainBytes(pasted)
  const text = textOfBytes(bytes)
  const reading = readForm(text, bytes, options) ?? readWithin(text, options) ?? readErrorText(text)
  if (reading) return reading
  throw new EvidenceError(
    'EVIDENCE_UNKNOWN',
    'The text is neither a request nor an answer in a form that is known: HTTP, a line or a log of curl, a call of fetch, HAR, a log of an SDK, a URL, an error of XML or JSON',
  )
}

/** A text that is in one of the forms from its beginning to its end. */
function readForm(text: string, bytes: Uint8Array, options: ReadOptions): Reading | undefined {
  const start = text.trimStart()
  if (looksLikeCurl(text)) return readCurlLine(text, options)
  if (looksLikeFetch(text)) return readFetchCall(text)
  if (/^(?:https?|wss?):\/\/\S+$/i.test(text.trim())) return readUrl(text.trim())
  if (/^[{[]/.test(start)) return readJson(text, bytes)
  if (/^<[?!]?\w/.test(start)) return readDocument(bytes)
  if (looksLikeSdkLog(text)) return readSdkLog(text)
  if (looksLikeWireLog(text)) return readWireLog(text)
  if (looksLikeCurlLog(text)) return readCurlLog(byteString(bytes))
  return looksRaw(start) ? readRawHttp(withoutMargin(bytes)) : undefined
}

/** What a text holds among other things: fenced, quoted, behind the names of programs, in a line of a log. */
function readWithin(text: string, options: ReadOptions): Reading | undefined {
  const inner = textsWithin(text)
  const readings = inner.flatMap((each) => readForm(each, utf8(each), options) ?? readEmbedded(each) ?? [])
  const [first, ...others] = readings
  if (!first) return readEmbedded(text)
  const answer = [first, ...others].find((each) => each.answer)?.answer
  return answer ? { ...first, answer } : first
}

function readDocument(bytes: Uint8Array): Reading {
  return { form: 'answer', answer: { status: 0, headers: [], body: bytes }, notes: [] }
}

function withoutMargin(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte > 0x20 && byte < 0x7f)
  return bytes.subarray(Math.max(0, start))
}

/** A URL, which is mostly a presigned one: it says nothing of its method. */
function readUrl(url: string): Reading {
  const parts = splitUrl(url.replaceAll('&amp;', '&'))
  if (!parts) throw new EvidenceError('EVIDENCE_MALFORMED', 'The URL has no host')
  const { protocol, host, target } = splitUrl(url) ?? parts
  const request = { method: 'GET', target, headers: [['host', host] as const], protocol, host }
  return { form: 'url', request, notes: [] }
}

function readJson(text: string, bytes: Uint8Array): Reading {
  let document: unknown
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    // A log of lines of JSON, an object as Node prints it, or JSON that was cut off.
    if (looksLikeSdkLog(text)) return readSdkLog(text)
    if (/^\s*\{\s*"log"\s*:/.test(text)) {
      throw new EvidenceError('EVIDENCE_MALFORMED', 'The archive is cut off or damaged: save it again, whole')
    }
    document = undefined
  }
  if (isHar(document)) return readHar(document)
  // A line of a structured log has the server's document in one of its fields.
  const isOwn = readErrorDocument(text).code !== undefined && !/(?:<|\\u003c)Error/.test(text)
  return (isOwn ? undefined : readEmbedded(text)) ?? readDocument(bytes)
}
