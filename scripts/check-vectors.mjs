/**
 * `npm run vectors`: runs the suites of known answers and prints each family with its count. A file, or a case, that no
 * test reads is a failure. Without the vectors there is nothing to check, and it says so.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { conclude, readJson, root, run } from './lib/project.mjs'

const folder = resolve(root, process.env['COUNTERSIGN_VECTORS'] || '../shared/vectors')

/** Parts of a file that are no cases: what its flags mean, and answers that its sources got wrong. */
const NO_CASES = new Set(['flags', 'leftOut', 'licence', 'source'])

/** Keys of a table that say where it comes from. */
const NOTES = new Set(['source', 'note', 'addOneNote', 'compareNote'])

/** @param {string} file @returns {[part: string, keys: string[]][]} */
function partsOf(file) {
  return Object.entries(readJson(join(folder, file)))
    .filter(([name, cases]) => typeof cases === 'object' && cases !== null && !NO_CASES.has(name))
    .map(([name, cases]) => [name, Object.keys(cases).filter((key) => !NOTES.has(key))])
}

/** Runs the suites. @returns {{ code: number, output: string, read: Set<string> }} */
function runSuites() {
  const temporary = mkdtempSync(join(tmpdir(), 'countersign-vectors-'))
  const log = join(temporary, 'read')
  writeFileSync(log, '')
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const suites = ['test/vectors', 'packages/countersign/src/aws4auth/aws4auth-vectors.test.ts']
    const { code, output } = run(
      process.execPath,
      [vitest, 'run', '--reporter=dot', '--silent=true', ...suites],
      {
        env: { ...process.env, COUNTERSIGN_VECTORS_READ: log, NO_COLOR: '1' },
      },
    )
    return { code, output, read: new Set(readFileSync(log, 'utf8').split('\n')) }
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

function main() {
  const { code, output, read } = runSuites()
  /** @type {string[]} */
  const problems = code === 0 ? [] : [output.slice(output.indexOf('Failed Tests'))]
  const rows = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => partsOf(file).map(([part, keys]) => ({ file, part, keys })))
    .map(({ file, part, keys }) => {
      const unread = keys.filter((key) => !read.has(`${file}\t${part}\t${key}`))
      if (unread.length > 0) problems.push(`${file}, ${part}: no test reads ${unread.join(', ')}`)
      return { file, part, cases: keys.length, read: keys.length - unread.length }
    })
  console.table(rows)
  const total = rows.reduce((sum, { cases }) => sum + cases, 0)
  if (total === 0) problems.push('There are no cases')
  conclude(problems, `${total} cases, all of them read`)
}

if (existsSync(folder)) main()
else console.log('Skipped: there are no vectors; set COUNTERSIGN_VECTORS')
