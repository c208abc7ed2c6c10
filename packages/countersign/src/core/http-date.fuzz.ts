import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatAmzDate } from './amz-date.ts'
import { parseDate } from './http-date.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const second = (min: string, max: string) =>
  fc
    .integer({ min: Date.parse(min) / 1000, max: Date.parse(max) / 1000 })
    .map((seconds) => new Date(seconds * 1000))
const date = second('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z')

it('reads every form of every instant alike', () => {
  fc.assert(
    fc.property(date, fc.constantFrom('  ', ' '), (d, blanks) => {
      const imf = d.toUTCString()
      const [weekday, day, month, year, time] = imf.replace(',', '').split(' ')
      const forms = [
        formatAmzDate(d),
        imf,
        imf.slice(5),
        imf.replace('GMT', '+0000'),
        `${weekday} ${month}${blanks}${Number(day)} ${time} ${year}`,
        d.toISOString(),
        d.toISOString().toLowerCase().replace('.000', ''),
      ]
      for (const form of forms) expect(parseDate(form, NOW)?.getTime(), form).toBe(d.getTime())
    }),
    { numRuns: 1000 },
  )
})

it('converts any offset to UTC', () => {
  const minutes = fc.integer({ min: -1439, max: 1439 })
  fc.assert(
    fc.property(second('0002-01-01T00:00:00Z', '9998-12-31T23:59:59Z'), minutes, (d, offset) => {
      const local = new Date(d.getTime() + offset * 60_000).toISOString().slice(0, 19)
      const [hh, mm] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, '0'),
      )
      const text = `${local}${offset < 0 ? '-' : '+'}${hh}:${mm}`
      expect(parseDate(text, NOW)?.getTime(), text).toBe(d.getTime())
    }),
    { numRuns: 1000 },
  )
})

it('finds the century of a two-digit year within the hundred years up to 50 years ahead', () => {
  const now = second('1900-01-01T00:00:00Z', '2200-01-01T00:00:00Z')
  fc.assert(
    fc.property(now, second('1901-01-01T00:00:00Z', '2100-01-01T00:00:00Z'), (clock, d) => {
      fc.pre(!(d.getUTCMonth() === 1 && d.getUTCDate() === 29))
      const [, day, month, year = '', time] = d.toUTCString().split(' ')
      const found = parseDate(`Monday, ${day}-${month}-${year.slice(2)} ${time} GMT`, clock)
      const limit = new Date(clock).setUTCFullYear(clock.getUTCFullYear() + 50)
      expect(found?.getTime()).toBeLessThanOrEqual(limit)
      expect(new Date(found ?? NaN).setUTCFullYear((found?.getUTCFullYear() ?? NaN) + 100)).toBeGreaterThan(
        limit,
      )
    }),
    { numRuns: 1000 },
  )
})

it('takes any text without throwing, and gives valid dates only', () => {
  const noise = fc.array(
    fc.constantFrom('Mon', ', ', ' ', '-', ':', 'Nov', '06', '1994', 'T', 'Z', '+', 'GMT', '9'),
    {
      maxLength: 16,
    },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        noise.map((parts) => parts.join('')),
      ),
      (text) => {
        const parsed = parseDate(text, NOW)
        if (parsed) expect(formatAmzDate(parsed)).toMatch(/^\d{8}T\d{6}Z$/)
      },
    ),
    { numRuns: 3000 },
  )
})
