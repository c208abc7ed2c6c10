/**
 * Heads of requests and answers for people: as on the wire, but for signatures, tokens and keys, which could be used
 * by whoever reads a terminal or a log.
 *
 * @module
 */
import { redactHeader, redactUrl } from '../request/redacted-headers.ts'
import type { Header, WireRequest } from './wire-request.ts'
import { formatHead } from './wire-request.ts'

/** Lines of a request's head, without line ends. */
export function requestLines(request: WireRequest): string[] {
  const shown = {
    ...request,
    target: redactUrl(request.target),
    headers: request.headers.map(redactHeader),
  }
  return formatHead(shown).trimEnd().split('\r\n')
}

/** The head of an answer as it came, with a blank line behind it. */
export function formatResponseHead(status: number, reason: string, headers: readonly Header[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}${reason && ` ${reason}`}\r\n${lines.join('')}\r\n`
}

/** Lines of an answer's head, without line ends. */
export function responseLines(status: number, reason: string, headers: readonly Header[]): string[] {
  return formatResponseHead(status, reason, headers.map(redactHeader)).trimEnd().split('\r\n')
}

/** A canonical request without its token. */
export function redactCanonical(canonicalRequest: string): string {
  return canonicalRequest
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(':')
      if (colon < 0) return redactUrl(`?${line}`).slice(1)
      const [name, value] = redactHeader([line.slice(0, colon), line.slice(colon + 1)])
      return `${name}:${value}`
    })
    .join('\n')
}
