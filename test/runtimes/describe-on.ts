/**
 * Suites that need a runtime.
 *
 * @module
 */
import { describe, it } from 'vitest'

/** A suite that is skipped in plain sight where its runtime is not here, and fails there in CI. */
export function describeOn(name: string, program: string | undefined, fn: (program: string) => void): void {
  describe(name, () => {
    if (program !== undefined) {
      fn(program)
    } else if (process.env['COUNTERSIGN_REQUIRE_TOOLS'] === '1') {
      it(`needs ${name}`, () => {
        throw new Error(`${name} is not here, and COUNTERSIGN_REQUIRE_TOOLS is set`)
      })
    } else {
      it.skip(`skipped: ${name} is not here; npm run test:runtimes installs it`, () => {})
    }
  })
}
