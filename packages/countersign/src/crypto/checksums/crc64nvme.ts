/**
 * CRC64NVME: the 64-bit cyclic redundancy check of the NVM Express specification, which S3 prefers for whole objects.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html}
 * @module
 */
import type { Checksum } from './checksum.ts'
import { buildTables, createCrc, type CrcTables } from './crc.ts'

/** Bits of the polynomial, the lowest power first. */
const POLYNOMIAL_HIGH = 0x9a6c9329
const POLYNOMIAL_LOW = 0xac4bc9b5

let tables: CrcTables | undefined

/** Begins a CRC64NVME. */
export function createCrc64Nvme(): Checksum {
  return createCrc((tables ??= buildTables(POLYNOMIAL_LOW, POLYNOMIAL_HIGH)))
}
