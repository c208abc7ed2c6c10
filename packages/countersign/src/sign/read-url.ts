/**
 * Reads the URL of a request without a URL class, which would take out dot segments and so sign a path for
 * another object than the caller named.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-3}
 * @module
 */
import { SigningError } from '../errors.ts'

/** A URL in its raw parts. */
export interface UrlParts {
  /** `http`, `https`, `ws` or `wss`. */
  readonly scheme: string
  /** What belongs into `Host`: lower case, without user and default port. */
  readonly host: string
  /** Begins with `/`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** With `#`, or empty. */
  readonly fragment: string
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['https', 443],
  ['http', 80],
  ['wss', 443],
  ['ws', 80],
])
const ORIGIN = /^([a-z]+):\/\/([^/?#]*)/i
const HOST_AND_PORT = /^([a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::(\d*))?$/

/** Scheme and host of the URL that was read last: most requests go where the one before went. */
let lastOrigin = { text: '', scheme: '', host: '' }

/**
 * Takes a URL apart.
 *
 * @throws {@link SigningError} `URL_INVALID`
 */
export function readUrl(url: string | URL): UrlParts {
  const text = typeof url === 'string' ? url : String(url?.href)
  const origin = readOrigin(text)
  const start = origin.text.length
  const hash = text.indexOf('#', start)
  const end = hash < 0 ? text.length : hash
  const question = text.indexOf('?', start)
  const pathEnd = question < 0 || question > end ? end : question
  return {
    scheme: origin.scheme,
    host: origin.host,
    path: pathEnd === start ? '/' : text.slice(start, pathEnd),
    query: text.slice(pathEnd + 1, end),
    fragment: text.slice(end),
  }
}

function readOrigin(text: string): typeof lastOrigin {
  const { length } = lastOrigin.text
  if (length > 0 && text.startsWith(lastOrigin.text) && isOriginEnd(text.charAt(length))) return lastOrigin
  const [origin = '', scheme = '', authority = ''] = ORIGIN.exec(text) ?? []
  const defaultPort = DEFAULT_PORTS.get(scheme.toLowerCase())
  if (defaultPort === undefined) {
    throw new SigningError('URL_INVALID', 'The URL must be absolute, such as https://host/path, for http or https')
  }
  const read = { text: origin, scheme: scheme.toLowerCase(), host: readHost(authority.toLowerCase(), defaultPort) }
  // A user name or password is not kept.
  if (!authority.includes('@')) lastOrigin = read
  return read
}

function isOriginEnd(character: string): boolean {
  return character === '/' || character === '?' || character === '#' || character === ''
}

function readHost(authority: string, defaultPort: number): string {
  const [, name, digits] = HOST_AND_PORT.exec(authority.slice(authority.lastIndexOf('@') + 1)) ?? []
  const port = digits ? Number(digits) : defaultPort
  if (name === undefined || port > 65_535) {
    throw new SigningError(
      'URL_INVALID',
      'The URL has no usable host: give a name in ASCII (punycode), an IPv4 address or a bracketed IPv6 address without a zone, and a port up to 65535',
    )
  }
  return port === defaultPort ? name : `${name}:${port}`
}
