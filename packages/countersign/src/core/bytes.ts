/**
 * Byte strings: one character is one byte, U+0000 to U+00FF. The core reads and writes them, so
 * that no step can lose a byte that is not valid UTF-8.
 *
 * @module
 */

/** Bytes on an ordinary buffer; written this way because TypeScript before 5.7 has no `Uint8Array<ArrayBuffer>`. */
export type Bytes = ReturnType<typeof Uint8Array.of>

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** The bytes of a byte string. */
export function bytesOfText(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Two lower-case hex digits of a byte. */
export function hexOfByte(byte: number): string {
  return (byte + 256).toString(16).slice(1)
}

/** Lower-case hex digits of bytes. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, hexOfByte).join('')
}

/** Bytes of an even number of hex digits, which must be such. */
export function bytesOfHex(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

/** Whether a value that may be of any type is a text that a pattern matches. */
export function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}
