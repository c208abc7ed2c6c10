/**
 * Runs before every test file.
 *
 * @module
 */
import fc from 'fast-check'

// A property test that names its own number of runs keeps it.
const runs = Number(process.env['COUNTERSIGN_FUZZ_RUNS'] ?? 0)
if (runs > 0) fc.configureGlobal({ numRuns: runs })
