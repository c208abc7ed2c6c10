/**
 * Reads the URL of a request without a URL class, which would take out dot segments and so sign a path for
 * another object than the caller named.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-3}
 * @module
 */
import { SigningError } from '../errors.ts'

/** What a URL says of the connection. */
interface Connection {
  /** `http`, `https`, `ws` or `wss`. */
  readonly scheme: string
  /** What belongs into `Host`: lower case, without user and default port. */
  readonly host: string
}

interface Origin extends Connection {
  /** Where it ends in the URL. */
  readonly end: number
}

/** A URL in its raw parts. */
export interface UrlParts extends Connection {
  /** Begins with `/`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** With `#`, or empty. */
  readonly fragment: string
}

// A scheme, perhaps a user with a password, a host, perhaps a port.
const ORIGIN = /^((?:http|ws)(s?)):\/\/([^/?#]*@)?([\w.~-]+|\[[0-9a-f:.]+\])(?::(\d*))?(?![^/?#])/i

/** The origin that was read last, with the slash behind it: most requests go where the one before went. */
let last: (Origin & { readonly text: string }) | undefined

/**
 * Takes a URL apart.
 *
 * @throws {@link SigningError} `URL_INVALID`
 */
export function readUrl(url: string | URL): UrlParts {
  const text = String(url)
  const { scheme, host, end: start } = last && text.startsWith(last.text) ? last : readOrigin(text)
  const hash = text.indexOf('#', start)
  const end = hash < 0 ? text.length : hash
  const question = text.indexOf('?', start)
  const pathEnd = question < 0 || question > end ? end : question
  return {
    scheme,
    host,
    path: text.slice(start, pathEnd) || '/',
    query: text.slice(pathEnd + 1, end),
    fragment: text.slice(end),
  }
}

function readOrigin(url: string): Origin {
  const [text = '', scheme = '', s, user, name, digits] = ORIGIN.exec(url) ?? []
  const port = Number(digits)
  if (!name || port > 65_535) {
    throw new SigningError('URL_INVALID', 'The URL must be absolute, with a valid host and port')
  }
  const isDefaultPort = !digits || port === (s ? 443 : 80)
  const host = (isDefaultPort ? name : `${name}:${port}`).toLowerCase()
  const origin = { scheme: scheme.toLowerCase(), host, end: text.length }
  // A user name or password is not kept.
  if (!user) last = { ...origin, text: text + '/' }
  return origin
}
