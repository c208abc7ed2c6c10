/**
 * The native part of SQLite, found by its name. The package's own way has Node report on itself to find out which C
 * library there is, and looks at files of the system, which takes a third of what `countersign keys` takes to start.
 *
 * @module
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Systems of which there is one native part, but for Linux without the usual C library. */
const TARGETS: ReadonlyMap<string, string> = new Map([
  ['linux-x64', 'linux-x64-gnu'],
  ['linux-arm64', 'linux-arm64-gnu'],
  ['darwin-x64', 'darwin-x64'],
  ['darwin-arm64', 'darwin-arm64'],
  ['win32-x64', 'win32-x64-msvc'],
])

/**
 * Loads it; `undefined` where it is not found, is of another version, or may be the wrong one: then the package's own
 * way finds it, or says what is wrong.
 *
 * @param version of the package that it has to be of
 * @param folder where to look for the gateway, which has it
 */
export function loadNativeSqlite(version: string, folder: string): object | undefined {
  const target = TARGETS.get(`${process.platform}-${process.arch}`)
  if (target === undefined || hasMusl()) return undefined
  try {
    const packages = ['@countersign/gateway', 'libsql', `@libsql/${target}`]
    const native = packages.reduce((from, name) => findPackage(name, from), folder)
    const manifest = JSON.parse(readFileSync(join(native, 'package.json'), 'utf8')) as Manifest
    if (manifest.version !== version) return undefined
    const module = { exports: {} }
    process.dlopen(module, join(native, manifest.main))
    return module.exports
  } catch {
    return undefined
  }
}

interface Manifest {
  readonly version: string
  readonly main: string
}

/** Whether its loader is there, as it is on Alpine. */
function hasMusl(): boolean {
  return ['x86_64', 'aarch64'].some((machine) => existsSync(`/lib/ld-musl-${machine}.so.1`))
}

function findPackage(name: string, from: string): string {
  const folder = join(from, 'node_modules', name)
  if (existsSync(folder)) return realpathSync(folder)
  if (dirname(from) === from) throw new Error(`${name} is not installed`)
  return findPackage(name, dirname(from))
}
