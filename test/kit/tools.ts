/**
 * Suites that need a program of the host: `curl`, `python3`, … Where it is missing they are skipped in plain sight;
 * with `COUNTERSIGN_REQUIRE_TOOLS=1`, as in CI, they fail.
 *
 * @module
 */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Where a program is, looked for in `PATH`. */
export function findTool(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/**
 * A suite that needs a program.
 *
 * @param tool name of the program, such as `curl`
 * @param fn gets the program's path
 */
export function describeWithTool(tool: string, name: string, fn: (path: string) => void): void {
  const path = findTool(tool)
  if (path !== undefined) {
    describe(name, () => {
      fn(path)
    })
    return
  }
  describe(name, () => {
    if (process.env['COUNTERSIGN_REQUIRE_TOOLS'] === '1') {
      it(`needs ${tool}`, () => {
        throw new Error(`${tool} is not in PATH, and COUNTERSIGN_REQUIRE_TOOLS is set`)
      })
    } else {
      it.skip(`skipped: ${tool} is not in PATH`, () => {})
    }
  })
}
