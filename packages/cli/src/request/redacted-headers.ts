/**
 * Headers and URLs without signatures, tokens and keys.
 *
 * @module
 */
import { redact } from '../frame/redact.ts'

/** Name and value of a header. */
type Header = readonly [name: string, value: string]

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
