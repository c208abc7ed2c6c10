/**
 * The hash functions of a browser. Bundlers put this file in the place of `default-sha256.ts` (the `browser` field of
 * `package.json`), so that a page does not carry what only `node:crypto` can run.
 *
 * @module
 */
import { nobleSha256 } from './noble-sha256.ts'
import type { Sha256 } from './sha256.ts'

/** The hash functions of this runtime. */
export function defaultSha256(): Sha256 {
  return nobleSha256
}
