/**
 * Causes in the query: how names and values are encoded.
 *
 * @module
 */
import { formatCanonicalQuery, parseQuery } from '../../core/canonical-query.ts'
import { decodeUri, encodeUri } from '../../core/uri-encoding.ts'
import type { Cause } from '../cause.ts'
import { isSameSet, joined, pairsOf, queries, rawQuery, rewritten } from './query-texts.ts'

const spacePlus: Cause = {
  id: 'M48',
  code: 'query-space-plus',
  title: 'A space stands as + on one side and as %20 on the other',
  family: 'query',
  fix: 'Write a space as %20, on the wire and in what is signed.',
  signedInstead: ({ query }, { rules }) => {
    const swapped = rules.plusInQuery === 'space' ? ['%2B', '%20'] : ['%20', '%2B']
    const [from = '', to = ''] = swapped
    return queries(
      query,
      ...rewritten(query, (text) => text.replaceAll('%20', '+')),
      ...rewritten(query, (text) => text.replaceAll('%2B', '%20')),
      ...rewritten(query, (text) => text.replaceAll('%20', '%2B')),
      ...rewritten(query, (text) => text.replaceAll(from, to)),
    )
  },
  receivedInstead: ({ query }) =>
    queries(query, ...rewritten(query, (text) => text.replaceAll('%20', '%2B'))),
}

const plusBare: Cause = {
  id: 'M49',
  code: 'query-plus-bare',
  title: 'A plus stands unencoded in a value',
  family: 'query',
  fix: 'Write a plus as %2B, on the wire and in what is signed.',
  signedInstead: ({ query }, evidence) =>
    queries(
      query,
      ...rewritten(query, (text) => text.replaceAll('%2B', '+')),
      ...(rawQuery(query, evidence).includes('+')
        ? rewritten(query, (text) => text.replaceAll('%20', '%2B'))
        : []),
    ),
  receivedInstead: ({ query }) =>
    queries(query, ...rewritten(query, (text) => text.replaceAll('%2B', '%20'))),
}

function encodeAgain(text: string): string {
  return /%[0-9A-F]{2}/i.test(text) ? encodeUri(text) : text
}

const double: Cause = {
  id: 'M50',
  code: 'query-double',
  title: 'A value was encoded twice',
  family: 'query',
  fix: 'Hand the signer the values unencoded, or tell it that they are encoded (--query-encoding raw).',
  signedInstead: ({ query }) =>
    queries(
      query,
      ...rewritten(query, encodeAgain),
      ...rewritten(query, (text) => (/%25[0-9A-F]{2}/.test(text) ? decodeUri(text) : text)),
    ),
  receivedInstead: ({ query }) => queries(query, ...rewritten(query, encodeAgain)),
}

/** Left bare by `encodeURIComponent`, by `encodeURI`, and by a signer that takes the query as it comes. */
const BARE = [/%(?:21|27|28|29|2A)/g, /%2F/g, /%(?:3B|2C|2F|3F|3A|40|24|21|27|28|29|2A)/g, /%(?:5B|5D)/g]

const rfc3986: Cause = {
  id: 'M51',
  code: 'query-rfc3986',
  title: 'Reserved characters stand bare in the query that was signed',
  family: 'query',
  fix: "Encode all but letters, digits, - . _ ~: encodeURIComponent leaves ! ' ( ) * bare.",
  signedInstead: ({ query }, evidence) =>
    queries(
      query,
      ...BARE.flatMap((escapes) => rewritten(query, (text) => text.replace(escapes, decodeUri))),
      ...verbatim(query, rawQuery(query, evidence)),
      ...rewritten(query, (text) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())),
    ),
}

/** The raw query sorted as it stands, where it differs in escapes alone. */
function verbatim(canonical: string, raw: string): string[] {
  const withEquals = raw
    .split('&')
    .filter(Boolean)
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const sorted = withEquals.toSorted().join('&')
  const isSame = formatCanonicalQuery(parseQuery(sorted, 'plus')) === canonical
  return isSame ? [sorted, withEquals.join('&')].filter((variant) => !isSameSet(variant, canonical)) : []
}

const equalsInValue: Cause = {
  id: 'M57',
  code: 'query-equals-in-value',
  title: 'A value was cut at an = within it',
  family: 'query',
  fix: 'Split each pair at its first = alone; what follows is all value.',
  signedInstead: ({ query }) => {
    const pairs = pairsOf(query)
    const pieces = pairs.map(([name, value]) => [name, ...value.split('%3D')])
    if (pieces.every(({ length }) => length < 3)) return []
    const atLast = pieces.map((all) => [all.slice(0, -1).join('%3D'), all.at(-1) ?? ''] as const)
    const cut = pieces.map(([name = '', value = '']) => [name, value] as const)
    const bare = pieces.map(([name = '', ...rest]) => [name, rest.join('=')] as const)
    const withoutEnd = pairs.map(([name, value]) => [name, value.replace(/(?:%3D)+$/, '')] as const)
    return queries(query, ...[cut, bare, atLast, withoutEnd].map(joined), formatCanonicalQuery(atLast))
  },
}

const invalidUtf8: Cause = {
  id: 'M59',
  code: 'query-invalid-utf8',
  title: 'Bytes that are no UTF-8 were replaced by U+FFFD',
  family: 'query',
  fix: 'Percent-encode the raw bytes; do not decode them as text.',
  signedInstead: ({ query }) => replacedBytes(query),
  receivedInstead: ({ query }) => replacedBytes(query),
}

function replacedBytes(query: string): ReturnType<typeof queries> {
  const replaceInvalid = (text: string): string => {
    if (!/%[89A-F]/.test(text)) return text
    const bytes = Uint8Array.from(decodeUri(text), (byte) => byte.charCodeAt(0))
    return encodeURIComponent(new TextDecoder().decode(bytes)).replace(/[!'()*]/g, encodeUri)
  }
  return queries(query, ...rewritten(query, replaceInvalid))
}

/** The causes, the commonest first. */
export const QUERY_ENCODING: readonly Cause[] = [
  spacePlus,
  plusBare,
  double,
  rfc3986,
  equalsInValue,
  invalidUtf8,
]
