/**
 * Chooses the ECDSA of this runtime: `node:crypto` where it can do it, else plain JavaScript.
 *
 * @module
 */
import { nobleP256 } from './noble-p256.ts'
import { nodeP256 } from './node-p256.ts'
import { runtimeProcess } from './node-modules.ts'
import type { P256, P256Key } from './p256.ts'

let chosen: P256 | undefined

/** Deno's is written without a processor's own instructions: it signs in twice the time of noble, and verifies in two thirds. */
const signedByNoble =
  (verifying: P256): P256 =>
  (scalar) => {
    let key: P256Key | undefined
    return {
      signHex: nobleP256(scalar).signHex,
      hasSigned: (text, signature) => (key ??= verifying(scalar)).hasSigned(text, signature),
    }
  }

/**
 * Tries `node:crypto` with the scalar 1: runtimes that imitate it leave some of it out.
 *
 * @param process what has the built-in modules, if anything
 */
export function chooseP256(
  process: Partial<Pick<NodeJS.Process, 'getBuiltinModule' | 'versions'>> | undefined,
): P256 {
  try {
    const crypto = process?.getBuiltinModule?.('node:crypto')
    const buffer = process?.getBuiltinModule?.('node:buffer')
    if (!crypto || !buffer) return nobleP256
    const p256 = nodeP256(crypto, buffer.Buffer)
    const key = p256(Uint8Array.of(...new Uint8Array(31), 1))
    if (!key.hasSigned('', key.signHex(''))) return nobleP256
    return process?.versions?.['deno'] === undefined ? p256 : signedByNoble(p256)
  } catch {
    return nobleP256
  }
}

/** The ECDSA of this runtime, chosen at the first call. */
export function defaultP256(): P256 {
  chosen ??= chooseP256(runtimeProcess())
  return chosen
}
