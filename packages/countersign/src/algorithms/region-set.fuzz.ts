import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRegionSet, isInRegionSet, parseRegionSet } from './region-set.ts'

const pattern = fc
  .array(fc.constantFrom('a', 'b', '-', '*'), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''))
const region = fc.array(fc.constantFrom('a', 'b', '-'), { maxLength: 8 }).map((parts) => parts.join(''))

describe('region sets', () => {
  it('have the regions that a regular expression would find', () => {
    const property = fc.property(fc.array(pattern, { maxLength: 3 }), region, (set, name) => {
      const expressions = set.map((text) => new RegExp(`^${text.replaceAll('*', '.*')}$`))
      expect(isInRegionSet(set, name)).toBe(expressions.some((expression) => expression.test(name)))
    })
    fc.assert(property)
  })

  it('are read as they were written', () => {
    const property = fc.property(fc.array(pattern, { minLength: 1, maxLength: 9 }), (set) => {
      expect(parseRegionSet(formatRegionSet(set.join()))).toEqual(set)
    })
    fc.assert(property)
  })

  it('are read from any text without an error, and never hold what a region cannot', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const name of parseRegionSet(text) ?? []) expect(name).toMatch(/^[\w.~*-]+$/)
    })
    fc.assert(property)
  })
})
