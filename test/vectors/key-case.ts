/**
 * A published signing key, as `keys.json` has it.
 *
 * @module
 */

/** What the key was derived from, and the key in hex. */
export interface KeyCase {
  readonly name: string
  readonly secretAccessKey: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signingKey: string
}
