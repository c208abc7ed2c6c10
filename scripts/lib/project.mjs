/**
 * What every script needs to know about this project. Uses Node's own modules only, because `prepare.mjs` runs it
 * before anything is installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The project's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** @param {string} path @returns {any} whatever the file holds */
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/**
 * All files below a folder, sorted, as paths relative to it with forward slashes.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function filesUnder(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
}

/**
 * The packages under `packages/`, each after those it depends on.
 *
 * @returns {{ name: string, folder: string, manifest: any }[]}
 */
export function packages() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const waiting = folders
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(join(folder, 'package.json')) }))
    .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }))
  const sorted = []
  while (waiting.length > 0) {
    const ready = waiting.findIndex(
      ({ manifest }) =>
        !waiting.some(({ name }) => ({ ...manifest.dependencies, ...manifest.devDependencies })[name]),
    )
    if (ready < 0)
      throw new Error(`These packages depend on each other: ${waiting.map(({ name }) => name).join(', ')}`)
    sorted.push(...waiting.splice(ready, 1))
  }
  return sorted
}

/**
 * Runs a command to its end and gives back its exit code and all that it printed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {{ code: number, output: string }}
 */
export function run(command, args, options = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    maxBuffer: 1 << 28,
    ...options,
    encoding: 'utf8',
  })
  const trouble = error ? `${command}: ${error.message}\n` : signal ? `${command}: ended by ${signal}\n` : ''
  return { code: status ?? 1, output: `${stdout ?? ''}${stderr ?? ''}${trouble}` }
}

/**
 * Runs a tool of `node_modules/.bin`.
 *
 * @param {string} name
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export const runTool = (name, args, options) => run(join(root, 'node_modules', '.bin', name), args, options)

/**
 * Whether a module was started as the program, and not imported by a test.
 *
 * @param {string} url its `import.meta.url`
 */
export const isMain = (url) => process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href

/**
 * Ends a check: prints what is wrong, or that all is well, and sets the exit code.
 *
 * @param {string[]} problems
 * @param {string} good said when there are none
 */
export function conclude(problems, good) {
  for (const problem of problems) console.error(problem)
  console.log(problems.length > 0 ? `${problems.length} problem${problems.length > 1 ? 's' : ''}` : good)
  if (problems.length > 0) process.exitCode = 1
}
