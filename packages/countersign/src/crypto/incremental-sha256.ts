/**
 * A SHA-256 that is fed piece by piece, for bodies that do not fit into memory.
 *
 * @module
 */
import { _SHA256 as NobleSha256 } from '@noble/hashes/sha2.js'
import { hexOf } from '../core/bytes.ts'
import { createNodeHash } from './node-modules.ts'

/** A hash under way. */
export interface IncrementalSha256 {
  update(bytes: Uint8Array): void
  /** Hash of all pieces in lower-case hex; to be called once. */
  digestHex(): string
}

/** Begins a hash, on `node:crypto` where there is one. */
export function createSha256(): IncrementalSha256 {
  const node = createNodeHash('sha256')
  if (node) return { update: (bytes) => void node.update(bytes), digestHex: () => node.digest('hex') }
  const noble = new NobleSha256()
  return { update: (bytes) => void noble.update(bytes), digestHex: () => hexOf(noble.digest()) }
}
