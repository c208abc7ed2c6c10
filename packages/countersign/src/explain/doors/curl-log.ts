/**
 * What `curl -v`, `--trace-ascii` and `--trace` print: the request as it went out, and the answer. Of several
 * exchanges in one log the last one is taken.
 *
 * @see {@link https://curl.se/docs/manpage.html#-v}
 * @module
 */
import { bytesOfHex, bytesOfText } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import { readHeaderLines } from './raw-http.ts'
import type { ObservedAnswer, ObservedRequest } from '../evidence.ts'
import type { Reading } from './reading.ts'
import { byteString, headerOf } from './text.ts'

/** Pieces of one exchange, as they are found. */
interface Exchange {
  request: string[]
  answer: string[]
  sent: string
  received: string
}

const VERBOSE = /^(?:> [A-Z]+ \S+ HTTP\/|< HTTP\/\d)/m
const TRACE = /^(?:\d\d:\d\d:\d\d\.\d+ )?(?:=> Send header|<= Recv header|== Info: )/m
/** Newer curls show what they sign. */
const SIGNED = /aws_sigv4: (Canonical request|String to sign) \(enclosed in \[\]\) - \[([^\]]*)\]/g

/** Whether a text is such a log. */
export function looksLikeCurlLog(text: string): boolean {
  return VERBOSE.test(text) || TRACE.test(text)
}

/**
 * Reads such a log.
 *
 * @param log a byte string
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED` without a request and an answer
 */
export function readCurlLog(log: string): Reading {
  const notes: string[] = []
  const exchanges = TRACE.test(log) ? readTrace(log, notes) : readVerbose(log)
  const last = exchanges.at(-1)
  if (!last || (last.request.length === 0 && last.answer.length === 0)) {
    throw new EvidenceError('EVIDENCE_MALFORMED', 'The log of curl shows neither a request nor an answer')
  }
  if (exchanges.length > 1) notes.push(`The log has ${exchanges.length} exchanges; the last one is read`)
  const wire = requestOf(last, log)
  const answer = answerOf(last)
  return { form: 'curl-log', request: wire, wire, signed: signedOf(log), answer, notes }
}

function signedOf(log: string): Reading['signed'] {
  const found = new Map([...log.matchAll(SIGNED)].map(([, what = '', text = '']) => [what, text]))
  const canonicalRequest = found.get('Canonical request')
  const stringToSign = found.get('String to sign')
  if (canonicalRequest === undefined && stringToSign === undefined) return undefined
  return {
    ...(canonicalRequest !== undefined && { canonicalRequest }),
    ...(stringToSign !== undefined && { stringToSign }),
  }
}

function emptyExchange(): Exchange {
  return { request: [], answer: [], sent: '', received: '' }
}

/** The lines with `>`, `<`, `*`; whatever has none of them in front is the body of the answer. */
function readVerbose(log: string): Exchange[] {
  const exchanges: Exchange[] = []
  let current = emptyExchange()
  const body: string[] = []
  const finish = (): void => {
    const text = body
      .splice(0)
      .join('\n')
      .replace(/\* (?:Connection #\d+ to host|Closing connection).*$/s, '')
    // With -i or -I the head of the answer stands before its body, too.
    current.received = text.replace(/^(?:HTTP\/\d[^\n]*\n(?:[^\n]+\n)*\n?)+/, '').replace(/^\n$/, '')
    if (current.request.length > 0 || current.answer.length > 0) exchanges.push(current)
    current = emptyExchange()
  }
  for (const line of log.split(/\r?\n/)) {
    const [, mark, text = ''] = /^([<>*{}])(?: (.*))?$/s.exec(line) ?? []
    if (mark === '>' && /^[A-Z]+ \S.* HTTP\/\d/.test(text) && current.answer.length > 0) finish()
    // 100 Continue, or an answer of a proxy, is followed by the one that counts.
    if (mark === '<' && /^HTTP\/\d/.test(text)) current.answer = []
    if (mark === '>') current.request.push(text)
    else if (mark === '<') current.answer.push(text)
    else if (mark === undefined || (mark !== '*' && !/^\[\d+ bytes data\]$/.test(text))) {
      if (current.answer.length > 0) body.push(line)
    }
  }
  finish()
  return exchanges
}

/** Blocks such as `=> Send header, 24 bytes (0x18)`, with lines of offset and text, or offset, hex and text. */
function readTrace(log: string, notes: string[]): Exchange[] {
  const exchanges: Exchange[] = []
  let current = emptyExchange()
  for (const { kind, bytes, isHex } of traceBlocks(log)) {
    if (kind === 'Send header') {
      if (current.answer.length > 0) exchanges.push(current)
      if (current.answer.length > 0) current = emptyExchange()
      current.request.push(...linesOf(bytes))
    } else if (kind === 'Recv header') {
      if (/^HTTP\/\d/.test(bytes)) current.answer = []
      current.answer.push(...linesOf(bytes))
    } else if (kind === 'Send data') {
      current.sent += bytes
    } else {
      current.received += bytes
    }
    if (!isHex && kind.endsWith('data') && bytes.includes('.')) {
      const hint = '--trace-ascii writes dots where bodies have line ends; --trace keeps all bytes'
      if (!notes.includes(hint)) notes.push(hint)
    }
  }
  exchanges.push(current)
  return exchanges
}

function linesOf(bytes: string): string[] {
  return bytes.replace(/\r?\n$/, '').split(/\r?\n/)
}

interface TraceBlock {
  readonly kind: string
  readonly bytes: string
  readonly isHex: boolean
}

function* traceBlocks(log: string): Generator<TraceBlock> {
  const start =
    /^(?:\d\d:\d\d:\d\d\.\d+ )?(?:=>|<=) (Send header|Recv header|Send data|Recv data), (\d+) bytes.*\n((?:[\da-f]{4,8}: ?.*\n?)*)/gim
  for (const [, kind = '', size = '0', block = ''] of log.matchAll(start)) {
    const lines = block.split(/\r?\n/).filter((line) => /^[\da-f]{4,8}:/.test(line))
    const isHex = lines.length > 0 && lines.every((line) => /^[\da-f]{4,8}: (?:[\da-f]{2} ){1,16}/.test(line))
    yield { kind, isHex, bytes: isHex ? joinHex(lines, Number(size)) : joinAscii(lines, Number(size)) }
  }
}

function joinHex(lines: readonly string[], size: number): string {
  const hex = lines.map((line) => /: ((?:[\da-f]{2} ){1,16})/.exec(line)?.[1]?.replaceAll(' ', '') ?? '')
  return byteString(bytesOfHex(hex.join('').slice(0, size * 2)))
}

/** Between two lines there is a line end where the offset has moved by two more than the text is long. */
function joinAscii(lines: readonly string[], size: number): string {
  let text = ''
  for (const [index, line] of lines.entries()) {
    const piece = line.replace(/^[\da-f]{4,8}: /, '')
    const end = /^[\da-f]+/.exec(lines[index + 1] ?? '')
    const next = end ? parseInt(end[0], 16) : size
    text += piece
    if (next - text.length === 2) text += '\r\n'
  }
  return text
}

function requestOf({ request, sent }: Exchange, log: string): ObservedRequest | undefined {
  const [first = '', ...lines] = request
  const [, method, target] = /^([A-Z]+) (\S.*?) HTTP\/\d/.exec(first) ?? []
  if (method === undefined || target === undefined) return undefined
  const headers = readHeaderLines(lines.filter((line) => line.trim() !== ''))
  const isSecure = /SSL connection using|port 443\b|TLS handshake|ALPN/.test(log)
  return {
    method,
    target,
    headers,
    body: sent === '' ? undefined : bytesOfText(sent),
    protocol: isSecure ? 'https' : 'http',
    host: headerOf(headers, 'host'),
  }
}

function answerOf({ answer, received }: Exchange): ObservedAnswer | undefined {
  const [first = '', ...lines] = answer
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(first)?.[1]
  if (status === undefined) return undefined
  const headers = readHeaderLines(lines.filter((line) => line.trim() !== ''))
  const isChunked = /chunked/i.test(headerOf(headers, 'transfer-encoding') ?? '')
  const body = isChunked ? joinChunks(received) : received
  return { status: Number(status), headers, body: body === '' ? undefined : bytesOfText(body) }
}

/** Takes the framing of chunks away, which a trace shows and `-v` does not. */
export function joinChunks(text: string): string {
  const pieces: string[] = []
  let at = 0
  for (;;) {
    const head = /^([\da-f]+)(?:;[^\r\n]*)?\r\n/i.exec(text.slice(at, at + 100))
    if (!head) return at === 0 ? text : pieces.join('')
    const size = parseInt(head[1] ?? '0', 16)
    if (size === 0) return pieces.join('')
    at += head[0].length
    pieces.push(text.slice(at, at + size))
    at += size + 2
  }
}
