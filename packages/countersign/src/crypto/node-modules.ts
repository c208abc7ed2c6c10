/**
 * What `node:` modules have, where the runtime has them: found without an import that browsers would trip over.
 *
 * @module
 */
import type { Hash } from 'node:crypto'
import type { Readable } from 'node:stream'

/** `process` of the runtime, if it has one. */
export function runtimeProcess(): Partial<NodeJS.Process> | undefined {
  return (globalThis as { process?: Partial<NodeJS.Process> }).process
}

/**
 * Begins a hash of `node:crypto` that is fed piece by piece; `undefined` where there is none.
 *
 * @param name as OpenSSL calls it: `sha256`, `md5`, …
 */
export function createNodeHash(name: string): Hash | undefined {
  return runtimeProcess()?.getBuiltinModule?.('node:crypto')?.createHash(name)
}

/** Makes a stream of Node of what can be iterated; `undefined` where the runtime has none. */
export function createNodeStream(body: AsyncIterable<Uint8Array>): Readable | undefined {
  return runtimeProcess()?.getBuiltinModule?.('node:stream')?.Readable.from(body, { objectMode: false })
}
