/**
 * `npm run build`: builds every package under `packages/`, each after those it depends on. What an earlier build left
 * in `dist` and this one did not write again is deleted, so that nothing dead gets published.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, isMain, packages, root, run } from './lib/project.mjs'

/** @typedef {ReturnType<typeof packages>[number]} Package */

/** Kept in `node_modules`, so that a fresh install builds afresh. @param {Package} pkg */
const stampFile = ({ name }) =>
  join(root, 'node_modules', '.cache', 'countersign-build', encodeURIComponent(name))

/** Changes whenever a source or a setting of the package does, or of one that it depends on. @param {Package} pkg */
function fingerprint({ folder, manifest }) {
  const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'build.mjs'].map((name) =>
    join(folder, name),
  )
  const sources = filesUnder(join(folder, 'src')).map((name) => join(folder, 'src', name))
  const hash = createHash('sha256')
  for (const pkg of packages()) {
    if (manifest.dependencies?.[pkg.name]) hash.update(fingerprint(pkg))
  }
  for (const file of [join(root, 'tsconfig.base.json'), ...settings, ...sources]) {
    if (/\.(test|fuzz|long)\.ts$/.test(file) || !existsSync(file)) continue
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** @param {Package} pkg */
const isBuilt = (pkg) =>
  existsSync(join(pkg.folder, 'dist')) &&
  existsSync(stampFile(pkg)) &&
  readFileSync(stampFile(pkg), 'utf8') === fingerprint(pkg)

/**
 * Builds one package.
 *
 * @param {Package} pkg
 * @returns {boolean} whether it worked
 */
function build(pkg) {
  const inputs = fingerprint(pkg)
  // A file system may keep whole seconds only.
  const began = Math.floor(Date.now() / 1000) * 1000
  rmSync(stampFile(pkg), { force: true })
  const { code, output } = run('npm', ['run', 'build', '--silent'], { cwd: pkg.folder })
  if (code !== 0) {
    console.error(`${output}\nCould not build ${pkg.name}`)
    return false
  }
  const dist = join(pkg.folder, 'dist')
  for (const name of filesUnder(dist)) {
    if (statSync(join(dist, name)).mtimeMs < began) rmSync(join(dist, name))
  }
  mkdirSync(join(stampFile(pkg), '..'), { recursive: true })
  writeFileSync(stampFile(pkg), inputs)
  return true
}

/**
 * Builds the packages that have a `build` script.
 *
 * @param {{ force: boolean, quiet: boolean }} options `force` builds those that are up to date, too
 * @returns {boolean} whether all are built
 */
export function buildPackages({ force, quiet }) {
  return packages()
    .filter(({ manifest }) => manifest.scripts?.build !== undefined)
    .every((pkg) => {
      if (!force && isBuilt(pkg)) return true
      if (!quiet) console.log(`Building ${pkg.name}`)
      return build(pkg)
    })
}

if (isMain(import.meta.url) && !buildPackages({ force: true, quiet: false })) process.exitCode = 1
