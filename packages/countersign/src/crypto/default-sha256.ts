/**
 * Chooses the hash functions of this runtime: `node:crypto` where there is one, else plain JavaScript.
 *
 * @module
 */
import { nobleSha256 } from './noble-sha256.ts'
import { nodeSha256 } from './node-sha256.ts'
import type { Sha256 } from './sha256.ts'

let chosen: Sha256 | undefined

function choose(): Sha256 {
  // Finds built-in modules without an import that browsers would trip over.
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  const crypto = process?.getBuiltinModule?.('node:crypto')
  const buffer = process?.getBuiltinModule?.('node:buffer')
  return crypto?.hash && buffer ? nodeSha256(crypto.hash, buffer.Buffer) : nobleSha256
}

/** The hash functions of this runtime, chosen at the first call. */
export function defaultSha256(): Sha256 {
  chosen ??= choose()
  return chosen
}
