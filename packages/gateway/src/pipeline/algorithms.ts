/**
 * The algorithms of signatures, by the names that they have in settings: `v4`, and `v4a` for several regions at once.
 *
 * @module
 */
import { sigV4, type SignatureAlgorithm } from 'countersign/verify'
import type { AlgorithmName } from '../config/route-settings.ts'

/** Loads one: the curve of SigV4A takes mebibytes of memory, and who has no use for it does without. */
export async function loadAlgorithm(name: AlgorithmName): Promise<SignatureAlgorithm> {
  return name === 'v4' ? sigV4 : (await import('countersign/sigv4a')).sigV4A
}
