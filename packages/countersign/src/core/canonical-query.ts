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

const ENCODED = /^[\w.~-]*$/
const ENCODED_QUERY = /^(?:[\w.~-]*=[\w.~-]*(?:&(?!$)|$))*$/

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

/** Writes pairs down in canonical order. */
export function formatCanonicalQuery(pairs: readonly QueryPair[]): string {
  // `!` sorts below all that names are made of, as the end of a name must; `=` does not.
  const sorted = pairs.map(([name, value]) => `${name}!${value}`).toSorted()
  return sorted.join('&').replaceAll('!', '=')
}

function isAscending(query: string): boolean {
  let last = ''
  let start = 0
  do {
    const equals = query.indexOf('=', start)
    const name = query.slice(start, equals)
    if (name <= last) return false
    last = name
    start = query.indexOf('&', equals) + 1
  } while (start > 0)
  return true
}

/** Whether names and values are canonically encoded as they stand, and each pair has its `=`. Most queries are such. */
export function isEncodedQuery(query: string): boolean {
  return ENCODED_QUERY.test(query)
}

/** Sorts a query that is canonically encoded. Most are in order as they come. */
export function sortQuery(query: string): string {
  return query === '' || isAscending(query) ? query : formatCanonicalQuery(parseQuery(query, 'plus'))
}

/** Canonical query of a raw query. */
export function buildCanonicalQuery(query: string, plus: PlusMeaning): string {
  return isEncodedQuery(query) ? sortQuery(query) : formatCanonicalQuery(parseQuery(query, plus))
}
