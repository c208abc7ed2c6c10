/**
 * What was tried, row by row: printed as it ends, and counted.
 */

/**
 * @typedef {object} Trial
 * @property {string} operation
 * @property {string} [key] name of the object's key
 * @property {'header' | 'presigned'} how
 * @property {boolean} token whether a session token is sent
 */

/** The table. */
export class Trials {
  passed = 0
  /** @type {string[]} */
  failed = []

  /**
   * Tries something. A failure is noted, and the run goes on.
   *
   * @param {Trial} trial
   * @param {() => Promise<void>} action throws unless all is well
   */
  async try({ operation, key = '', how, token }, action) {
    const row = [
      operation.padEnd(34),
      key.padEnd(24),
      how.padEnd(10),
      (token ? 'token' : '-').padEnd(6),
    ].join(' ')
    try {
      await action()
      this.passed += 1
      console.log(`${row} ok`)
    } catch (error) {
      this.failed.push(`${row} ${error instanceof Error ? error.message : String(error)}`)
      console.log(`${row} FAILED`)
    }
  }

  /** Prints the failures and the sum. */
  conclude() {
    for (const failure of this.failed) console.log(`\n${failure}`)
    console.log(`\n${this.passed} accepted or refused as expected, ${this.failed.length} failed`)
  }
}
