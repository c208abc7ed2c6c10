/**
 * Byte strings: one character is one byte, U+0000 to U+00FF. The core reads and writes them, so
 * that no step can lose a byte that is not valid UTF-8.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/** Bytes on an ordinary buffer; written this way because TypeScript before 5.7 has no `Uint8Array<ArrayBuffer>`. */
export type Bytes = ReturnType<typeof Uint8Array.of>

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** Lower-case hex digits of bytes. */
export function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1)
  return hex
}

/** Bytes of an even number of hex digits, which must be such. */
export function bytesOfHex(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

/**
 * Percent-encodes the UTF-8 of a part of a text.
 *
 * @throws {@link SigningError} `TEXT_INVALID` when half of a surrogate pair is in it
 */
export function encodeUtf8(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch (cause) {
    throw new SigningError('TEXT_INVALID', 'The URL holds half of a surrogate pair', { cause })
  }
}
