/**
 * Causes in the query: which pairs there are, and in which order.
 *
 * @module
 */
import { formatCanonicalQuery, type QueryPair } from '../../core/canonical-query.ts'
import { decodeUri, encodeUri } from '../../core/uri-encoding.ts'
import type { Cause, Proof } from '../cause.ts'
import { redactQuery } from '../redact.ts'
import { isSameSet, joined, pairsOf, queries, rawQuery, sortedBy } from './query-texts.ts'

/** Made when it is needed: it takes as long as a tenth of a command's start. */
let collator: Intl.Collator | undefined

function compareWords(a: string, b: string): number {
  collator ??= new Intl.Collator('en')
  return collator.compare(a, b)
}

const sort: Cause = {
  id: 'M52',
  code: 'query-sort',
  title: 'The pairs were signed in another order',
  family: 'query',
  fix: 'Sort by the encoded name, then by the encoded value, as bytes.',
  signedInstead: ({ query }, evidence) => {
    const pairs = pairsOf(query)
    const wire = pairsOf(rawQuery(query, evidence)).map(([name, value]): QueryPair => [
      encodeUri(decodeUri(name)),
      encodeUri(decodeUri(value)),
    ])
    const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
    const nameOf = (pair: string): string => pair.slice(0, `${pair}=`.indexOf('='))
    const asSent = joined(wire)
    const orders = [
      asSent,
      sortedBy(query, byText),
      sortedBy(query, (a, b) => byText(decodeUri(a), decodeUri(b))),
      sortedBy(asSent, (a, b) => byText(nameOf(a), nameOf(b))),
      sortedBy(asSent, (a, b) => byText(decodeUri(nameOf(a)), decodeUri(nameOf(b)))),
      sortedBy(query, (a, b) => compareWords(nameOf(a), nameOf(b))),
      sortedBy(query, compareWords),
      sortedBy(query, (a, b) => byText(a.toLowerCase(), b.toLowerCase())),
      joined(pairs.toReversed()),
    ]
    return queries(query, ...orders.filter((order) => isSameSet(order, query)))
  },
  accountsFor: ({ part, signed = '', received = '' }) => part === 'query' && isSameSet(signed, received),
}

const noEquals: Cause = {
  id: 'M53',
  code: 'query-no-equals',
  title: 'A name without a value was signed without its =',
  family: 'query',
  fix: 'Write name= into what is signed, also where the URL has the name alone.',
  signedInstead: ({ query }) => {
    const blank = pairsOf(query).filter(([, value]) => value === '')
    if (blank.length === 0) return []
    const bare = query.replace(/=(?=&|$)/g, '')
    return queries(query, bare, ...blank.map(([name]) => query.replace(`${name}=`, name)))
  },
}

/** Keeps one pair of each name: the first, the last, or the first with all values joined. */
function merged(pairs: readonly QueryPair[]): QueryPair[][] {
  const first = new Map<string, QueryPair>()
  const last = new Map<string, QueryPair>()
  const all = new Map<string, string[]>()
  for (const pair of pairs) {
    if (!first.has(pair[0])) first.set(pair[0], pair)
    last.set(pair[0], pair)
    all.set(pair[0], [...(all.get(pair[0]) ?? []), pair[1]])
  }
  const joinedValues = (separator: string): QueryPair[] =>
    Array.from(all, ([name, values]) => [name, values.join(separator)])
  if (first.size === pairs.length) return []
  return [[...first.values()], [...last.values()], joinedValues('%2C'), joinedValues(',')]
}

const duplicates: Cause = {
  id: 'M54',
  code: 'query-duplicates',
  title: 'Of several pairs with one name, some were dropped or joined',
  family: 'query',
  fix: 'Keep every pair, also those with the same name: a map of parameters loses them.',
  signedInstead: ({ query }, evidence) => [
    ...queries(query, ...merged(pairsOf(query)).map(joined)),
    ...queries(query, ...merged(wirePairs(rawQuery(query, evidence))).map(formatCanonicalQuery)),
  ],
  receivedInstead: ({ query }) => queries(query, ...merged(pairsOf(query)).map(joined)),
  accountsFor: ({ part, signed = '', received = '' }) => {
    if (part !== 'query') return false
    const names = (query: string): string =>
      [...new Set(pairsOf(query).map(([name]) => name))].toSorted().join('&')
    return names(signed) === names(received) && pairsOf(signed).length !== pairsOf(received).length
  },
}

function wirePairs(raw: string): QueryPair[] {
  return pairsOf(raw).map(([name, value]) => [encodeUri(decodeUri(name)), encodeUri(decodeUri(value))])
}

const emptyPairs: Cause = {
  id: 'M55',
  code: 'query-empty-pairs',
  title: 'Empty pairs were signed, or a ; was taken for an &',
  family: 'query',
  fix: 'Drop what is empty between two &, and take ; for a part of the value.',
  signedInstead: ({ query }, evidence) => {
    const raw = rawQuery(query, evidence)
    const empties = raw.split('&').filter((pair) => pair === '').length
    const semicolons = query.includes('%3B')
      ? [query.replaceAll('%3B', '&'), query.replace(/%3B/g, ';'), splitAtSemicolons(query)]
      : []
    const lone = empties === 0 ? [] : ['='.repeat(1), '']
    return queries(
      query,
      ...lone.flatMap((pair) => [
        Array.from({ length: empties }, () => pair)
          .concat(query || [])
          .join('&'),
        [pair].concat(query || []).join('&'),
        (query ? [query] : []).concat(pair).join('&'),
      ]),
      ...semicolons,
    )
  },
}

function splitAtSemicolons(query: string): string {
  const pieces = query
    .split(/&|%3B/)
    .map((piece) => (piece.includes('=') ? piece : piece.replace('%3D', '=')))
  return formatCanonicalQuery(pairsOf(pieces.join('&')))
}

/** The pairs that one side has more than the other; `undefined` where pairs are missing as well. */
function extraPairs(more: string, less: string): string[] | undefined {
  const rest = more.split('&').filter(Boolean)
  for (const pair of less.split('&').filter(Boolean)) {
    const at = rest.indexOf(pair)
    if (at < 0) return undefined
    rest.splice(at, 1)
  }
  return rest
}

const added: Cause = {
  id: 'M56',
  code: 'query-added',
  title: 'A parameter is in what was signed or at the server, and not in both',
  family: 'query',
  fix: 'Add every parameter before signing, and let nothing behind the signer add one.',
  signedInstead: ({ query }) => {
    const pairs = pairsOf(query)
    if (pairs.length > 24) return []
    const isSingle = ([wanted]: QueryPair): boolean => pairs.filter(([name]) => name === wanted).length === 1
    const without = pairs.flatMap((pair, index) =>
      isSingle(pair) ? [joined(pairs.toSpliced(index, 1))] : [],
    )
    return queries(query, ...without, '')
  },
  accountsFor: ({ part, signed = '', received = '' }) => {
    if (part !== 'query') return false
    const [more, less] = signed.length > received.length ? [signed, received] : [received, signed]
    const names = pairsOf(less).map(([name]) => name)
    return extraPairs(more, less)?.every((pair) => !names.includes(pairsOf(pair)[0]?.[0] ?? '')) === true
  },
  explain: ({ signed, received }: Proof) => {
    const late = extraPairs(received.query, signed.query)
    const lost = extraPairs(signed.query, received.query) ?? []
    return {
      finding:
        late && late.length > 0
          ? `The server has ${redactQuery(late.join('&'))} in the query, which was not signed.`
          : `${redactQuery(lost.join('&'))} was signed in the query, and the server has not got it.`,
    }
  },
}

const TEMPLATE = /(?:\{|%7B){2}|\$(?:\{|%7B)|%24(?:\{|%7B)|<%|%3C%25/i

const template: Cause = {
  id: 'M58',
  code: 'query-template',
  title: 'Variables were filled in after signing',
  family: 'query',
  fix: 'Sign last, when every variable has its value.',
  accountsFor: ({ signed = '', received = '' }) => TEMPLATE.test(signed) && !TEMPLATE.test(received),
}

/** The causes, the commonest first. */
export const QUERY_SHAPE: readonly Cause[] = [sort, noEquals, added, duplicates, emptyPairs, template]
