/**
 * What one import costs a browser: bundles it with esbuild and holds the gzipped size against its budget. Nobody who
 * signs may pay for the verifier, and nobody who verifies for a signer.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { readModule } from './lib/module-facts.mjs'
import { conclude, root } from './lib/project.mjs'

const library = join(root, 'packages', 'countersign')
const KIB = 1024

/**
 * `from` is the entry point of `name`, by default the package itself; `beside` is exported by an entry point of its own
 * name. No more than `budget` bytes are taken. With `isFirst`, what is imported when it is needed is left out: a page
 * loads it later, if at all.
 *
 * @type {{
 *   title: string
 *   name: string
 *   from?: string
 *   beside?: string
 *   budget: number
 *   withHosts: boolean
 *   isFirst?: boolean
 * }[]}
 */
const budgets = [
  { title: 'signRequest', name: 'signRequest', budget: 9 * KIB, withHosts: true },
  { title: 'signRequest, service and region given', name: 'signRequest', budget: 8 * KIB, withHosts: false },
  { title: 'presignUrl', name: 'presignUrl', budget: 9 * KIB, withHosts: true },
  {
    title: 'createSignedFetch, signer included',
    name: 'createSignedFetch',
    from: '/adapters/fetch',
    budget: 11 * KIB,
    withHosts: true,
    isFirst: true,
  },
  {
    title: 'signRequest with sigV4A',
    name: 'signRequest',
    beside: 'sigV4A',
    budget: 25 * KIB,
    withHosts: true,
  },
  {
    title: 'createVerifier',
    name: 'createVerifier',
    from: '/verify',
    budget: 20 * KIB,
    withHosts: true,
  },
  {
    title: 'createVerifier with sigV4A',
    name: 'createVerifier',
    from: '/verify',
    beside: 'sigV4A',
    budget: 36 * KIB,
    withHosts: true,
  },
  // Without the curve of SigV4A, which takes 12 KiB.
  {
    title: 'explainRefusal',
    name: 'explainRefusal',
    from: '/explain',
    budget: 49 * KIB,
    withHosts: true,
  },
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
    onLoad({ filter: /[\\/]core[\\/]service-hosts\.js$/ }, ({ path }) => {
      const { exportNames } = readModule(path, readFileSync(path, 'utf8'))
      return { contents: exportNames.map((name) => `export function ${name}() {}\n`).join('') }
    })
  },
}

/**
 * Leaves out what `import()` brings.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutLater = {
  name: 'without-what-is-imported-later',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** @param {(typeof budgets)[number]} target */
async function measure({ name, from = '', beside, withHosts, isFirst = false }) {
  const more = beside === undefined ? '' : `export { ${beside} } from 'countersign/${beside.toLowerCase()}'`
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${name} } from 'countersign${from}'\n${more}`, resolveDir: library },
    platform: 'browser',
    format: 'esm',
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    outfile: 'bundle.js',
    plugins: [...(withHosts ? [] : [withoutHosts]), ...(isFirst ? [withoutLater] : [])],
  })
  if (!withHosts && !Object.keys(metafile.inputs).some((path) => path.endsWith('/core/service-hosts.js'))) {
    throw new Error('core/service-hosts.js was not there to be left out')
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
if (!existsSync(join(library, 'dist', 'index.js'))) problems.push('packages/countersign is not built')
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
    if (used.some(({ path }) => path.endsWith('/crypto/node-sha256.js'))) {
      problems.push(`${title}: carries what only node:crypto runs; see the package's browser field`)
    }
    const other = target.from === '/verify' ? 'sign' : 'verify'
    const strangers = used.filter(({ path }) => path.includes(`countersign/dist/${other}/`))
    if (strangers.length > 0)
      problems.push(`${title}: brings along ${strangers.map(({ path }) => path).join(', ')}`)
  } catch (error) {
    problems.push(`${title}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
if (rows.length > 0) console.table(rows)
conclude(problems, `${rows.length} bundles within their budgets`)
