/**
 * Chooses the hash functions of this runtime: `node:crypto` where there is one, else plain JavaScript.
 *
 * @module
 */
import { nobleSha256 } from './noble-sha256.ts'
import { runtimeProcess } from './node-modules.ts'
import { nodeSha256 } from './node-sha256.ts'
import type { Sha256 } from './sha256.ts'

let chosen: Sha256 | undefined

/** Test case 2 of RFC 4231. */
const KNOWN = {
  key: Uint8Array.from('Jefe', (digit) => digit.charCodeAt(0)),
  text: 'what do ya want for nothing?',
  mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
}

/**
 * Tries `node:crypto` with a known answer: runtimes that imitate it leave some of it out, or do it in another way.
 *
 * @param process what has the built-in modules, if anything
 */
export function chooseSha256(process: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> | undefined): Sha256 {
  try {
    const crypto = process?.getBuiltinModule?.('node:crypto')
    const buffer = process?.getBuiltinModule?.('node:buffer')
    if (!crypto?.hash || !buffer) return nobleSha256
    const sha256 = nodeSha256(crypto.hash, buffer.Buffer)
    return sha256.hmacKey(KNOWN.key).signHex(KNOWN.text) === KNOWN.mac ? sha256 : nobleSha256
  } catch {
    return nobleSha256
  }
}

/** The hash functions of this runtime, chosen at the first call. */
export function defaultSha256(): Sha256 {
  chosen ??= chooseSha256(runtimeProcess())
  return chosen
}
