/**
 * Canonical query: the parameters decoded, encoded strictly, and sorted by encoded name, then value.
 * `b=2&a=x@y&c` becomes `a=x%40y&b=2&c=`.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { decodeUri, encodeUri } from './uri-encoding.ts'

/** One parameter, name and value canonically encoded. */
export type QueryPair = readonly [name: string, value: string]

/** What a `+` on the wire means: S3 and forms read a space, others a plus. */
export type PlusMeaning = 'space' | 'plus'

const CANONICAL = /^[A-Za-z0-9\-._~]*=[A-Za-z0-9\-._~]*(?:&[A-Za-z0-9\-._~]*=[A-Za-z0-9\-._~]*)*$/
const ENCODED = /^[A-Za-z0-9\-._~]*$/

function canonicalize(raw: string, plus: PlusMeaning): string {
  if (ENCODED.test(raw)) return raw
  return encodeUri(decodeUri(plus === 'space' ? raw.replaceAll('+', ' ') : raw))
}

/**
 * Splits a raw query into pairs, in the order of the wire. `&` alone separates; empty pieces are dropped; a name
 * without `=` has an empty value.
 *
 * @param query raw query as a byte string, without `?`
 */
export function parseQuery(query: string, plus: PlusMeaning): QueryPair[] {
  const pairs: QueryPair[] = []
  let start = 0
  while (start < query.length) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    if (end > start) pairs.push(parsePair(query.slice(start, end), plus))
    start = end + 1
  }
  return pairs
}

function parsePair(raw: string, plus: PlusMeaning): QueryPair {
  const equals = raw.indexOf('=')
  if (equals < 0) return [canonicalize(raw, plus), '']
  return [canonicalize(raw.slice(0, equals), plus), canonicalize(raw.slice(equals + 1), plus)]
}

function comparePairs(a: QueryPair, b: QueryPair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1
}

/** Writes pairs down in canonical order. */
export function formatCanonicalQuery(pairs: readonly QueryPair[]): string {
  let text = ''
  for (const pair of pairs.toSorted(comparePairs)) text += (text && '&') + pair[0] + '=' + pair[1]
  return text
}

/** Whether the pairs of a query that needs no encoding stand in canonical order. */
function isSorted(query: string): boolean {
  let previous: QueryPair = ['', '']
  for (let start = 0; start <= query.length; ) {
    const equals = query.indexOf('=', start)
    const ampersand = query.indexOf('&', equals)
    const end = ampersand < 0 ? query.length : ampersand
    const pair: QueryPair = [query.slice(start, equals), query.slice(equals + 1, end)]
    if (comparePairs(previous, pair) > 0) return false
    previous = pair
    start = end + 1
  }
  return true
}

/** Canonical query of a raw query. Most are canonical as they come. */
export function buildCanonicalQuery(query: string, plus: PlusMeaning): string {
  if (query === '' || (CANONICAL.test(query) && isSorted(query))) return query
  return formatCanonicalQuery(parseQuery(query, plus))
}
