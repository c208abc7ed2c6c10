/**
 * The contract of the hash functions: SHA-256 and HMAC-SHA256, synchronous, in one of two makes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104} HMAC
 * @module
 */
import type { Bytes } from '../core/bytes.ts'

/** An HMAC-SHA256 key, ready for any number of messages. Holds key material: never log or serialise it. */
export interface HmacKey {
  /** MAC of an ASCII message in lower-case hex, 64 digits. */
  signHex(message: string): string
}

/** What one make of the hash functions offers. */
export interface Sha256 {
  /** Hash of bytes, or of an ASCII text, in lower-case hex. */
  hashHex(data: string | Uint8Array): string
  hmacKey(key: Uint8Array): HmacKey
}

/** Block size of SHA-256, in bytes. */
export const BLOCK = 64

/**
 * The two blocks that an HMAC puts before what it hashes: before the message, and before the hash of that.
 *
 * @param hash SHA-256, for keys longer than a block
 */
export function padKey(
  key: Uint8Array,
  hash: (data: Uint8Array) => Uint8Array,
): [inner: Bytes, outer: Bytes] {
  const block = new Uint8Array(BLOCK)
  block.set(key.length > BLOCK ? hash(key) : key)
  return [block.map((byte) => byte ^ 0x36), block.map((byte) => byte ^ 0x5c)]
}
