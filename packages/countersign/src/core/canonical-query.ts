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

const ENCODED = /^[A-Za-z0-9\-._~]*$/

function canonicalize(raw: string, plus: PlusMeaning): string {
  if (ENCODED.test(raw)) return raw
  return encodeUri(decodeUri(plus === 'space' ? raw.replaceAll('+', ' ') : raw))
}

function parsePair(raw: string, plus: PlusMeaning): QueryPair {
  const equals = raw.indexOf('=')
  if (equals < 0) return [canonicalize(raw, plus), '']
  return [canonicalize(raw.slice(0, equals), plus), canonicalize(raw.slice(equals + 1), plus)]
}

/**
 * Splits a raw query into pairs, in the order of the wire. `&` alone separates; empty pieces are dropped; a name
 * without `=` has an empty value.
 *
 * @param query raw query as a byte string, without `?`
 */
export function parseQuery(query: string, plus: PlusMeaning): QueryPair[] {
  const pairs: QueryPair[] = []
  for (let start = 0; start < query.length;) {
    let end = query.indexOf('&', start)
    if (end < 0) end = query.length
    if (end > start) pairs.push(parsePair(query.slice(start, end), plus))
    start = end + 1
  }
  return pairs
}

function comparePairs(a: QueryPair, b: QueryPair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1
}

/** Sorts pairs into canonical order (a copy) and writes them down. */
export function formatCanonicalQuery(pairs: readonly QueryPair[]): string {
  const sorted = pairs.length > 1 ? pairs.toSorted(comparePairs) : pairs
  let text = ''
  for (const [name, value] of sorted) text += (text && '&') + name + '=' + value
  return text
}

/** Canonical query of a raw query. */
export function buildCanonicalQuery(query: string, plus: PlusMeaning): string {
  return query === '' ? '' : formatCanonicalQuery(parseQuery(query, plus))
}
