/**
 * A URL as CloudFront will see it: what a browser makes of it, signature and fragment left out. A policy has to name
 * exactly that, so everything is escaped before it is signed, and once.
 *
 * @module
 */
import { decodeUri, encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'
import { readUrl } from '../sign/read-url.ts'

/** Parameters of a signed URL. */
export const PARAMETERS = {
  expires: 'Expires',
  policy: 'Policy',
  signature: 'Signature',
  keyPairId: 'Key-Pair-Id',
  hashAlgorithm: 'Hash-Algorithm',
} as const

const NAMES: ReadonlySet<string> = new Set(Object.values(PARAMETERS))
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i

/** Whether a name is that of a signed URL's parameter. */
export function isParameter(name: string): boolean {
  return NAMES.has(name)
}

/** A URL in two parts. */
export interface SignableUrl {
  /** What is requested, and what a policy is for. */
  readonly resource: string
  /** With `#`, or empty; it stays in the browser. */
  readonly fragment: string
}

/**
 * Reads a URL that is to be signed. A `*` is escaped, since in a policy it would stand for other URLs as well.
 *
 * @throws {@link SigningError} `URL_INVALID`, `URL_ALREADY_SIGNED`, `TEXT_INVALID`
 */
export function readSignableUrl(url: string | URL): SignableUrl {
  const signable = readRequestedUrl(url)
  const reserved = pairsOf(signable.resource).find((pair) => isParameter(decodeUri(nameOf(pair))))
  if (reserved !== undefined) {
    throw new SigningError(
      'URL_ALREADY_SIGNED',
      `The URL has a parameter ${decodeUri(nameOf(reserved))}, which its signature adds: sign the URL without it`,
    )
  }
  return { ...signable, resource: signable.resource.replaceAll('*', '%2A') }
}

/**
 * Reads a URL as a client requests it.
 *
 * @throws {@link SigningError} `URL_INVALID`, `TEXT_INVALID`
 */
export function readRequestedUrl(url: string | URL): SignableUrl {
  const { scheme, host, path, query, fragment } = readUrl(url)
  if (DOT_SEGMENT.test(path)) {
    throw new SigningError(
      'URL_INVALID',
      'Browsers take dot segments out of a path: sign the path without them',
    )
  }
  // Browsers escape this one in queries alone.
  const search = encodeUnsendable(query).replaceAll("'", '%27')
  return {
    resource: `${scheme}://${host}${encodeUnsendable(path)}${search && '?'}${search}`,
    fragment: encodeUnsendable(fragment),
  }
}

/** Takes the parameters of a signature out of a URL's query. */
export function splitParameters(resource: string): { resource: string; parameters: [string, string][] } {
  const pairs = pairsOf(resource)
  const isReserved = (pair: string): boolean => isParameter(nameOf(pair))
  const query = pairs.filter((pair) => !isReserved(pair)).join('&')
  const [path = ''] = resource.split('?', 1)
  return {
    resource: query === '' ? path : `${path}?${query}`,
    parameters: pairs.filter(isReserved).map((pair) => [nameOf(pair), pair.slice(nameOf(pair).length + 1)]),
  }
}

function pairsOf(resource: string): string[] {
  const question = resource.indexOf('?')
  return question < 0 ? [] : resource.slice(question + 1).split('&')
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? ''
}
