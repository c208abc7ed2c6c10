/**
 * Keeps the memory of a process that passes gibibytes on as small as that of one that does not.
 *
 * Node frees the buffers of the chunks that went by when its young objects are collected, which happens seldom where
 * there are few of them: a hundred mebibytes of buffers that nobody needs pile up. And for a moment the optimising
 * compiler takes thirty mebibytes to make undici's HTTP parser, which is WebAssembly, a little faster.
 *
 * A collection of young objects takes a millisecond. Several threads for it would mostly wait for each other, the more so
 * where all processors have work.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Of chunks, between two collections; one takes about a millisecond. */
const INTERVAL = 4 * 1024 * 1024

type CollectGarbage = (options: { type: 'minor' }) => void

let collectGarbage: CollectGarbage | undefined
let passed = 0

/** To be called before anything is sent or received. */
export function limitMemory(): void {
  setFlagsFromString('--liftoff-only')
  setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--expose-gc')
  collectGarbage = runInNewContext('gc') as CollectGarbage
}

/** Counts the bytes of a chunk that went by. */
export function countPassed(bytes: number): void {
  passed += bytes
  if (passed < INTERVAL) return
  passed = 0
  collectGarbage?.({ type: 'minor' })
}
