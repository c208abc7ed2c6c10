/**
 * Reads the URL of a request without a URL class, which would take out dot segments and so sign a path for
 * another object than the caller named.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-3}
 * @module
 */
import { SigningError } from '../errors.ts'

/** What a URL says of the connection. */
interface Origin {
  /** `http`, `https`, `ws` or `wss`. */
  readonly scheme: string
  /** What belongs into `Host`: lower case, without user and default port. */
  readonly host: string
}

/** A URL in its raw parts. */
export interface UrlParts extends Origin {
  /** Begins with `/`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** With `#`, or empty. */
  readonly fragment: string
}

// A scheme, perhaps a user with a password, a host, perhaps a port.
const ORIGIN = /^((?:http|ws)(s?)):\/\/(.*@)?([\w.~-]+|\[[0-9a-f:.]+\])(?::(\d*))?$/

/** The origin that was read last: most requests go where the one before went. */
let last: { text: string; origin: Origin } | undefined

/**
 * Takes a URL apart.
 *
 * @throws {@link SigningError} `URL_INVALID`
 */
export function readUrl(url: string | URL): UrlParts {
  const text = String(url)
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
    path: text.slice(pathStart, pathEnd) || '/',
    query: text.slice(pathEnd + 1, end),
    fragment: text.slice(end),
  }
}

function readOrigin(text: string): Origin {
  if (text === last?.text) return last.origin
  const [, scheme = '', s, user, name, digits] = ORIGIN.exec(text.toLowerCase()) ?? []
  const port = Number(digits)
  if (!name || port > 65_535) {
    throw new SigningError('URL_INVALID', 'The URL must be absolute, with a valid host and port')
  }
  const isDefaultPort = !digits || port === (s ? 443 : 80)
  const origin = { scheme, host: isDefaultPort ? name : `${name}:${port}` }
  // A user name or password is not kept.
  if (!user) last = { text, origin }
  return origin
}
