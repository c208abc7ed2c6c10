/**
 * HTTP/1.1 requests as bytes: written for a socket, and read from a file that somebody captured.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-2}
 * @module
 */
import type { WholeMessage } from 'countersign/verify'
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import type { AnySigned } from './any-signed.ts'

const REQUEST_LINE = /^(\S+) ((?:\/|https?:\/\/|\*).*?)(?: HTTP\/\d(?:\.\d)?)?$/i
const HEADER = /^([^:]*):(.*)$/s

/**
 * The head of a signed request, up to and with the empty line.
 *
 * @param length of the body in bytes, if there is one
 */
export function formatHead({ method, url, headers }: AnySigned, length: number | undefined): string {
  const target = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(url)?.[1] ?? ''
  const path = target.startsWith('/') ? target : `/${target}`
  const isFramed = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  const framing = length === undefined || isFramed ? [] : [['content-length', String(length)]]
  const lines = [...headers, ...framing].map(([name, value]) => `${name}: ${value}`)
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
}

/**
 * Reads a request. Lines may end in CR LF or in LF; the body is the bytes behind the empty line.
 *
 * @param output is told what was not taken as it stood
 * @throws {@link CommandError} `USAGE`
 */
export function parseRequest(bytes: Uint8Array, output: Output): WholeMessage {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const blank = /\r?\n\r?\n/.exec(text)
  const head = blank ? text.slice(0, blank.index) : text.replace(/\r?\n$/, '')
  const [first = '', ...lines] = head.split(/\r?\n/)
  const [, method = '', target = ''] = REQUEST_LINE.exec(first) ?? []
  if (target === '') throw malformed(`its first line is no request line such as GET / HTTP/1.1`)
  const headers = readHeaderLines(lines)
  const body = blank ? bytes.subarray(blank.index + blank[0].length) : new Uint8Array()
  return { method, target, headers, body: framedBody(body, headers, output) }
}

function readHeaderLines(lines: readonly string[]): [string, string][] {
  const headers: [string, string][] = []
  for (const line of lines) {
    const last = headers.at(-1)
    // A folded line belongs to the one above.
    if (/^[ \t]/.test(line) && last) {
      last[1] += ` ${line.trim()}`
      continue
    }
    const [, name, value = ''] = HEADER.exec(line) ?? []
    if (name === undefined) throw malformed(`line ${headers.length + 2} is no header`)
    headers.push([name, value.trim()])
  }
  return headers
}

/** What an editor added at the end of the file is not part of the body. */
function framedBody(body: Uint8Array, headers: readonly [string, string][], output: Output): Uint8Array {
  const valueOf = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  if (valueOf('transfer-encoding') !== undefined) {
    output.warn('BODY_CHUNKED', 'transfer-encoding is not decoded: give the body as it was before it')
  }
  const length = Number(valueOf('content-length') ?? body.length)
  if (body.length === length) return body
  const rest = Buffer.from(body.subarray(length)).toString('latin1')
  if (/^[\r\n]+$/.test(rest)) {
    output.warn(
      'LINE_END_CUT',
      'the line end behind the body is left out, since content-length does not count it',
    )
    return body.subarray(0, length)
  }
  output.warn('BODY_LENGTH_DIFFERS', `content-length says ${length} bytes, and the body has ${body.length}`)
  return body
}

function malformed(why: string): CommandError {
  return new CommandError('USAGE', 'This is no HTTP request', {
    why,
    fix: 'give the request as it stood on the wire: request line, headers, empty line, body',
  })
}
