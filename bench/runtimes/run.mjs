/**
 * `npm run bench:runtimes`: what a signature costs on each runtime by node:crypto, noble and WebCrypto, and which of
 * them the library takes there. Needs the runtimes of `npm run test:runtimes`; those that are not there have no table.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import * as found from '../../test/runtimes/found.mjs'
import { startWorkerd } from '../../test/runtimes/workerd.mjs'
import { measureAll } from './backends.mjs'

/** @typedef {Awaited<ReturnType<typeof import('./backends.mjs').measureHere>>} Measured */

/** @param {string} program @param {string[]} args @returns {Measured} */
const runScript = (program, args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8' }))

/** @param {string} program @param {string} script @returns {Promise<Measured>} */
async function runPage(program, script) {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath: program, args: ['--disable-dev-shm-usage'] })
  try {
    const page = await browser.newPage()
    const html = `<script type="module">${readFileSync(script, 'utf8')}</script>`
    // WebCrypto is for pages that came over https.
    await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: html }))
    await page.goto('https://bench.invalid/')
    return await page.evaluate('globalThis.measureHere()')
  } finally {
    await browser.close()
  }
}

/** @param {string} program @param {string} folder @returns {Promise<Measured>} */
async function runWorker(program, folder) {
  const { origins, stop } = await startWorkerd(program, folder, [
    { name: 'bench', file: 'worker.mjs', compatibilityDate: '2026-11-01' },
  ])
  try {
    const ask = async (/** @type {string} */ path) => fetch(origins.get('bench') + path)
    const rows = await (await ask('/rows')).json()
    const time = async (/** @type {number} */ index, /** @type {number} */ times) => {
      const began = performance.now()
      await (await ask(`/row?index=${index}&times=${times}`)).text()
      return performance.now() - began
    }
    // What asking costs is in each batch, too.
    let asking = Infinity
    for (let i = 0; i < 300; i++) asking = Math.min(asking, await time(0, 0))
    const times = await measureAll(rows.length, async (index, count) => (await time(index, count)) - asking)
    return rows.map((/** @type {object} */ row, /** @type {number} */ index) => ({
      ...row,
      time: times[index],
    }))
  } finally {
    await stop()
  }
}

/** @param {string} name @param {Measured} rows */
function print(name, rows) {
  console.log(`\n${name}: microseconds`)
  const groups = [...new Set(rows.map(({ group }) => group))]
  const table = groups.map((group) => {
    const ofGroup = rows.filter((row) => row.group === group)
    return [
      group,
      Object.fromEntries(ofGroup.map(({ make, time = 0 }) => [make, Number(time.toPrecision(3))])),
    ]
  })
  console.table(Object.fromEntries(table))
}

/** Names on the command line pick some. @param {string} name */
const isWanted = (name) => process.argv.length < 3 || process.argv.slice(2).includes(name)

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
try {
  await build({
    entryPoints: ['script', 'page', 'worker'].map((name) =>
      fileURLToPath(new URL(`${name}.mjs`, import.meta.url)),
    ),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2023',
    logLevel: 'error',
  })
  const script = join(folder, 'script.mjs')
  /** @type {[name: string, program: string | undefined, measure: (program: string) => Measured | Promise<Measured>][]} */
  const all = [
    [`Node ${process.versions.node}`, process.execPath, (program) => runScript(program, [script])],
    ...found.runtimes.map(
      ({ name, program, run }) =>
        /** @type {(typeof all)[number]} */ ([name, program, (it) => runScript(it, run(script))]),
    ),
    ['workerd', found.workerd, (program) => runWorker(program, folder)],
    ['Chromium', found.chromium, (program) => runPage(program, join(folder, 'page.mjs'))],
  ]
  for (const [name, program, measure] of all) {
    if (!isWanted(name)) continue
    if (program === undefined) console.log(`\n${name} is not here`)
    else print(name, await measure(program))
  }
} finally {
  rmSync(folder, { recursive: true })
}
