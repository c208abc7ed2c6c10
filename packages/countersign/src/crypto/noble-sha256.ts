/**
 * SHA-256 and HMAC in plain JavaScript, for browsers and other runtimes without `node:crypto`.
 *
 * @module
 */
// The class itself, since the package's `sha256` and `hmac` wrap it in twice its size of argument checks.
import { _SHA256 as NobleSha256 } from '@noble/hashes/sha2.js'
import { hexOf, utf8 } from '../core/bytes.ts'
import { BLOCK, INNER_PAD, OUTER_PAD, type HmacKey, type Sha256 } from './sha256.ts'

function hash(data: Uint8Array): Uint8Array {
  return new NobleSha256().update(data).digest()
}

/** A hash that has taken in a block of padded key; every message starts from a copy of it. */
function keyed(key: Uint8Array, pad: number): NobleSha256 {
  const block = new Uint8Array(BLOCK)
  block.set(key.length > BLOCK ? hash(key) : key)
  return new NobleSha256().update(block.map((byte) => byte ^ pad))
}

function hmacKey(key: Uint8Array): HmacKey {
  const inner = keyed(key, INNER_PAD)
  const outer = keyed(key, OUTER_PAD)
  return {
    signHex: (message) => hexOf(outer.clone().update(inner.clone().update(utf8(message)).digest()).digest()),
  }
}

/** The hash functions of `@noble/hashes`. */
export const nobleSha256: Sha256 = {
  hashHex: (data) => hexOf(hash(typeof data === 'string' ? utf8(data) : data)),
  hmacKey,
}
