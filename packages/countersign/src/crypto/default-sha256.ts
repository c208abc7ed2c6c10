/**
 * Chooses the hash functions of this runtime: `node:crypto` where there is one, else plain JavaScript.
 *
 * @module
 */
import { nobleSha256 } from './noble-sha256.ts'
import { nodeSha256 } from './node-sha256.ts'
import type { Sha256 } from './sha256.ts'

/** The part of `process` that finds built-in modules without an import that browsers would trip over. */
interface BuiltinModules {
  getBuiltinModule?(id: 'node:crypto'): typeof import('node:crypto') | undefined
  getBuiltinModule?(id: 'node:buffer'): typeof import('node:buffer') | undefined
}

let chosen: Sha256 | undefined

function choose(): Sha256 {
  const { process } = globalThis as { process?: BuiltinModules }
  const crypto = process?.getBuiltinModule?.('node:crypto')
  const buffer = process?.getBuiltinModule?.('node:buffer')
  return crypto?.hash && buffer ? nodeSha256(crypto, buffer.Buffer) : nobleSha256
}

/** The hash functions of this runtime, chosen at the first call. */
export function defaultSha256(): Sha256 {
  chosen ??= choose()
  return chosen
}
