/**
 * `npm test`: installs and builds what is missing, runs vitest (`npm test -- path` passes arguments on), and prints
 * `N passed, N failed` as its last line. `--long` runs the long tests instead.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMain, readJson, root } from './lib/project.mjs'
import { prepare } from './prepare.mjs'

/** How often a property is tried in a long run, where a usual one has 100. */
const LONG_FUZZ_RUNS = '20000'

/** @typedef {import('./lib/summary-reporter.mjs').Summary} Summary */

/**
 * The end of a run's output: what was skipped and why, then the counts.
 *
 * @param {Summary} summary
 * @returns {string[]}
 */
export function closingLines({ passed, failed, skipped }) {
  const reasons = skipped.map(({ file, name, reason }) => `  ${file}: ${name}${reason && ` (${reason})`}`)
  const counts = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`
  return [...(reasons.length > 0 ? ['Skipped:', ...reasons] : []), counts]
}

/**
 * @param {string[]} args for vitest
 * @param {boolean} long
 * @returns {{ code: number, summary: Summary }}
 */
function runVitest(args, long) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'))
  const file = join(folder, 'summary.json')
  const reporters = ['default', join(root, 'scripts', 'lib', 'summary-reporter.mjs')].map(
    (name) => `--reporter=${name}`,
  )
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        COUNTERSIGN_TEST_SUMMARY: file,
        ...(long ? { COUNTERSIGN_LONG: '1', COUNTERSIGN_FUZZ_RUNS: LONG_FUZZ_RUNS } : {}),
      },
    },
  )
  const summary = existsSync(file) ? readJson(file) : { passed: 0, failed: 0, skipped: [] }
  rmSync(folder, { recursive: true })
  return { code: status ?? 1, summary }
}

/** @param {string[]} args */
function main(args) {
  if (!prepare()) return 1
  const { code, summary } = runVitest(
    args.filter((arg) => arg !== '--long'),
    args.includes('--long'),
  )
  // A run that a name was picked for skips all others on purpose.
  const picked = args.some((arg) => /^(-t|--testNamePattern)/.test(arg))
  const lines = closingLines(summary)
  const ran = summary.passed + summary.failed
  if (ran === 0) console.error('No test ran, which proves nothing')
  for (const line of picked ? lines.slice(-1) : lines) console.log(line)
  return code !== 0 || summary.failed > 0 || ran === 0 ? code || 1 : 0
}

if (isMain(import.meta.url)) process.exitCode = main(process.argv.slice(2))
