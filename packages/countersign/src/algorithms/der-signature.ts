/**
 * The form of an ECDSA signature: two positive integers in DER, in lower-case hex.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3}
 * @module
 */
import { bytesOfHex } from '../core/bytes.ts'

// On P-256 an integer has at most 32 bytes, and a zero before them where they would read as negative.
const HEX = /^(?:[0-9a-f]{2}){8,72}$/
const INTEGER = 0x02
const SEQUENCE = 0x30
const LONGEST = 33

/**
 * Whether a text is a signature in the one form that DER has for it. Either half of the numbers that s can be of is
 * taken, as by AWS: so every request has two signatures, and a store of seen ones must not go by the signature.
 */
export function isDerSignature(text: string): boolean {
  if (!HEX.test(text)) return false
  const bytes = bytesOfHex(text)
  const isSequence = bytes[0] === SEQUENCE && bytes[1] === bytes.length - 2
  return isSequence && integerEnd(bytes, integerEnd(bytes, 2)) === bytes.length
}

/** Where the positive integer ends that begins at an index; `NaN` when there is none in its shortest form. */
function integerEnd(bytes: Uint8Array, at: number): number {
  const [type, length = 0, first = 0, second = 0] = bytes.subarray(at, at + 4)
  const isShortest = first > 0 || (length > 1 && second > 0x7f)
  const isInteger = type === INTEGER && length > 0 && length <= LONGEST
  return isInteger && isShortest && first < 0x80 ? at + 2 + length : NaN
}
