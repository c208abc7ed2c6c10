/**
 * Unpacks gzip, at once and anywhere: browsers have it as a stream only, and a guess about a body cannot wait for one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} deflate
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952} gzip
 * @module
 */
import type { Bytes } from '../core/bytes.ts'

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const HEADER = 10

/** A canonical Huffman code: how many codes of each length, and their symbols in order. */
interface Code {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

class Malformed extends Error {}

class BitReader {
  readonly #bytes: Uint8Array
  #at: number
  #bit = 0

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.#at = start
  }

  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value |= this.#next() << i
    return value
  }

  symbol({ counts, symbols }: Code): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length < counts.length; length++) {
      code |= this.#next()
      const count = counts[length]!
      if (code - count < first) return symbols[index + code - first]!
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw new Malformed()
  }

  stored(): Uint8Array {
    if (this.#bit > 0) this.#at++
    this.#bit = 0
    const length = this.#bytes[this.#at]! | (this.#bytes[this.#at + 1]! << 8)
    const start = this.#at + 4
    this.#at = start + length
    if (this.#at > this.#bytes.length) throw new Malformed()
    return this.#bytes.subarray(start, this.#at)
  }

  #next(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new Malformed()
    const bit = (byte >> this.#bit) & 1
    this.#bit = (this.#bit + 1) & 7
    if (this.#bit === 0) this.#at++
    return bit
  }
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]!++
  counts[0] = 0
  const offsets = new Uint16Array(16)
  for (let length = 1; length < 15; length++) offsets[length + 1] = offsets[length]! + counts[length]!
  const symbols = new Uint16Array(lengths.length)
  for (const [symbol, length] of lengths.entries()) if (length > 0) symbols[offsets[length]!++] = symbol
  return { counts, symbols }
}

function fixedCodes(): [Code, Code] {
  const lengths = Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  )
  return [codeOf(lengths), codeOf(Array.from({ length: 30 }, () => 5))]
}

function dynamicCodes(reader: BitReader): [Code, Code] {
  const [literals, distances, codes] = [reader.bits(5) + 257, reader.bits(5) + 1, reader.bits(4) + 4]
  const ofLengths = Array.from({ length: 19 }, () => 0)
  for (const symbol of CODE_ORDER.slice(0, codes)) ofLengths[symbol] = reader.bits(3)
  const code = codeOf(ofLengths)
  const lengths: number[] = []
  while (lengths.length < literals + distances) {
    const symbol = reader.symbol(code)
    if (symbol < 16) lengths.push(symbol)
    else {
      const value = symbol === 16 ? (lengths.at(-1) ?? 0) : 0
      const times =
        symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7)
      for (let i = 0; i < times; i++) lengths.push(value)
    }
  }
  return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals, literals + distances))]
}

/**
 * Unpacks gzip.
 *
 * @param limit longest result, in bytes
 * @returns `undefined` for what is no gzip, is damaged, or is longer than the limit
 */
export function gunzip(bytes: Uint8Array, limit: number): Bytes | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return undefined
  try {
    return inflate(new BitReader(bytes, startOfData(bytes)), limit)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

/** Behind the fixed part come extra data, name, comment and a checksum, each where its flag says so. */
function startOfData(bytes: Uint8Array): number {
  const flags = bytes[3]!
  let at = HEADER
  if (flags & 4) at += 2 + (bytes[at]! | (bytes[at + 1]! << 8))
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1
  return flags & 2 ? at + 2 : at
}

function inflate(reader: BitReader, limit: number): Bytes {
  const out: number[] = []
  let isLast = false
  while (!isLast) {
    isLast = reader.bits(1) === 1
    const kind = reader.bits(2)
    if (kind === 3) throw new Malformed()
    if (kind === 0) for (const byte of reader.stored()) out.push(byte)
    else readBlock(reader, kind === 1 ? fixedCodes() : dynamicCodes(reader), out, limit)
    if (out.length > limit) throw new Malformed()
  }
  return Uint8Array.from(out)
}

function readBlock(
  reader: BitReader,
  [literals, distances]: [Code, Code],
  out: number[],
  limit: number,
): void {
  for (;;) {
    const symbol = reader.symbol(literals)
    if (symbol === 256) return
    if (symbol < 256) out.push(symbol)
    else copyMatch(reader, symbol - 257, distances, out)
    if (out.length > limit) throw new Malformed()
  }
}

function copyMatch(reader: BitReader, symbol: number, distances: Code, out: number[]): void {
  if (symbol >= LENGTH_BASE.length) throw new Malformed()
  const length = LENGTH_BASE[symbol]! + reader.bits(LENGTH_BITS[symbol]!)
  const far = reader.symbol(distances)
  if (far >= DISTANCE_BASE.length) throw new Malformed()
  const distance = DISTANCE_BASE[far]! + reader.bits(DISTANCE_BITS[far]!)
  if (distance > out.length) throw new Malformed()
  for (let i = 0; i < length; i++) out.push(out[out.length - distance]!)
}
