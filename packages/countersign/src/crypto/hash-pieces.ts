/**
 * SHA-256 of bytes that lie in several pieces.
 *
 * @module
 */
import { defaultSha256 } from './default-sha256.ts'
import { createSha256 } from './incremental-sha256.ts'

/** Hash of all pieces together, in lower-case hex. */
export function hashPieces(pieces: readonly Uint8Array[]): string {
  // One call is cheaper than a hash that is fed.
  if (pieces.length === 1) return defaultSha256().hashHex(pieces[0]!)
  const hash = createSha256()
  for (const piece of pieces) hash.update(piece)
  return hash.digestHex()
}
