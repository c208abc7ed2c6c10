import { expect, it } from 'vitest'
import { summarize } from '../lib/summary-reporter.mjs'
import { isInstalled } from '../prepare.mjs'
import { closingLines } from '../test.mjs'
import { temporaryFolder } from './temporary.mjs'

it('closes with the counts', () => {
  expect(closingLines({ passed: 2, failed: 0, skipped: [] })).toEqual(['2 passed, 0 failed'])
  const skipped = [{ file: 'a.test.ts', name: 'vectors skipped: none', reason: '' }]
  expect(closingLines({ passed: 1, failed: 3, skipped })).toEqual([
    'Skipped:',
    '  a.test.ts: vectors skipped: none',
    '1 passed, 3 failed, 1 skipped',
  ])
})

it('counts a file that cannot be imported as a failure', () => {
  /** @param {unknown[]} errors @param {object[]} tests @returns {any} */
  const module = (errors, tests) => ({
    moduleId: 'a.test.ts',
    errors: () => errors,
    children: { allSuites: () => [], allTests: () => tests },
  })
  const test = { fullName: 'a', result: () => ({ state: 'passed' }) }
  const late = { fullName: 'b', result: () => ({ state: 'skipped', note: 'later' }) }
  const summary = summarize(
    [module([new Error('import')], []), module([], [test, late])],
    [new Error('unhandled')],
  )
  expect([summary.passed, summary.failed]).toEqual([1, 2])
  expect(summary.skipped).toMatchObject([{ name: 'b', reason: 'later' }])
})

it('sees when node_modules is not what the lock file names', () => {
  /** @param {Record<string, object>} packages */
  const lock = (packages) => JSON.stringify({ packages })
  const wanted = lock({
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  })
  /** @param {Record<string, string>} more */
  const check = (more) => isInstalled(temporaryFolder({ 'package-lock.json': wanted, ...more }))
  const record = 'node_modules/.package-lock.json'
  expect(check({})).toBe(false)
  expect(check({ [record]: lock({}) })).toBe(false)
  expect(check({ [record]: lock({ 'node_modules/a': { version: '0.9.0' } }) })).toBe(false)
  expect(check({ [record]: lock({ 'node_modules/a': { version: '1.0.0' } }) })).toBe(true)
})
