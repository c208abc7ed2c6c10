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
  const hash = text.indexOf('#')
  const end = hash < 0 ? text.length : hash
  const question = text.indexOf('?')
  const pathEnd = question < 0 || question > end ? end : question
  const slash = text.indexOf('/', text.indexOf('://') + 3)
  const pathStart = slash < 0 || slash > pathEnd ? pathEnd : slash
  const { scheme, host } = readOrigin(text.slice(0, pathStart))
  return {
    scheme,
    host,
    path: pathStart === pathEnd ? '/' : text.slice(pathStart, pathEnd),
    query: pathEnd === end ? '' : text.slice(pathEnd + 1, end),
    fragment: hash < 0 ? '' : text.slice(hash),
  }
}

function readOrigin(origin: string): typeof lastOrigin {
  if (origin === lastOrigin.text) return lastOrigin
  const [scheme = '', authority = ''] = origin.toLowerCase().split('://')
  const defaultPort = DEFAULT_PORTS.get(scheme)
  if (defaultPort === undefined) {
    throw new SigningError('URL_INVALID', 'The URL must be absolute: https://host/path')
  }
  const read = { text: origin, scheme, host: readHost(authority, defaultPort) }
  // A user name or password is not kept.
  if (!authority.includes('@')) lastOrigin = read
  return read
}

function readHost(authority: string, defaultPort: number): string {
  const [, name, digits] = HOST_AND_PORT.exec(authority.slice(authority.lastIndexOf('@') + 1)) ?? []
  const port = digits ? Number(digits) : defaultPort
  if (name === undefined || port > 65_535) {
    throw new SigningError(
      'URL_INVALID',
      'The host must be an ASCII name or address, the port at most 65535',
    )
  }
  return port === defaultPort ? name : `${name}:${port}`
}
