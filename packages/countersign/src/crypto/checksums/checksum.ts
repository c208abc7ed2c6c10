/**
 * The contract of the checksums.
 *
 * @module
 */

/** A checksum under way. */
export interface Checksum {
  update(bytes: Uint8Array): void
  /** The checksum of all pieces, the most significant byte first; to be called once. */
  digest(): Uint8Array
}
