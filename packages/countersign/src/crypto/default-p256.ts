/**
 * Chooses the ECDSA of this runtime: `node:crypto` where it can do it, else plain JavaScript.
 *
 * @module
 */
import { nobleP256 } from './noble-p256.ts'
import { nodeP256 } from './node-p256.ts'
import type { P256 } from './p256.ts'

let chosen: P256 | undefined

/**
 * Tries `node:crypto` with the scalar 1: runtimes that imitate it leave some of it out.
 *
 * @param process what has the built-in modules, if anything
 */
export function chooseP256(process: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> | undefined): P256 {
  try {
    const crypto = process?.getBuiltinModule?.('node:crypto')
    const buffer = process?.getBuiltinModule?.('node:buffer')
    if (!crypto || !buffer) return nobleP256
    const p256 = nodeP256(crypto, buffer.Buffer)
    const key = p256(Uint8Array.of(...new Uint8Array(31), 1))
    return key.hasSigned('', key.signHex('')) ? p256 : nobleP256
  } catch {
    return nobleP256
  }
}

/** The ECDSA of this runtime, chosen at the first call. */
export function defaultP256(): P256 {
  chosen ??= chooseP256((globalThis as { process?: Partial<NodeJS.Process> }).process)
  return chosen
}
