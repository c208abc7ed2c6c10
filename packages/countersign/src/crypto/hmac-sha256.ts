/**
 * HMAC-SHA256 of bytes under a key that is used once, as the signatures before version 4 need it.
 *
 * @module
 */
import { bytesOfHex, type Bytes } from '../core/bytes.ts'
import { defaultSha256 } from './default-sha256.ts'
import { hashPieces } from './hash-pieces.ts'
import { padKey } from './sha256.ts'

/** MAC of bytes; 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  const [inner, outer] = padKey(key, (data) => bytesOfHex(defaultSha256().hashHex(data)))
  return bytesOfHex(hashPieces([outer, bytesOfHex(hashPieces([inner, message]))]))
}
