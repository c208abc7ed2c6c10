/**
 * Held pieces: the same bytes come out, in whatever pieces they went in, and in not many more pieces than it takes.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Pieces } from './pieces.ts'

const piece = fc
  .oneof(fc.nat(3), fc.nat(1100), fc.constantFrom(1023, 1024, 1025, 4095, 4096, 5000))
  .chain((length) => fc.nat(255).map((byte) => new Uint8Array(length).map((_, index) => byte + index)))

it('what goes in comes out', () => {
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 4 }), (rounds) => {
      const held = new Pieces()
      const kept: [taken: readonly Uint8Array[], expected: Buffer][] = []
      for (const round of rounds) {
        for (const one of round) held.add(one)
        const expected = Buffer.concat(round)
        expect(held.length).toBe(expected.length)
        const taken = held.take()
        expect(held.length).toBe(0)
        kept.push([taken, expected])
      }
      // Nothing that was taken is written to afterwards.
      for (const [taken, expected] of kept) expect(Buffer.concat(taken).equals(expected)).toBe(true)
    }),
  )
})

it('pieces of 1 KiB and more are passed on as they are', () => {
  const held = new Pieces()
  const pieces = [1024, 5, 70_000].map((length) => new Uint8Array(length))
  for (const one of pieces) held.add(one)
  const taken = held.take()
  expect(taken[0]).toBe(pieces[0])
  expect(taken[2]).toBe(pieces[2])
})

it('a million single bytes take little more than their own room', () => {
  const held = new Pieces()
  for (let i = 0; i < 1_000_000; i++) held.add(Uint8Array.of(i))
  const taken = held.take()
  expect(taken.length).toBe(Math.ceil(1_000_000 / 4096))
  expect(taken.reduce((room, { buffer }) => room + buffer.byteLength, 0)).toBeLessThan(1_100_000)
})
