/**
 * SQLite in the bundle of `keys`: the code of `libsql` with a native part that is found by its name, and otherwise the
 * package itself. It is no dependency of the command, but of the gateway, whose store of keys is in that bundle.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const gateway = createRequire(import.meta.url).resolve('@countersign/gateway/package.json')
const LIBSQL = createRequire(gateway).resolve('libsql')
const { version } = JSON.parse(readFileSync(join(dirname(LIBSQL), 'package.json'), 'utf8'))

const NATIVE = '\0native sqlite'
const LOAD_NATIVE = `
  import { loadNativeSqlite } from ${JSON.stringify(join(import.meta.dirname, 'src/keys/native-sqlite.ts'))}
  export const native = loadNativeSqlite(${JSON.stringify(version)}, __dirname)`

const SQLITE = '\0sqlite'
const CHOOSE = `
  import { createRequire } from 'node:module'
  import Bundled from ${JSON.stringify(LIBSQL)}
  import { native } from ${JSON.stringify(NATIVE)}
  const install = () => createRequire(createRequire(__filename).resolve('@countersign/gateway/package.json'))
  export default native ? Bundled : install()('libsql')`

/** How the package gets at its native part. */
const OWN_WAY = /function requireNative\(\) \{[^]*?\n\}/

/** @type {import('rolldown').Plugin} */
export const sqlite = {
  name: 'sqlite',
  resolveId(id, importer) {
    if (id === 'libsql') return SQLITE
    if (id === NATIVE) return NATIVE
    return importer === LIBSQL && !id.startsWith('.') ? '\0nothing' : undefined
  },
  load(id) {
    if (id === SQLITE) return CHOOSE
    if (id === NATIVE) return LOAD_NATIVE
    return id === '\0nothing' ? 'module.exports = {}' : undefined
  },
  transform(code, id) {
    if (id !== LIBSQL) return undefined
    if (!OWN_WAY.test(code)) throw new Error('libsql finds its native part in another way than before')
    const ours = `const requireNative = () => require(${JSON.stringify(NATIVE)}).native ?? {}`
    return code.replace(OWN_WAY, () => ours)
  },
}
