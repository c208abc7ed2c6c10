/**
 * Suites that need a program of the host: `curl`, `python3`, … Where it is missing they are skipped in plain sight;
 * with `COUNTERSIGN_REQUIRE_TOOLS=1`, as in CI, they fail.
 *
 * @module
 */
import { describe, it } from 'vitest'
import { findTool } from '../../scripts/lib/find-tool.mjs'

export { findTool }

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
