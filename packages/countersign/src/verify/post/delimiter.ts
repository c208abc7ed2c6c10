/**
 * Looks for a delimiter in bytes, in linear time whatever the bytes are: forms come from strangers, who choose both.
 *
 * @module
 */

/** A delimiter, and how far a search may go on from each byte that stands under its end (Horspool's table). */
export interface Delimiter {
  readonly bytes: Uint8Array
  readonly steps: Uint8Array
}

/** Makes bytes ready to be looked for; at most 255. */
export function prepareDelimiter(bytes: Uint8Array): Delimiter {
  const steps = new Uint8Array(256).fill(bytes.length)
  for (const [at, byte] of bytes.subarray(0, -1).entries()) steps[byte] = bytes.length - 1 - at
  return { bytes, steps }
}

// From the front: no boundary has a CR in it, so what matches a delimiter's beginning is not looked at again.
function matchesAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  const length = Math.min(wanted.length, bytes.length - at)
  for (let i = 0; i < length; i++) if (bytes[at + i] !== wanted[i]) return false
  return true
}

/**
 * Where a delimiter stands, be it only its beginning at the very end; the length of `bytes` where it does not.
 */
export function findDelimiter(bytes: Uint8Array, { bytes: wanted, steps }: Delimiter, from = 0): number {
  const last = wanted.length - 1
  let at = from
  for (; at + last < bytes.length; at += steps[bytes[at + last] ?? 0] ?? 1) {
    if (matchesAt(bytes, wanted, at)) return at
  }
  while (at < bytes.length && !matchesAt(bytes, wanted, at)) at++
  return Math.min(at, bytes.length)
}
