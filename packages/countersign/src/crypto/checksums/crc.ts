/**
 * Cyclic redundancy checks of up to 64 bits, for any polynomial. Tables of our own, eight bytes at a step, in halves of
 * 32 bits: BigInt would be a hundred times slower.
 *
 * @see {@link https://reveng.sourceforge.io/crc-catalogue/all.htm} their polynomials and check values
 * @module
 */
import type { Checksum } from './checksum.ts'

const STEP = 8

/** Table `t` at `t * 256` tells what a byte becomes after `t` more bytes of zeroes. */
export interface CrcTables {
  readonly low: Int32Array
  /** The upper halves; absent where there are no more than 32 bits. */
  readonly high?: Int32Array | undefined
}

/**
 * Builds the tables of a polynomial.
 *
 * @param low its bits, the lowest power first; the lower 32 of them
 * @param high the upper 32, for a check of 64 bits
 */
export function buildTables(low: number, high = 0): CrcTables {
  const [lows, highs] = [new Int32Array(STEP * 256), new Int32Array(STEP * 256)]
  for (let i = 0; i < lows.length; i++) {
    // A byte of zeroes more, or the byte itself.
    let [h, l] = i < 256 ? [0, i] : [highs[i - 256]!, lows[i - 256]!]
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = l & 1
      l = (l >>> 1) | (h << 31)
      h >>>= 1
      if (isOdd) [h, l] = [h ^ high, l ^ low]
    }
    lows[i] = l
    highs[i] = h
  }
  return { low: lows, high: high === 0 ? undefined : highs }
}

/** Begins a check. */
export function createCrc({ low, high }: CrcTables): Checksum {
  let [upper, lower] = [high ? -1 : 0, -1]
  return {
    update(bytes) {
      let h = upper
      let l = lower
      let i = 0
      for (const end = bytes.length - STEP + 1; i < end; i += STEP) {
        const a = 1792 + ((l ^ bytes[i]!) & 255)
        const b = 1536 + (((l >>> 8) ^ bytes[i + 1]!) & 255)
        const c = 1280 + (((l >>> 16) ^ bytes[i + 2]!) & 255)
        const d = 1024 + ((l >>> 24) ^ bytes[i + 3]!)
        let e = 768 + bytes[i + 4]!
        let f = 512 + bytes[i + 5]!
        let g = 256 + bytes[i + 6]!
        let last = bytes[i + 7]!
        if (high) {
          e ^= h & 255
          f ^= (h >>> 8) & 255
          g ^= (h >>> 16) & 255
          last ^= h >>> 24
          h = high[a]! ^ high[b]! ^ high[c]! ^ high[d]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[last]!
        }
        l = low[a]! ^ low[b]! ^ low[c]! ^ low[d]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[last]!
      }
      for (; i < bytes.length; i++) {
        const entry = (l ^ bytes[i]!) & 255
        l = ((l >>> 8) | (h << 24)) ^ low[entry]!
        if (high) h = (h >>> 8) ^ high[entry]!
      }
      upper = h
      lower = l
    },
    digest: () => Uint8Array.of(...(high ? bigEndian(~upper) : []), ...bigEndian(~lower)),
  }
}

/** The four bytes of a number, the highest first. */
export function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}
