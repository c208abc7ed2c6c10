/**
 * The contract of the hash functions: SHA-256 and HMAC-SHA256, synchronous, in one of two makes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104} HMAC
 * @module
 */

/** An HMAC-SHA256 key, ready for any number of messages. Holds key material: never log or serialise it. */
export interface HmacKey {
  /** MAC of an ASCII message, 32 bytes. */
  sign(message: string): Uint8Array
  /** MAC of an ASCII message in lower-case hex, 64 digits. */
  signHex(message: string): string
}

/** A SHA-256 that is fed piece by piece. */
export interface IncrementalSha256 {
  update(bytes: Uint8Array): void
  /** Hash of all pieces in lower-case hex; to be called once. */
  digestHex(): string
}

/** What one make of the hash functions offers. */
export interface Sha256 {
  /** Hash of bytes, or of an ASCII text, in lower-case hex. */
  hashHex(data: string | Uint8Array): string
  create(): IncrementalSha256
  hmacKey(key: Uint8Array): HmacKey
}

/** Block size of SHA-256, in bytes. */
export const BLOCK = 64
