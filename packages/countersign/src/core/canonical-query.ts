/**
 * Canonical query: the parameters decoded, encoded strictly, and sorted by encoded name, then value.
 * `b=2&a=x@y&c` becomes `a=x%40y&b=2&c=`.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { compareBytes } from './bytes.ts'
import { decodeUri, encodeUri } from './uri-encoding.ts'

/** One parameter, name and value canonically encoded. */
export type QueryPair = readonly [name: string, value: string]

/** What a `+` on the wire means: S3 and forms read a space, others a plus. */
export type PlusMeaning = 'space' | 'plus'

const ENCODED = /^[\w.~-]*$/
const ALL_ENCODED = /^[\w.~-]*=[\w.~-]*(?:&[\w.~-]*=[\w.~-]*)*$/

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
  for (const piece of query.split('&')) {
    const equals = `${piece}=`.indexOf('=')
    if (piece)
      pairs.push([canonicalize(piece.slice(0, equals), plus), canonicalize(piece.slice(equals + 1), plus)])
  }
  return pairs
}

function comparePairs(a: QueryPair, b: QueryPair): number {
  return compareBytes(a[0], b[0]) || compareBytes(a[1], b[1])
}

/** Writes pairs down in canonical order. */
export function formatCanonicalQuery(pairs: readonly QueryPair[]): string {
  let text = ''
  for (const [name, value] of pairs.toSorted(comparePairs)) text += `${text && '&'}${name}=${value}`
  return text
}

function isSorted(query: string): boolean {
  let previous: QueryPair = ['', '']
  for (let start = 0; start < query.length;) {
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

/** Sorts a query whose names and values are canonically encoded. Most are in order as they come. */
export function sortQuery(query: string): string {
  return isSorted(query) ? query : formatCanonicalQuery(parseQuery(query, 'plus'))
}

/** Canonical query of a raw query. Most need no encoding. */
export function buildCanonicalQuery(query: string, plus: PlusMeaning): string {
  return query === '' || ALL_ENCODED.test(query)
    ? sortQuery(query)
    : formatCanonicalQuery(parseQuery(query, plus))
}
