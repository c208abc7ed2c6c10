import fc from 'fast-check'
import { expect, it } from 'vitest'
import { buildCanonicalQuery, isEncodedQuery, parseQuery, sortQuery } from './canonical-query.ts'

const text = fc.string({ unit: fc.constantFrom(...Array.from('aAbB01-._~=&%+/ !\xe9')), maxLength: 24 })

/** What the rule says, word for word: bytes compared, names first. */
function byTheRule(query: string): string {
  const sorted = parseQuery(query, 'plus').toSorted(
    ([a, x], [b, y]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)) || Buffer.compare(Buffer.from(x), Buffer.from(y)),
  )
  return sorted.map((pair) => pair.join('=')).join('&')
}

it('sorts by name, then value, as bytes', () => {
  fc.assert(
    fc.property(text, (query) => {
      expect(buildCanonicalQuery(query, 'plus')).toBe(byTheRule(query))
    }),
    { numRuns: 5000 },
  )
})

it('is its own canonical form', () => {
  fc.assert(
    fc.property(text, fc.constantFrom('plus' as const, 'space' as const), (query, plus) => {
      const canonical = buildCanonicalQuery(query, plus)
      expect(buildCanonicalQuery(canonical, plus)).toBe(canonical)
      expect(sortQuery(canonical)).toBe(canonical)
      expect(canonical).toMatch(/^(?:[\w.~%-]*=[\w.~%-]*(?:&|$))*$/)
    }),
  )
})

it('hangs on the order of repeated parameters in nothing', () => {
  const pair = fc.tuple(fc.constantFrom('a', 'a1', 'a-b', ''), fc.constantFrom('', '0', '1', '-'))
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (pairs, keys) => {
      const shuffled = pairs
        .map((each) => ({ each, key: keys.next().value }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ each }) => each)
      const [one, other] = [pairs, shuffled].map((list) => list.map((each) => each.join('=')).join('&'))
      expect(buildCanonicalQuery(other!, 'plus')).toBe(buildCanonicalQuery(one!, 'plus'))
    }),
  )
})

it('takes for encoded only what the slow way leaves as it is, but for the order', () => {
  fc.assert(
    fc.property(text, (query) => {
      fc.pre(isEncodedQuery(query))
      expect(
        parseQuery(query, 'space')
          .map((pair) => pair.join('='))
          .join('&'),
      ).toBe(query)
    }),
    { numRuns: 5000 },
  )
})
