/**
 * The contract of ECDSA on the curve P-256 with SHA-256, synchronous, in one of two makes.
 *
 * @see {@link https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.186-5.pdf}
 * @module
 */

/** A key pair. Holds key material: never log or serialise it. */
export interface P256Key {
  /** Signs an ASCII text; DER in lower-case hex. The same text may get another signature each time. */
  signHex(text: string): string
  /** Whether a signature, DER in hex, was made of an ASCII text by this key. */
  hasSigned(text: string, signature: string): boolean
}

/** Makes the key pair of a private scalar of 32 bytes, from 1 to the order of the curve less 1. */
export type P256 = (scalar: Uint8Array) => P256Key
