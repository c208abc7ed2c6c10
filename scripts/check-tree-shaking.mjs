/**
 * Importing one name costs one name: what a bundle of it takes from an entry point must be what it takes from the
 * module that defines it. An entry point alone must cost nothing.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { parseSync } from 'oxc-parser'
import { conclude, readJson, root } from './lib/project.mjs'

const library = join(root, 'packages', 'countersign')
/** What differs in a bundle but the code itself: the order of modules, and so short names and `const` in place of `var`. */
const SLACK = 40

/**
 * What is loaded on use is no part of a bundle.
 *
 * @type {import('esbuild').Plugin}
 */
const loadedOnUse = {
  name: 'loaded-on-use',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** @param {string} contents @returns {Promise<number>} bytes, minified */
async function measure(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: library },
    platform: 'browser',
    external: ['node:*'],
    format: 'esm',
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
    plugins: [loadedOnUse],
  })
  return outputFiles[0]?.contents.length ?? 0
}

/** Names that an entry point hands on, each with the module that it has them from. @param {string} file */
function handedOn(file) {
  const { module } = parseSync(file, readFileSync(file, 'utf8'))
  return module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, importName, moduleRequest }) =>
      moduleRequest && exportName.name && importName.name
        ? [{ name: exportName.name, as: importName.name, from: join(dirname(file), moduleRequest.value) }]
        : [],
    ),
  )
}

/** @type {string[]} */
const problems = []
let count = 0
for (const [path, file] of Object.entries(readJson(join(library, 'package.json')).exports)) {
  if (path === './package.json') continue
  const entry = `countersign${path.slice(1)}`
  const alone = await measure(`import '${entry}'`)
  if (alone > 0) problems.push(`${entry}: ${alone} bytes without importing any name`)
  for (const { name, as, from } of handedOn(join(library, file))) {
    const [here, there] = await Promise.all([
      measure(`export { ${name} } from '${entry}'`),
      measure(`export { ${as} as ${name} } from '${from}'`),
    ])
    count += 1
    if (there === 0) problems.push(`${entry}: ${name} is nowhere`)
    if (here > there + SLACK) problems.push(`${entry}: ${name} costs ${here} bytes, and ${there} by itself`)
  }
}
if (count < 50) problems.push(`Only ${count} names were found, so this proves little`)
conclude(problems, `${count} names cost what they are`)
