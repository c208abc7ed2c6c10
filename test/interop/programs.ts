/**
 * Runs programs of the host.
 *
 * @module
 */
import { execFile, spawnSync } from 'node:child_process'
import { describe } from 'vitest'
import { describeWithTool, findTool } from '../kit/tools.ts'

/** Runs a program to its end. Proxies and settings of the host stay out of it. */
export async function run(
  program: string,
  args: readonly string[],
  {
    input = '',
    env = {},
    cwd,
  }: { input?: string | Uint8Array; env?: Record<string, string>; cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        timeout: 30_000,
        maxBuffer: 64 * 1024 * 1024,
        cwd,
        env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', NO_PROXY: '*', no_proxy: '*', ...env },
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${program} failed: ${stderr || error.message}`, { cause: error }))
        else resolve(stdout)
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

// What stands first in PATH may be a Python of its own, which does not see the packages of the system.
function findPython(module: string): string | undefined {
  return ['/usr/bin/python3', findTool('python3')].find(
    (path) => path !== undefined && spawnSync(path, ['-c', `import ${module}`]).status === 0,
  )
}

/** A suite that needs a Python with a module. */
export function describeWithPython(module: string, name: string, fn: (python: string) => void): void {
  const python = findPython(module)
  if (python === undefined) describeWithTool(`python3 with ${module}`, name, fn)
  else describe(name, () => fn(python))
}

/** A suite that needs version 2 of AWS's command line; what stands first in PATH may be another one. */
export function describeWithAwsCli(name: string, fn: (aws: string) => void): void {
  const aws = ['/usr/bin/aws', findTool('aws')].find(
    (path) =>
      path !== undefined &&
      spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('aws-cli/2'),
  )
  if (aws === undefined) describeWithTool('aws (version 2)', name, fn)
  else describe(name, () => fn(aws))
}
