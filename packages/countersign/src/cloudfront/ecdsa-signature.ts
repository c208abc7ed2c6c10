/**
 * ECDSA signatures in their two forms: WebCrypto has the numbers r and s side by side, 32 bytes each, CloudFront
 * wants them in DER, as OpenSSL writes them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3} Ecdsa-Sig-Value
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import { formatDer, parseSequence, TAG } from './der.ts'

const SIZE = 32

/** From side by side to DER. */
export function formatEcdsaSignature(raw: Uint8Array): Bytes {
  return formatDer(TAG.sequence, formatNumber(raw.subarray(0, SIZE)), formatNumber(raw.subarray(SIZE)))
}

/** From DER to side by side; `undefined` when it is no signature on P-256, or not in its shortest form. */
export function parseEcdsaSignature(der: Uint8Array): Bytes | undefined {
  const numbers = parseSequence(der)
  if (numbers?.length !== 2) return undefined
  const raw = new Uint8Array(2 * SIZE)
  for (const [index, { tag, content }] of numbers.entries()) {
    const digits = content[0] === 0 ? content.subarray(1) : content
    if (tag !== TAG.integer || digits.length > SIZE) return undefined
    raw.set(digits, (index + 1) * SIZE - digits.length)
  }
  const isShortest = formatEcdsaSignature(raw).every((byte, index) => byte === der[index])
  return isShortest ? raw : undefined
}

/** A positive number, without leading zeros but the one that keeps it positive. */
function formatNumber(bytes: Uint8Array): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(first < 0 ? SIZE - 1 : first)
  return formatDer(TAG.integer, digits[0]! > 127 ? Uint8Array.of(0) : new Uint8Array(), digits)
}
