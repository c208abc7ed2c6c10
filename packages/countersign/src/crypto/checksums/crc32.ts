/**
 * The 32-bit cyclic redundancy checks: CRC32 as in zip files, and CRC32C (Castagnoli). Tables of our own, eight bytes
 * at a step; on Node `zlib.crc32` does the first.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4} CRC32C
 * @module
 */
import type { Checksum } from './checksum.ts'

/** Bits of the polynomials, the lowest power first. */
const IEEE = 0xedb88320
const CASTAGNOLI = 0x82f63b78

const STEP = 8

/** Table `t` at `t * 256` tells what a byte becomes after `t` more bytes of zeroes. */
type Tables = Int32Array

function buildTables(polynomial: number): Tables {
  const tables = new Int32Array(STEP * 256)
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    tables[byte] = value
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!
    tables[i] = (before >>> 8) ^ tables[before & 255]!
  }
  return tables
}

function update(state: number, bytes: Uint8Array, tables: Tables): number {
  let crc = state
  let i = 0
  for (const end = bytes.length - STEP + 1; i < end; i += STEP) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc =
      tables[1792 + (crc & 255)]! ^
      tables[1536 + ((crc >>> 8) & 255)]! ^
      tables[1280 + ((crc >>> 16) & 255)]! ^
      tables[1024 + (crc >>> 24)]! ^
      tables[768 + bytes[i + 4]!]! ^
      tables[512 + bytes[i + 5]!]! ^
      tables[256 + bytes[i + 6]!]! ^
      tables[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[i]!) & 255]!
  return crc
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

function createTableCrc(tables: Tables): Checksum {
  let state = -1
  return {
    update(bytes) {
      state = update(state, bytes, tables)
    },
    digest: () => bigEndian(~state),
  }
}

let castagnoli: Tables | undefined
let ieee: Tables | undefined

/** Begins a CRC32C. */
export function createCrc32c(): Checksum {
  return createTableCrc((castagnoli ??= buildTables(CASTAGNOLI)))
}

/** Begins a CRC32 on our own table, for runtimes that bring none along. */
export function createTableCrc32(): Checksum {
  return createTableCrc((ieee ??= buildTables(IEEE)))
}

/** Begins a CRC32. */
export function createCrc32(): Checksum {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  const crc32 = process?.getBuiltinModule?.('node:zlib')?.crc32
  if (!crc32) return createTableCrc32()
  let state = 0
  return {
    update(bytes) {
      state = crc32(bytes, state)
    },
    digest: () => bigEndian(state),
  }
}
