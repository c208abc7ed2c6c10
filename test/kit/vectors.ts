/**
 * The known-answer vectors. They lie outside of this repository, in the folder that `COUNTERSIGN_VECTORS` names, by
 * default `../shared/vectors` beside the project's root. Without them their suites are skipped in plain sight; a
 * folder that is there and holds no case is a failure.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { watchCases } from './vector-coverage.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

function wantedFolder(): string {
  return resolve(root, process.env['COUNTERSIGN_VECTORS'] || '../shared/vectors')
}

/** The folder with the vectors, or nothing when it is missing. */
export function vectorsFolder(): string | undefined {
  const folder = wantedFolder()
  return existsSync(folder) ? folder : undefined
}

/**
 * Reads one file of vectors.
 *
 * @param file its name, such as `canonical.json`
 */
export function loadVectors<T>(file: string): T {
  const folder = vectorsFolder()
  if (folder === undefined) throw new Error(`No vectors at ${relative(root, wantedFolder())}`)
  return watchCases(file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as T)
}

/** Gives back the cases, and fails when there are none: a loop over nothing proves nothing. */
export function expectCases<T>(cases: readonly T[] | undefined): readonly T[] {
  if (cases === undefined || cases.length === 0) throw new Error('No cases: the file or the filter is wrong')
  return cases
}

/** A suite that needs the vectors; `fn` is not even called without them, so it may load them at once. */
export function describeVectors(name: string, fn: () => void): void {
  if (vectorsFolder() !== undefined) {
    describe(name, fn)
    return
  }
  const reason = `no vectors at ${relative(root, wantedFolder())}, set COUNTERSIGN_VECTORS`
  describe(name, () => {
    it.skip(`skipped: ${reason}`, () => {})
  })
}
