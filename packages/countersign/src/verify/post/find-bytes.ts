/**
 * Looks for bytes in bytes, in linear time for the delimiters of forms.
 *
 * @module
 */

function matchesAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  const length = Math.min(wanted.length, bytes.length - at)
  for (let i = 1; i < length; i++) if (bytes[at + i] !== wanted[i]) return false
  return true
}

/**
 * Where bytes occur, be it only their beginning at the very end; the length of `bytes` where they do not.
 *
 * @param wanted at least one byte
 */
export function findBytes(bytes: Uint8Array, wanted: Uint8Array, from = 0): number {
  let at = bytes.indexOf(wanted[0] ?? 0, from)
  while (at >= 0 && !matchesAt(bytes, wanted, at)) at = bytes.indexOf(wanted[0] ?? 0, at + 1)
  return at < 0 ? bytes.length : at
}
