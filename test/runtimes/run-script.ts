/**
 * Runs the portable suite in a process of its own.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Printed } from '../../packages/countersign/test/portable/hosts/script.ts'

const run = promisify(execFile)

/**
 * Runs a script of the folder, and gives back what it prints.
 *
 * @param args of the program, the script among them
 */
export async function runScript(program: string, args: readonly string[], folder: string): Promise<string> {
  const { stdout } = await run(program, args, {
    cwd: folder,
    timeout: 60_000,
    maxBuffer: 1 << 26,
    // Nothing of the host's package managers, and no news of newer versions.
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', DENO_DIR: folder, NODE_OPTIONS: '' },
  })
  return stdout
}

/** The table that a runtime prints. */
export async function runSuiteWith(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<Printed> {
  return JSON.parse(await runScript(program, [...args, 'inputs.json'], folder)) as Printed
}
