/**
 * What causes in the query have in common.
 *
 * @module
 */
import type { QueryPair } from '../../core/canonical-query.ts'
import { QUERY } from '../../core/names.ts'
import type { Case } from '../case.ts'
import type { Change } from '../change.ts'

/** Queries as changes, without those that change nothing. */
export function queries(received: string, ...variants: readonly string[]): Change[] {
  return [...new Set(variants)].filter((query) => query !== received).map((query) => ({ query }))
}

/** The pairs of a canonical query, as they stand there. */
export function pairsOf(query: string): QueryPair[] {
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = `${pair}=`.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    })
}

/** Pairs as a query. */
export function joined(pairs: readonly QueryPair[]): string {
  return pairs.map((pair) => pair.join('=')).join('&')
}

/** The query with every value rewritten, with every name too, or with one value at a time; none that is as before. */
export function rewritten(query: string, rewrite: (text: string) => string): string[] {
  const pairs = pairsOf(query)
  const all = pairs.map(([name, value]): QueryPair => [name, rewrite(value)])
  const both = pairs.map(([name, value]): QueryPair => [rewrite(name), rewrite(value)])
  const changed = pairs.flatMap(([, value], index) => (rewrite(value) === value ? [] : [index]))
  const oneByOne = changed.length < 2 || changed.length > 8 ? [] : changed
  const before = joined(pairs)
  return [
    joined(all),
    joined(both),
    ...oneByOne.map((wanted) => joined(pairs.map((pair, index) => (index === wanted ? all[index]! : pair)))),
  ].filter((variant) => variant !== before)
}

/** Whether two queries are of the same pairs, in whatever order. */
export function isSameSet(a: string, b: string): boolean {
  return a.split('&').toSorted().join('&') === b.split('&').toSorted().join('&')
}

/** The raw query that a server made a canonical one of, without the signature of a presigned URL. */
export function rawQuery(received: string, { arrived, canonical }: Case): string {
  if (canonical.query !== received) return received
  const { query, claim } = arrived
  if (claim?.mechanism !== 'query') return query
  return query
    .split('&')
    .filter((pair) => !pair.startsWith(`${QUERY.signature}=`))
    .join('&')
}

/** Raw pairs in a query's order, or sorted in some way. */
export function sortedBy(query: string, compare: (a: string, b: string) => number): string {
  return query.split('&').filter(Boolean).toSorted(compare).join('&')
}
