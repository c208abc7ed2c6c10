import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// `npm run test:long` sets it: what takes minutes, and the property tests with many more runs.
const long = process.env['COUNTERSIGN_LONG'] === '1'
const kinds = long ? '{long,fuzz}' : '{test,fuzz}'

export default defineConfig({
  test: {
    include: [
      `packages/*/{src,test}/**/*.${kinds}.ts`,
      `test/**/*.${kinds}.ts`,
      ...(long ? [] : ['scripts/test/**/*.test.{ts,mjs}']),
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/kit/setup.ts'],
    pool: 'forks',
    // Not one less than there are cores, as vitest would have it: on a machine with two, that leaves one of them idle.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: long ? 20 * 60_000 : 30_000,
    hookTimeout: 60_000,
  },
})
