/**
 * Comparison that takes the same time wherever two texts differ, so that nobody can find a signature
 * digit by digit.
 *
 * @module
 */

/**
 * Whether two texts are equal. The time depends on the length of `given` alone, never on `expected`.
 *
 * @param expected the secret side: a computed signature, a token
 * @param given what the other side sent
 */
export function equalConstantTime(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let i = 0; i < given.length; i++) difference |= expected.charCodeAt(i) ^ given.charCodeAt(i)
  return difference === 0
}
