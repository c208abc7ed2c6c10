/**
 * What one import costs a browser: bundles it with esbuild and holds the gzipped size against its budget. Nobody who
 * signs may pay for the verifier.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { readModule } from './lib/module-facts.mjs'
import { conclude, root } from './lib/project.mjs'

const src = join(root, 'packages', 'countersign', 'src')
const KIB = 1024

const budgets = [
  { title: 'signRequest', name: 'signRequest', budget: 9 * KIB, withHosts: true },
  { title: 'signRequest, service and region given', name: 'signRequest', budget: 8 * KIB, withHosts: false },
  { title: 'presignUrl', name: 'presignUrl', budget: 9 * KIB, withHosts: true },
]

/**
 * Puts a stub with the same names in the place of the table of hosts, as someone may who always names service and
 * region.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutHosts = {
  name: 'without-host-inference',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]service-hosts\.ts$/ }, ({ path }) => {
      const { exportNames } = readModule(path, readFileSync(path, 'utf8'))
      return { contents: exportNames.map((name) => `export function ${name}() {}\n`).join('') }
    })
  },
}

/** @param {(typeof budgets)[number]} target */
async function measure({ name, withHosts }) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${name} } from './index.ts'`, resolveDir: src },
    platform: 'browser',
    format: 'esm',
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    outfile: 'bundle.js',
    plugins: withHosts ? [] : [withoutHosts],
  })
  if (!withHosts && !Object.keys(metafile.inputs).some((path) => path.endsWith('/core/service-hosts.ts'))) {
    throw new Error('core/service-hosts.ts was not there to be left out')
  }
  const { contents } = outputFiles[0] ?? { contents: new Uint8Array() }
  // What tree shaking leaves out of the bundle costs nobody anything.
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const used = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path, { bytesInOutput }]) => ({ path, bytesInOutput }))
  return { minified: contents.length, zipped: gzipSync(contents, { level: 9 }).length, used }
}

/** @type {string[]} */
const problems = []
if (!existsSync(join(src, 'index.ts'))) problems.push('packages/countersign/src/index.ts is missing')
const rows = []
for (const target of problems.length > 0 ? [] : budgets) {
  const { title, budget } = target
  try {
    const { minified, zipped, used } = await measure(target)
    rows.push({ bundle: title, minified, gzipped: zipped, budget })
    if (zipped > budget) {
      const largest = used.toSorted((a, b) => b.bytesInOutput - a.bytesInOutput).slice(0, 8)
      const parts = largest.map(({ path, bytesInOutput }) => `\n  ${bytesInOutput} ${path}`)
      problems.push(
        `${title}: ${zipped} bytes, ${zipped - budget} above its budget; minified parts:${parts.join('')}`,
      )
    }
    if (used.length < 3) problems.push(`${title}: the bundle is empty, which measures nothing`)
    const verifier = used.filter(({ path }) => path.includes('countersign/src/verify/'))
    if (verifier.length > 0)
      problems.push(`${title}: brings along ${verifier.map(({ path }) => path).join(', ')}`)
  } catch (error) {
    problems.push(`${title}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
if (rows.length > 0) console.table(rows)
conclude(problems, `${rows.length} bundles within their budgets`)
