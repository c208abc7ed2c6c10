/**
 * HMAC-SHA1, which only signatures of version 2 still need. HMAC does not suffer from the collisions that SHA-1 has.
 *
 * @module
 */
import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js'
import { utf8 } from '../core/bytes.ts'
import { padKey } from './sha256.ts'

/** MAC of bytes, or of a text in UTF-8; 20 bytes. Taken from `node:crypto` where there is one. */
export function hmacSha1(key: Uint8Array, message: string | Uint8Array): Uint8Array {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  const node = process?.getBuiltinModule?.('node:crypto')
  return node ? node.createHmac('sha1', key).update(message).digest() : nobleHmacSha1(key, message)
}

/** The same in plain JavaScript. */
export function nobleHmacSha1(key: Uint8Array, message: string | Uint8Array): Uint8Array {
  // SHA-1 has the block size of SHA-256.
  const [inner, outer] = padKey(key, nobleSha1)
  const bytes = typeof message === 'string' ? utf8(message) : message
  const hash = nobleSha1.create().update(inner).update(bytes).digest()
  return nobleSha1.create().update(outer).update(hash).digest()
}
