/**
 * SHA-256 and HMAC in plain JavaScript, for browsers and other runtimes without `node:crypto`.
 *
 * @module
 */
// The class itself, since the package's `sha256` and `hmac` wrap it in twice its size of argument checks.
import { _SHA256 as NobleSha256 } from '@noble/hashes/sha2.js'
import { hexOf, utf8 } from '../core/bytes.ts'
import { padKey, type HmacKey, type Sha256 } from './sha256.ts'

function hash(...parts: Uint8Array[]): Uint8Array {
  const state = new NobleSha256()
  for (const part of parts) state.update(part)
  return state.digest()
}

function hmacKey(key: Uint8Array): HmacKey {
  const [inner, outer] = padKey(key, hash)
  return { signHex: (message) => hexOf(hash(outer, hash(inner, utf8(message)))) }
}

/** The hash functions of `@noble/hashes`. */
export const nobleSha256: Sha256 = {
  hashHex: (data) => hexOf(hash(typeof data === 'string' ? utf8(data) : data)),
  hmacKey,
}
