/**
 * Byte strings: one character is one byte, U+0000 to U+00FF. The core reads and writes them, so
 * that no step can lose a byte that is not valid UTF-8.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/** Bytes on an ordinary buffer; written this way because TypeScript before 5.7 has no `Uint8Array<ArrayBuffer>`. */
export type Bytes = ReturnType<typeof Uint8Array.of>

const NOT_ASCII = /[^\x00-\x7f]/
const NOT_LATIN1 = /[^\x00-\xff]/

/** Whether every character is below U+0080, so that the text is the same bytes in every encoding. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text)
}

/** Whether every character stands for one byte. */
export function isByteString(text: string): boolean {
  return !NOT_LATIN1.test(text)
}

/** The bytes that a byte string stands for. Characters above U+00FF must not be in it. */
export function bytesOf(byteString: string): Bytes {
  const bytes = new Uint8Array(byteString.length)
  for (let i = 0; i < byteString.length; i++) bytes[i] = byteString.charCodeAt(i)
  return bytes
}

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

/** Bytes of an even number of hex digits; `undefined` for anything else. */
export function parseHex(hex: string): Bytes | undefined {
  if (hex.length % 2 !== 0 || /[^0-9a-fA-F]/.test(hex)) return undefined
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

/**
 * Percent-encodes the UTF-8 of a text's part.
 *
 * @throws {@link SigningError} `TEXT_INVALID` when half of a surrogate pair is in it
 */
export function encodeUtf8(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch (cause) {
    throw new SigningError(
      'TEXT_INVALID',
      'The text holds half of a surrogate pair; give well-formed Unicode',
      { cause },
    )
  }
}
