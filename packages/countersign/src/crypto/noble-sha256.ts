/**
 * SHA-256 and HMAC in plain JavaScript, for browsers and other runtimes without `node:crypto`.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesOf, hexOf } from '../core/bytes.ts'
import type { Sha256 } from './sha256.ts'

/** The hash functions of `@noble/hashes`. */
export const nobleSha256: Sha256 = {
  hashHex: (data) => hexOf(sha256(typeof data === 'string' ? bytesOf(data) : data)),
  create: () => {
    const hash = sha256.create()
    return { update: (bytes) => void hash.update(bytes), digestHex: () => hexOf(hash.digest()) }
  },
  hmacKey: (key) => {
    // The padded blocks are hashed once; every message starts from a copy of that state.
    const keyed = hmac.create(sha256, key)
    const sign = (message: string): Uint8Array => keyed.clone().update(bytesOf(message)).digest()
    return { sign, signHex: (message) => hexOf(sign(message)) }
  },
}
