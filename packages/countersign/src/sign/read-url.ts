/**
 * Reads the URL of a request without a URL class, which would take out dot segments and so sign a path for
 * another object than the caller named.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#appendix-B}
 * @module
 */
import type { PathEncoding } from '../core/canonical-path.ts'
import { buildCanonicalPath } from '../core/canonical-path.ts'
import type { PlusMeaning } from '../core/canonical-query.ts'
import type { ServiceRules } from '../core/service-rules.ts'
import { encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'

/** A URL in its raw parts. */
export interface UrlParts {
  /** `http`, `https`, `ws` or `wss`. */
  readonly scheme: string
  /** What belongs into `Host`: lower case, without user and default port. */
  readonly host: string
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** With `#`, or empty. */
  readonly fragment: string
}

const PARTS = /^(https?|wss?):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(#[^]*)?$/i
const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::(\d*))?$/
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/
const PLAIN_QUERY = /^[A-Za-z0-9\-._~=&]*$/

/**
 * Takes a URL apart.
 *
 * @throws {@link SigningError} `URL_INVALID`
 */
export function readUrl(url: string | URL): UrlParts {
  const parts = PARTS.exec(typeof url === 'string' ? url : String(url?.href))
  if (!parts) {
    throw new SigningError(
      'URL_INVALID',
      'The URL must be absolute, such as https://host/path, for http or https',
    )
  }
  const scheme = parts[1]!.toLowerCase()
  return {
    scheme,
    host: readHost(parts[2]!, scheme),
    path: parts[3] ?? '/',
    query: parts[4] ?? '',
    fragment: parts[5] ?? '',
  }
}

function readHost(authority: string, scheme: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase()
  const port = HOST.exec(host)?.[1]
  if (port === undefined) {
    if (HOST.test(host)) return host
  } else if (Number(port) <= 65_535) {
    const isDefault = port === '' || Number(port) === (scheme === 'http' || scheme === 'ws' ? 80 : 443)
    return isDefault ? host.slice(0, host.lastIndexOf(':')) : host
  }
  throw new SigningError(
    'URL_INVALID',
    'The URL has no usable host: give an ASCII name (punycode), an IPv4 address or a bracketed IPv6 address without a zone, and a port up to 65535',
  )
}

/** What is sent, and what is signed for it. */
export interface WirePath {
  readonly wire: string
  readonly canonical: string
}

/**
 * Plans the path. S3 gets the strictly encoded form, which servers that decode and servers that take the path as
 * it stands read alike.
 */
export function planPath(
  path: string,
  rules: { normalizePath: boolean; pathEncoding: PathEncoding },
): WirePath {
  const sendable = PLAIN_PATH.test(path) ? path : encodeUnsendable(path)
  const canonical = buildCanonicalPath(sendable, rules)
  return { wire: rules.pathEncoding === 'single' && !rules.normalizePath ? canonical : sendable, canonical }
}

/** The query as it is sent: escaped where it must be, and with no raw `+`, which servers read in two ways. */
export function planQuery(query: string, plus: PlusMeaning): string {
  if (PLAIN_QUERY.test(query)) return query
  return encodeUnsendable(query).replaceAll('+', plus === 'space' ? '%20' : '%2B')
}

/** The path rules in force: the options, else those of the service. */
export function pathRules(
  rules: ServiceRules,
  options: { normalizePath?: boolean | undefined; pathEncoding?: PathEncoding | undefined },
): { normalizePath: boolean; pathEncoding: PathEncoding } {
  const { normalizePath, pathEncoding } = options
  if (normalizePath === undefined && pathEncoding === undefined) return rules
  return {
    normalizePath: normalizePath ?? rules.normalizePath,
    pathEncoding: pathEncoding ?? rules.pathEncoding,
  }
}
