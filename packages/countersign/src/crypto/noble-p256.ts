/**
 * ECDSA in plain JavaScript, for browsers and other runtimes without `node:crypto`. Its signatures are those of
 * RFC 6979: the same text gets the same one.
 *
 * @module
 */
import { p256 } from '@noble/curves/nist.js'
import { bytesOfHex, hexOf, utf8 } from '../core/bytes.ts'
import type { P256 } from './p256.ts'

// AWS takes either half of the numbers that s can be of, and so do OpenSSL's signers.
const RULES = { lowS: false, format: 'der' } as const

/** ECDSA of `@noble/curves`. */
export const nobleP256: P256 = (scalar) => {
  let publicKey: Uint8Array | undefined
  return {
    signHex: (text) => hexOf(p256.sign(utf8(text), scalar, RULES)),
    hasSigned(text, signature) {
      publicKey ??= p256.getPublicKey(scalar)
      return p256.verify(bytesOfHex(signature), utf8(text), publicKey, RULES)
    },
  }
}
