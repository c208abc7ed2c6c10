/**
 * The 32-bit cyclic redundancy checks: CRC32 as in zip files, and CRC32C (Castagnoli). On Node `zlib.crc32` does the
 * first.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4} CRC32C
 * @module
 */
import { runtimeProcess } from '../node-modules.ts'
import type { Checksum } from './checksum.ts'
import { bigEndian, buildTables, createCrc, type CrcTables } from './crc.ts'

/** Bits of the polynomials, the lowest power first. */
const IEEE = 0xedb88320
const CASTAGNOLI = 0x82f63b78

let castagnoli: CrcTables | undefined
let ieee: CrcTables | undefined

/** Begins a CRC32C. */
export function createCrc32c(): Checksum {
  return createCrc((castagnoli ??= buildTables(CASTAGNOLI)))
}

/** Begins a CRC32 on our own table, for runtimes that bring none along. */
export function createTableCrc32(): Checksum {
  return createCrc((ieee ??= buildTables(IEEE)))
}

/** Begins a CRC32. */
export function createCrc32(): Checksum {
  const crc32 = runtimeProcess()?.getBuiltinModule?.('node:zlib')?.crc32
  if (!crc32) return createTableCrc32()
  let state = 0
  return {
    update(bytes) {
      state = crc32(bytes, state)
    },
    digest: () => bigEndian(state),
  }
}
