/**
 * Builds the command: one bundle for each verb, with all that it needs at its start, which loads twice as fast as a
 * hundred modules. What a verb needs now and then is in bundles of its own, or in a package that is loaded on use.
 *
 * A verb starts with one file, which the command loads with the code that is kept of it (`bin/countersign.js`).
 *
 * They are CommonJS, since an import of `node:fs` or `node:crypto` in an ES module reads all that these have, which
 * loads promises, streams and WebCrypto: a quarter of the time that a verb takes to start.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { sqlite } from './build-sqlite.mjs'

const SOURCE = join(import.meta.dirname, 'src')
const DIST = join(import.meta.dirname, 'dist')

/** What hashes and signs where Node's own functions are missing: one bundle for all verbs, which is loaded on use. */
const NOBLE = './noble.cjs'
const NOBLE_MODULES = ['@noble/curves/nist.js', '@noble/hashes/legacy.js', '@noble/hashes/sha2.js']

/** What a bundle begins with: a verb, or else `help`, which answers whatever is no verb. */
const ENTRY = '\0entry'

/** What reads files of settings, with the parser of YAML: one bundle for all verbs, of which few runs come to it. */
const SETTINGS = '@countersign/gateway/config'
const SETTINGS_FILE = './settings.cjs'

/** The verbs: each is a module of that name that makes a command, and is loaded by the table of verbs. */
export const verbs = [
  ...readFileSync(join(SOURCE, 'frame', 'verbs.ts'), 'utf8').matchAll(
    /import\('\.\.\/verbs\/([a-z-]+)\.ts'\)/g,
  ),
].map(([, name = '']) => name)

/** @param {string} name */
const entryOf = (name) =>
  name === 'help'
    ? `import { answer } from ${JSON.stringify(join(SOURCE, 'answer.ts'))}
       export const main = (given) => answer(given)`
    : `import { createCommand } from ${JSON.stringify(join(SOURCE, 'verbs', `${name}.ts`))}
       import { runVerb } from ${JSON.stringify(join(SOURCE, 'main.ts'))}
       export { createCommand }
       export const main = (given) => runVerb({ createCommand }, given)`

/** The file that a verb starts with. @param {string} name */
const startOf = (name) => `${name}-start.cjs`

/**
 * Collects the modules that an entry brings along at once.
 *
 * @param {Set<string>} modules to be filled
 * @returns {import('rolldown').Plugin}
 */
const collectStart = (modules) => ({
  name: 'collect start',
  buildEnd() {
    const waiting = [ENTRY]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (modules.has(id)) continue
      modules.add(id)
      waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []))
    }
  },
})

/**
 * The entry; and what commander loads to start other programs as verbs, of which there are none here. Another verb is
 * in its own bundle.
 *
 * @param {string} name
 * @returns {import('rolldown').Plugin}
 */
const ownModules = (name) => ({
  name: 'own modules',
  resolveId(id, importer) {
    if (id === ENTRY) return id
    if (id === SETTINGS) return { id: SETTINGS_FILE, external: true }
    if (id === 'node:child_process' && importer?.includes('/commander/')) return '\0nothing'
    if (NOBLE_MODULES.includes(id)) return { id: NOBLE, external: true }
    const isOther = importer?.endsWith('/frame/verbs.ts') && id.startsWith('../verbs/')
    return isOther ? { id: `./${startOf(basename(id, '.ts'))}`, external: true } : undefined
  },
  load(id) {
    if (id === ENTRY) return entryOf(name)
    return id === '\0nothing' ? 'module.exports = {}' : undefined
  },
})

/** Modules that take long to load, and that most runs of a verb do not come to. */
const ON_USE =
  /\brequire\(["'`](node:(?:fs\/promises|module|net|os|readline|timers\/promises|tls)|\.\/noble\.cjs)["'`]\)/g

/**
 * Has these loaded on use, and requires what can be required, which takes half the time of an import. Packages are
 * imported by a file of its own, since code that comes from a cache cannot import.
 *
 * @type {import('rolldown').Plugin}
 */
const loadOnUse = {
  name: 'load on use',
  renderChunk: (code) =>
    code
      .replaceAll(ON_USE, 'new Proxy({}, { get: (_, key) => require("$1")[key] })')
      .replaceAll(/(?<![.\w$])import\((["'`](?:\.|node:)[^"'`]+["'`])\)/g, '(async () => require($1))()')
      .replaceAll(/(?<![.\w$])import\((?=["'`])/g, 'require("../load.cjs").load('),
}

/** That file, which stands aside of what is kept. */
const LOAD = `exports.load = (name) => import(name)
`

/** @type {import('rolldown').OutputOptions} */
const OUTPUT = {
  dir: join(DIST, 'chunks'),
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: ({ name }) => (name.endsWith('-start') ? '[name].cjs' : '[name]-[hash].cjs'),
  // Less to read at the start. Errors are told apart by the names of their classes.
  minify: { compress: true, mangle: { toplevel: true, keepNames: { class: true, function: false } } },
  // The command calls `main` by its name.
  minifyInternalExports: false,
}

/** Node keeps a text of ASCII alone in half the memory, and reads it in a fraction of the time. @param {string} code */
const toAscii = (code) =>
  code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** @typedef {Pick<import('rolldown').OutputChunk, 'fileName' | 'code' | 'imports' | 'moduleIds'>} Bundle */

/** One file less to start with. @param {string} code @param {Bundle | undefined} runtime of the bundler, which is small */
const takeIn = (code, runtime) =>
  runtime
    ? code.replace(
        `require("./${runtime.fileName}")`,
        () => `(exports=>{${runtime.code};return exports})({})`,
      )
    : code

/**
 * Makes the bundles of one verb. The first is that which it starts with.
 *
 * @param {string} name a verb, or `help`
 * @returns {Promise<Bundle[]>}
 */
export async function buildVerb(name) {
  const start = new Set(['\0rolldown/runtime.js'])
  const bundle = await rolldown({
    input: { [name]: ENTRY },
    platform: 'node',
    external: [/^@aws-sdk\//, /^@countersign\/gateway(?!\/(?:config|keys|outgoing-proxy)$)/, 'undici'],
    plugins: [ownModules(name), sqlite, collectStart(start), loadOnUse],
  })
  const { output } = await bundle.generate({
    ...OUTPUT,
    // One file to start with, also where other bundles need a part of it.
    codeSplitting: { groups: [{ name: `${name}-start`, test: (id) => start.has(id) }] },
  })
  await bundle.close()
  const chunks = output.filter((part) => part.type === 'chunk')
  const runtime = chunks.find((chunk) => chunk.name === 'rolldown-runtime')
  return (
    chunks
      // The entry does nothing but to hand out what is in the first bundle.
      .filter((chunk) => !chunk.isEntry && chunk !== runtime)
      .toSorted((a, b) => Number(b.fileName === startOf(name)) - Number(a.fileName === startOf(name)))
      .map(({ fileName, code, imports, moduleIds }) => ({
        fileName,
        code: toAscii(takeIn(code, runtime)),
        imports: imports.filter((id) => id !== runtime?.fileName),
        moduleIds,
      }))
  )
}

/** Makes a bundle that all verbs share. @param {string} file @param {string[]} modules @returns {Promise<Bundle[]>} */
async function buildShared(file, modules) {
  const lines = modules.map((id) => `export * from ${JSON.stringify(id)}`)
  const bundle = await rolldown({
    input: { [basename(file, '.cjs')]: ENTRY },
    platform: 'node',
    plugins: [
      {
        name: 'shared',
        resolveId: (id) => (id === ENTRY ? id : undefined),
        load: (id) => (id === ENTRY ? lines.join('\n') : undefined),
      },
    ],
  })
  const { output } = await bundle.generate(OUTPUT)
  await bundle.close()
  const chunks = output.filter((part) => part.type === 'chunk')
  return chunks.map(({ fileName, code, imports, moduleIds }) => ({
    fileName,
    code: toAscii(code),
    imports,
    moduleIds,
  }))
}

/** Writes what `countersign completion` prints, which is the same for everybody. @param {string} file @param {...string} args */
function writeText(file, ...args) {
  const command = join(import.meta.dirname, 'bin', 'countersign.js')
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const text = execFileSync(process.execPath, [command, 'completion', ...args], { env })
  writeFileSync(join(DIST, file), text)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  rmSync(DIST, { recursive: true, force: true })
  for (const folder of ['chunks', 'man', 'completion']) mkdirSync(join(DIST, folder), { recursive: true })
  const shared = [buildShared(SETTINGS_FILE, [SETTINGS]), buildShared(NOBLE, NOBLE_MODULES)]
  const builds = await Promise.all([...[...verbs, 'help'].map(buildVerb), ...shared])
  for (const { fileName, code } of builds.flat()) {
    writeFileSync(join(DIST, 'chunks', fileName), code)
  }
  writeFileSync(join(DIST, 'load.cjs'), LOAD)
  for (const shell of ['bash', 'zsh', 'fish']) writeText(join('completion', shell), shell)
  writeText(join('man', 'countersign.1'), 'man')
  for (const verb of verbs) writeText(join('man', `countersign-${verb}.1`), 'man', verb)
}
