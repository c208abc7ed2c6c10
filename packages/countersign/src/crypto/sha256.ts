/**
 * The contract of the hash functions: SHA-256 and HMAC-SHA256, synchronous, in one of two makes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104} HMAC
 * @module
 */

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
/** What a key is combined with for the inner of the two hashes of an HMAC. */
export const INNER_PAD = 0x36
/** The same for the outer one. */
export const OUTER_PAD = 0x5c
