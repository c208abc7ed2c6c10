/**
 * Builds the command: one bundle for each verb, with all that it needs at its start, which loads twice as fast as a
 * hundred modules. What a verb needs now and then is in bundles of its own, or in a package that is loaded on use.
 *
 * They are CommonJS, since an import of `node:fs` or `node:crypto` in an ES module reads all that these have, which
 * loads promises, streams and WebCrypto: a quarter of the time that a verb takes to start.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const SOURCE = join(import.meta.dirname, 'src')
const DIST = join(import.meta.dirname, 'dist')

/** What a bundle begins with: a verb, or else `help`, which answers whatever is no verb. */
const ENTRY = '\0entry'

/** What reads files of settings, with the parser of YAML: one bundle for all verbs, of which few runs come to it. */
const SETTINGS = '@countersign/gateway/config'
const SETTINGS_FILE = './settings.cjs'

/** SQLite is no dependency of the command, but of the gateway, whose store of keys is in the bundle of `keys`. */
const SQLITE = '\0sqlite'
const REQUIRE_SQLITE = `
  import { createRequire } from 'node:module'
  const gateway = createRequire(__filename).resolve('@countersign/gateway/package.json')
  export default createRequire(gateway)('libsql')`

/** The verbs: each is a module of that name that makes a command, and is loaded by the table of verbs. */
export const verbs = [
  ...readFileSync(join(SOURCE, 'frame', 'verbs.ts'), 'utf8').matchAll(
    /import\('\.\.\/verbs\/([a-z-]+)\.ts'\)/g,
  ),
].map(([, name = '']) => name)

/** @param {string} name */
const entryOf = (name) =>
  name === 'help'
    ? `export { answer as main } from ${JSON.stringify(join(SOURCE, 'answer.ts'))}`
    : `import { createCommand } from ${JSON.stringify(join(SOURCE, 'verbs', `${name}.ts`))}
       import { runVerb } from ${JSON.stringify(join(SOURCE, 'main.ts'))}
       export { createCommand }
       export const main = (given) => runVerb({ createCommand }, given)`

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
    if (id === ENTRY || id === SQLITE) return id
    if (id === SETTINGS) return { id: SETTINGS_FILE, external: true }
    if (id === 'libsql') return SQLITE
    if (id === 'node:child_process' && importer?.includes('/commander/')) return '\0nothing'
    const isOther = importer?.endsWith('/frame/verbs.ts') && id.startsWith('../verbs/')
    return isOther ? { id: `../${basename(id, '.ts')}.cjs`, external: true } : undefined
  },
  load(id) {
    if (id === ENTRY) return entryOf(name)
    if (id === SQLITE) return REQUIRE_SQLITE
    return id === '\0nothing' ? 'module.exports = {}' : undefined
  },
})

/** Modules of Node that take long to load, and that most runs of a verb do not come to. */
const ON_USE = /\brequire\(["'`](node:(?:fs\/promises|net|readline|timers\/promises|tls))["'`]\)/g

/**
 * What is loaded on use is loaded by a file of its own, since code that comes from a cache cannot import.
 *
 * @type {import('rolldown').Plugin}
 */
const loadOnUse = {
  name: 'load on use',
  renderChunk: (code) =>
    code
      .replaceAll(/(?<![.\w$])import\((?=["'`])/g, 'require("./load.cjs").load(')
      .replaceAll(ON_USE, 'require("./load.cjs").onUse("$1")'),
}

/** That file. What can be required is, which takes half the time of an import. */
const LOAD = `exports.load = async (name) => (name.startsWith('@') ? import(name) : require(name))
exports.onUse = (name) => new Proxy({}, { get: (_, key) => require(name)[key] })
`

/**
 * Makes the bundles of one verb. The first is that which it starts with.
 *
 * @param {string} name a verb, or `help`
 * @param {boolean} isWritten whether to write them into `dist`
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
export async function buildVerb(name, isWritten) {
  const start = new Set(['\0rolldown/runtime.js'])
  const bundle = await rolldown({
    input: { [name]: ENTRY },
    platform: 'node',
    external: [/^@aws-sdk\//, /^@countersign\/gateway(?!\/(?:config|keys|outgoing-proxy)$)/, 'undici'],
    plugins: [ownModules(name), collectStart(start), loadOnUse],
  })
  /** @type {import('rolldown').OutputOptions} */
  const options = {
    dir: DIST,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    // Less to read at the start. Errors are told apart by the names of their classes.
    minify: { compress: true, mangle: { toplevel: true, keepNames: { class: true, function: false } } },
    // One file to start with, also where other bundles need a part of it.
    codeSplitting: { groups: [{ name: `${name}-start`, test: (id) => start.has(id) }] },
  }
  const { output } = isWritten ? await bundle.write(options) : await bundle.generate(options)
  await bundle.close()
  return output.filter((part) => part.type === 'chunk')
}

/** Makes the bundle that all verbs share. */
async function buildSettings() {
  const bundle = await rolldown({ input: SETTINGS, platform: 'node' })
  await bundle.write({ file: join(DIST, 'chunks', SETTINGS_FILE), format: 'cjs', minify: true })
  await bundle.close()
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
  await Promise.all([buildSettings(), ...[...verbs, 'help'].map((name) => buildVerb(name, true))])
  writeFileSync(join(DIST, 'chunks', 'load.cjs'), LOAD)
  for (const folder of ['man', 'completion']) mkdirSync(join(DIST, folder))
  for (const shell of ['bash', 'zsh', 'fish']) writeText(join('completion', shell), shell)
  writeText(join('man', 'countersign.1'), 'man')
  for (const verb of verbs) writeText(join('man', `countersign-${verb}.1`), 'man', verb)
}
