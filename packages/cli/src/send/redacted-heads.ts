/**
 * Heads of requests and answers for people: as on the wire, but for signatures, tokens and keys, which could be used
 * by whoever reads a terminal or a log.
 *
 * @module
 */
import { redact } from '../frame/redact.ts'
import type { Header, WireRequest } from './wire-request.ts'
import { formatHead } from './wire-request.ts'

/** Headers whose whole value is a secret. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'x-amz-security-token',
  'x-amz-s3session-token',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key',
  'proxy-authorization',
  'cookie',
  'set-cookie',
])

const SECRET_PARAMETERS =
  /([?&](?:X-Amz-Signature|X-Amz-Security-Token|SecurityToken|Signature)=)([^&#\s]+)/gi

/** A URL or a target without signature and token. */
export function redactUrl(url: string): string {
  return url.replace(SECRET_PARAMETERS, (_, name: string, value: string) => `${name}${redact(value)}`)
}

/** A header without what is secret in it. */
export function redactHeader([name, value]: Header): Header {
  const lower = name.toLowerCase()
  if (SECRET_HEADERS.has(lower)) return [name, redact(value)]
  if (lower !== 'authorization' && lower !== 'x-amzn-authorization') return [name, redactUrl(value)]
  const bearer = /^(Bearer +)(.*)$/i.exec(value)
  if (bearer) return [name, `${bearer[1]}${redact(bearer[2] ?? '')}`]
  const isSignature = /Signature=/.test(value)
  return [
    name,
    isSignature
      ? value.replace(/(Signature=)([\w+/=]+)/, (_, key: string, hex: string) => key + redact(hex))
      : redact(value),
  ]
}

/** A server's words in one line, which do not move the cursor about. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 2000)
}

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
