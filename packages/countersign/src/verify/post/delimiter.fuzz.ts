/** Delimiters are found where a plain search finds them, or their beginning at the end. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findDelimiter, prepareDelimiter } from './delimiter.ts'

function findPlainly(bytes: string, wanted: string, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (wanted.startsWith(bytes.slice(at, at + wanted.length))) return at
  }
  return bytes.length
}

it('findDelimiter finds what a plain search finds', () => {
  const text = fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'a', 'b', '\u00ff'), maxLength: 40 })
  const wanted = fc.string({
    unit: fc.constantFrom('\r', '\n', '-', 'a', '\u00ff'),
    minLength: 1,
    maxLength: 8,
  })
  const bytesOf = (latin1: string): Uint8Array =>
    Uint8Array.from(latin1, (character) => character.charCodeAt(0))
  fc.assert(
    fc.property(text, wanted, text, fc.nat({ max: 40 }), (before, delimiter, after, start) => {
      for (const bytes of [before, before + delimiter + after, before + delimiter.slice(0, -1)]) {
        const from = Math.min(start, bytes.length)
        expect(findDelimiter(bytesOf(bytes), prepareDelimiter(bytesOf(delimiter)), from)).toBe(
          findPlainly(bytes, delimiter, from),
        )
      }
    }),
  )
})
