/**
 * The catalogue of causes: one value for each way in which a signed request fails.
 *
 * @module
 */
import type { Cause } from './cause.ts'
import { PATH_ENCODING } from './causes/path.ts'

/** All causes. Those that go wrong most often come first: the search tries them in this order. */
export const CAUSES: readonly Cause[] = [...PATH_ENCODING]

/** The cause of a code, or of a number such as `M37`. */
export function findCause(name: string): Cause | undefined {
  return CAUSES.find(({ id, code }) => code === name || id.toLowerCase() === name.toLowerCase())
}
