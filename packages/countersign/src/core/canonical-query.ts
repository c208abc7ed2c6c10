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

const CLEAN = /^[A-Za-z0-9\-._~=&]*$/

function canonicalize(raw: string, plus: PlusMeaning): string {
  return encodeUri(decodeUri(plus === 'space' ? raw.replaceAll('+', ' ') : raw))
}

/**
 * Splits a raw query into pairs, in the order of the wire. `&` alone separates; empty pieces are dropped; a name
 * without `=` has an empty value.
 *
 * @param query raw query as a byte string, without `?`
 */
export function parseQuery(query: string, plus: PlusMeaning): QueryPair[] {
  const isClean = CLEAN.test(query)
  const pairs: QueryPair[] = []
  let start = 0
  while (start < query.length) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    const equals = query.indexOf('=', start)
    const nameEnd = equals < 0 || equals > end ? end : equals
    const name = query.slice(start, nameEnd)
    const value = query.slice(nameEnd + 1, end)
    const isPlain = isClean && !value.includes('=')
    if (end > start) pairs.push(isPlain ? [name, value] : [canonicalize(name, plus), canonicalize(value, plus)])
    start = end + 1
  }
  return pairs
}

function comparePairs(a: QueryPair, b: QueryPair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1
}

// Most queries are in order as they come.
function sortPairs(pairs: readonly QueryPair[]): readonly QueryPair[] {
  for (let i = 1; i < pairs.length; i++) {
    if (comparePairs(pairs[i - 1]!, pairs[i]!) > 0) return pairs.toSorted(comparePairs)
  }
  return pairs
}

/** Writes pairs down in canonical order. */
export function formatCanonicalQuery(pairs: readonly QueryPair[]): string {
  let text = ''
  for (const pair of sortPairs(pairs)) text += (text && '&') + pair[0] + '=' + pair[1]
  return text
}

/** Canonical query of a raw query. */
export function buildCanonicalQuery(query: string, plus: PlusMeaning): string {
  return query === '' ? '' : formatCanonicalQuery(parseQuery(query, plus))
}
