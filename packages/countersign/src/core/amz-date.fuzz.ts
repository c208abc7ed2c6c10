import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatAmzDate, parseAmzDate } from './amz-date.ts'

const date = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})

it('writes what toISOString() writes, without its punctuation and milliseconds', () => {
  fc.assert(
    fc.property(date, (d) => {
      expect(formatAmzDate(d)).toBe(d.toISOString().replace(/[-:]|\.\d+/g, ''))
    }),
    { numRuns: 5000 },
  )
})

it('reads back what it wrote, to the second', () => {
  fc.assert(
    fc.property(date, (d) => {
      expect(parseAmzDate(formatAmzDate(d))?.getTime()).toBe(Math.floor(d.getTime() / 1000) * 1000)
    }),
    { numRuns: 5000 },
  )
})

it('accepts digits in the right form exactly when they are a date', () => {
  const two = fc.integer({ min: 0, max: 70 }).map((n) => String(n).padStart(2, '0'))
  fc.assert(
    fc.property(fc.array(two, { minLength: 7, maxLength: 7 }), ([a, b, c, d, e, f, g]) => {
      const text = `${a}${b}${c}${d}T${e}${f}${g}Z`
      const parsed = parseAmzDate(text)
      const native = new Date(`${a}${b}-${c}-${d}T${e}:${f}:${g}Z`)
      const exists =
        !Number.isNaN(native.getTime()) &&
        native.getUTCFullYear() > 0 &&
        native.toISOString().startsWith(`${a}${b}-${c}-${d}T${e}:${f}:${g}`)
      expect(parsed?.getTime()).toBe(exists ? native.getTime() : undefined)
    }),
    { numRuns: 5000 },
  )
})

it('takes any text without throwing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{8}T.{6}Z$/)), (text) => {
      const parsed = parseAmzDate(text)
      if (parsed) expect(formatAmzDate(parsed)).toBe(text)
    }),
  )
})
