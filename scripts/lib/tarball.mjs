/** Packs a package as `npm publish` would, and looks at what came out. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, posix, resolve, sep } from 'node:path'
import { filesUnder, readJson, root, run } from './project.mjs'

/**
 * Packs a package and installs it by hand into `node_modules` of a folder, without the network.
 *
 * @param {string} packageFolder
 * @param {string} folder a new one, outside of the project, so that nothing else can be found from there
 * @returns {{ tarball: string, installed: string, manifest: any }}
 */
export function packInto(packageFolder, folder) {
  const packed = run('npm', ['pack', '--json', '--loglevel=error', `--pack-destination=${folder}`], {
    cwd: packageFolder,
  })
  const tarball = filesUnder(folder).find((file) => file.endsWith('.tgz'))
  if (packed.code !== 0 || tarball === undefined) throw new Error(`npm pack failed: ${packed.output}`)
  const { name } = readJson(join(packageFolder, 'package.json'))
  const installed = join(folder, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  const unpacked = run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', installed])
  if (unpacked.code !== 0) throw new Error(unpacked.output)
  const manifest = readJson(join(installed, 'package.json'))
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    linkModule(dependency, folder, packageFolder)
  }
  return { tarball: join(folder, tarball), installed, manifest }
}

/**
 * Makes one of the project's installed packages visible from a folder.
 *
 * @param {string} name @param {string} folder
 * @param {string} from the package that needs it, which may have a version of its own
 */
export function linkModule(name, folder, from = root) {
  const link = join(folder, 'node_modules', name)
  const own = join(from, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  if (!existsSync(link)) symlinkSync(existsSync(own) ? own : join(root, 'node_modules', name), link)
}

/**
 * What a published package must have, and must not have.
 *
 * @param {string} installed the unpacked package
 * @param {any} manifest
 * @returns {string[]} problems
 */
export function contentProblems(installed, manifest) {
  const files = filesUnder(installed)
  const problems = ['README.md', 'LICENSE', 'package.json']
    .filter((file) => !files.includes(file))
    .map((file) => `the package has no ${file}`)
  if (!files.some((file) => file.startsWith('dist/'))) problems.push('the package has no dist')
  const published = new Set(['README.md', 'LICENSE', 'package.json', ...manifest.files])
  for (const file of files) {
    if (!published.has(file.split('/')[0])) problems.push(`${file} should not be published`)
    if (/\.(test|fuzz|long|bench)\./.test(file)) problems.push(`${file} is a test`)
    if (/^dist\/.*(?<!\.d)\.ts$|\.tsbuildinfo$/.test(file)) problems.push(`${file} is not a build's output`)
    if (file.endsWith('.map')) problems.push(...mapProblems(installed, file))
  }
  const scripts = ['preinstall', 'install', 'postinstall', 'prepare'].filter(
    (name) => manifest.scripts?.[name],
  )
  return [...problems, ...scripts.map((name) => `the package runs a script when it is installed: ${name}`)]
}

/** @param {string} installed @param {string} file @returns {string[]} sources of a map that are not in the package */
function mapProblems(installed, file) {
  const map = JSON.parse(readFileSync(join(installed, file), 'utf8'))
  return map.sources
    .map((/** @type {string} */ source) => posix.join(map.sourceRoot ?? '', source))
    .filter((/** @type {string} */ source) => {
      const target = resolve(installed, dirname(file), source)
      return !target.startsWith(installed + sep) || !existsSync(target)
    })
    .map((/** @type {string} */ source) => `${file} points to ${source}, which is not in the package`)
}
