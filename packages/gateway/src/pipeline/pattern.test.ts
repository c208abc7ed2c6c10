/** Patterns fit what they say, in time that grows with the text, whatever a client asks for. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matcherOf } from './pattern.ts'

it.each([
  ['/logs/*', ['/logs/', '/logs/a/b'], ['/logs', '/x/logs/']],
  [
    '*.s3.amazonaws.com',
    ['b.s3.amazonaws.com', 'a.b.s3.amazonaws.com'],
    ['s3.amazonaws.com', 'b.s3.amazonaws.com.evil'],
  ],
  ['/*/a/*', ['/x/a/', '/x/a/a/y'], ['/a/', '/xa/']],
  ['/a*a', ['/aa', '/aba'], ['/a']],
  ['/a+(b)', ['/a+(b)'], ['/aab', '/a+(b)c']],
  ['*', ['', '/'], []],
])('%s', (pattern, fitting, others) => {
  const fits = matcherOf([pattern])
  expect([fitting.filter((text) => !fits(text)), others.filter(fits)]).toEqual([[], []])
})

it('fits as the same regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 })
  fc.assert(
    fc.property(pattern, text, (glob, given) => {
      expect(matcherOf([glob])(given)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(given))
    }),
    { numRuns: 2000 },
  )
})

// A regular expression is busy with this path for half a minute.
it('is not held up by a path that nearly fits in many ways', () => {
  expect(matcherOf(['/*/a/*/b/*/c'])('/a/b'.repeat(4000))).toBe(false)
})
