/**
 * Where each runtime is: installed beside this file (`npm run test:runtimes` and CI do it), or in `PATH`.
 */
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTool } from '../../scripts/lib/find-tool.mjs'

const modules = fileURLToPath(new URL('node_modules/', import.meta.url))

/**
 * A runtime that runs a script.
 *
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string | undefined} program if it is here
 * @property {(script: string) => string[]} run which arguments run a script
 */

/** @param {string} path @returns {string | undefined} */
function installed(path) {
  const program = join(modules, path)
  if (!existsSync(program)) return undefined
  // Some of the packages come without their run bit.
  chmodSync(program, 0o755)
  return program
}

/** A version of Node, whose own name does not tell which it is. @param {string} version @returns {Runtime} */
const node = (version) => ({
  name: `Node ${version}`,
  program: installed(`node-${version.split('.', 1)[0]}/bin/node`),
  run: (script) => [script],
})

/** The program of workerd, if it is here. */
export const workerd = installed('@cloudflare/workerd-linux-64/bin/workerd') ?? findTool('workerd')

/** The program of Chromium or Chrome, if it is here. */
export const chromium = findTool('chromium') ?? findTool('google-chrome')

/** Those that run a script, besides the Node that asks. @type {readonly Runtime[]} */
export const runtimes = [
  // The first one that is supported.
  node('20.19'),
  node('22'),
  node('24'),
  node('26'),
  {
    name: 'Bun',
    program: installed('@oven/bun-linux-x64/bin/bun') ?? findTool('bun'),
    run: (script) => ['run', script],
  },
  {
    name: 'Deno',
    program: installed('@deno/linux-x64-glibc/deno') ?? findTool('deno'),
    run: (script) => ['run', '--quiet', '--allow-all', '--no-lock', '--node-modules-dir=manual', script],
  },
]
