import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesResource } from './resource-pattern.ts'

it('agrees with a regular expression', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '?'), maxLength: 12 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '?', '*'), maxLength: 6 })
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const expression = pattern.replaceAll('?', '.').replaceAll('*', '.*')
      expect(matchesResource(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text))
    }),
  )
})
