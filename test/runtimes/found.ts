/**
 * Where each runtime is: installed beside this file (`npm run test:runtimes` and CI do it), or in `PATH`.
 *
 * @module
 */
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTool } from '../kit/tools.ts'

const modules = fileURLToPath(new URL('node_modules/', import.meta.url))

/** A runtime that runs a script, or a configuration. */
export interface Runtime {
  readonly name: string
  /** Its program, if it is here. */
  readonly program: string | undefined
  /** Which arguments run a script. */
  readonly run: (script: string) => string[]
}

function installed(path: string): string | undefined {
  const program = join(modules, path)
  if (!existsSync(program)) return undefined
  // Some of the packages come without their run bit.
  chmodSync(program, 0o755)
  return program
}

/** A version of Node, whose own name does not tell which it is. */
const node = (major: number): Runtime => ({
  name: `Node ${major}`,
  program: installed(`node-${major}/bin/node`),
  run: (script) => [script],
})

/** The program of workerd, if it is here. */
export const workerd: string | undefined =
  installed('@cloudflare/workerd-linux-64/bin/workerd') ?? findTool('workerd')

/** Those that run a script, besides the Node that runs the tests. */
export const runtimes: readonly Runtime[] = [
  node(22),
  node(24),
  node(26),
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
