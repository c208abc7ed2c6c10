/**
 * `npm run check`: everything about the code that can be checked without running its tests. One line a check, the
 * output of those that failed below it. `--only types,lint` runs some of them.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packages, root, run, runTool } from './lib/project.mjs'
import { prepare } from './prepare.mjs'

/** @typedef {{ code: number, output: string }} Outcome */

/** @param {string} name @param {string[]} args @returns {() => Outcome} */
const script =
  (name, ...args) =>
  () =>
    run(process.execPath, [join(root, 'scripts', name), ...args])

/** @returns {Outcome} */
function checkTypes() {
  const projects = [root, join(root, 'examples'), ...packages().map(({ folder }) => folder)].filter(
    (folder) => existsSync(join(folder, 'tsconfig.json')),
  )
  const outcomes = projects.map((folder) => runTool('tsc', ['--noEmit', '--project', folder]))
  return {
    code: Math.max(...outcomes.map(({ code }) => code)),
    output: outcomes.map(({ output }) => output).join(''),
  }
}

/** @type {[name: string, check: () => Outcome][]} */
const checks = [
  ['types', checkTypes],
  ['lint', () => runTool('oxlint', [])],
  ['format', () => runTool('oxfmt', ['--check', '.'])],
  ['layers', script('check-layers.mjs')],
  ['knip', () => runTool('knip', ['--no-progress'])],
  ['package', script('check-package.mjs')],
  ['sizes', script('check-sizes.mjs')],
  ['shaking', script('check-tree-shaking.mjs')],
  ['jsr', script('publish-jsr.mjs', '--dry-run')],
  ['api', script('api-report.mjs')],
  ['errors', script('errors-doc.mjs')],
  ['attacks', script('attacks-doc.mjs')],
  ['causes', script('explain-doc.mjs')],
  ['reference', script('api-reference.mjs')],
  ['docs', script('check-docs.mjs')],
]

/** @param {string[]} args @returns {string[] | undefined} the names asked for */
function namesWanted(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='))
  if (at < 0) return undefined
  return (args[at]?.split('=')[1] ?? args[at + 1] ?? '').split(',')
}

/** @param {string[]} args @returns {number} exit code */
function main(args) {
  const wanted = namesWanted(args)
  const unknown = wanted?.filter((name) => !checks.some(([known]) => known === name)) ?? []
  if (unknown.length > 0) {
    console.error(
      `No check is named ${unknown.join(', ')}; there are: ${checks.map(([name]) => name).join(', ')}`,
    )
    return 2
  }
  // What is not built shows up in some of the checks; the others still have something to say.
  const failed = prepare() ? [] : ['build']
  for (const [name, check] of checks) {
    if (wanted && !wanted.includes(name)) continue
    const began = performance.now()
    const { code, output } = check()
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${name.padEnd(9)} ${code === 0 ? 'ok    ' : 'FAILED'} ${seconds.padStart(5)} s`)
    // What could not be looked at is said, too.
    if (code === 0 && output.includes(' is not here')) console.log(`         ${output.trim()}`)
    if (code !== 0) failed.push(name)
    if (code !== 0) console.log(`\n${output.trimEnd()}\n`)
  }
  console.log(failed.length > 0 ? `Failed: ${failed.join(', ')}` : 'All checks passed')
  return failed.length > 0 ? 1 : 0
}

process.exitCode = main(process.argv.slice(2))
