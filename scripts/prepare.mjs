/**
 * Makes a fresh clone, or one that has just pulled, ready to run: installs what `package-lock.json` names unless it
 * is there, and builds the packages whose sources changed. Uses Node's own modules only. `--quiet` says nothing
 * while all goes well.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackages } from './build.mjs'
import { isMain, readJson, root } from './lib/project.mjs'

/**
 * Whether `node_modules` holds what the lock file names. Compares the lists and not the files' ages, because git
 * gives every file that it touches a new one.
 *
 * @param {string} [folder] the project's
 */
export function isInstalled(folder = root) {
  const record = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = readJson(record).packages
  return Object.entries(readJson(join(folder, 'package-lock.json')).packages).every(
    ([path, { version, link, optional, peer, resolved }]) =>
      // Another platform's binaries stay away, and so may optional peers.
      !path.includes('node_modules/') || optional || (peer && !installed[path])
        ? true
        : link
          ? installed[path]?.resolved === resolved
          : installed[path]?.version === version,
  )
}

/**
 * Installs and builds where needed.
 *
 * @param {{ quiet?: boolean }} [options]
 * @returns {boolean} whether all is ready
 */
export function prepare({ quiet = false } = {}) {
  if (!isInstalled()) {
    if (!quiet) console.log('Installing what package-lock.json names, which takes half a minute or so')
    // Its chatter goes to stderr: stdout belongs to the command that wanted this.
    const args = ['ci', '--no-audit', '--no-fund', ...(quiet ? ['--silent'] : [])]
    if (spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] }).status !== 0) {
      console.error('npm ci failed')
      return false
    }
  }
  return buildPackages({ force: false, quiet })
}

if (isMain(import.meta.url) && !prepare({ quiet: process.argv.includes('--quiet') })) process.exitCode = 1
