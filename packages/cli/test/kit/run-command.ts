/**
 * Runs the built command with an environment of its own: no variables of AWS's but those that a test sets, and a home
 * folder with nothing in it but what a test puts there.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { runWarm } from './warm-runs.ts'

/** The file that npm links as `countersign`. */
export const COMMAND: string = fileURLToPath(new URL('../../bin/countersign.js', import.meta.url))

/** Test credentials; they work nowhere. */
export const KEY = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
} as const

/** {@link KEY} with a session token. */
export const TEMPORARY_KEY = {
  ...KEY,
  AWS_SESSION_TOKEN:
    'AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE',
} as const

/** What a run left behind. */
export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** The bytes of `stdout`. */
  readonly bytes: Buffer
  readonly stderr: string
}

/** What a run is given. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** For standard input, which is at its end otherwise. */
  readonly input?: string | Uint8Array
  /** Working folder and home; a new one otherwise. */
  readonly home?: string
}

const homes: string[] = []

afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

/** A new folder, which is gone when all tests of the file are done. */
export function makeHome(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'countersign-cli-'))
  homes.push(home)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), content)
  }
  return home
}

/** Runs `countersign` with arguments, to its end, in a process that has it loaded. */
export async function countersign(
  args: readonly string[],
  { env = {}, input = '', home = makeHome() }: RunOptions = {},
): Promise<Run> {
  const whole = { ...surroundings(home), ...env }
  const outcome = await runWarm({ args, env: whole, home, input: Buffer.from(input) })
  const [bytes, stderr] = [Buffer.from(outcome.stdout), Buffer.from(outcome.stderr).toString()]
  return { code: outcome.code, signal: null, bytes, stdout: bytes.toString(), stderr }
}

/** Runs `countersign` with arguments, to its end, as a process of its own. */
export function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return runProgram(process.execPath, [COMMAND, ...args], options)
}

function surroundings(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true' }
}

/** Runs a program in the same surroundings. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, input = '', home = makeHome() }: RunOptions = {},
): Promise<Run> {
  const child = spawn(program, args, {
    cwd: home,
    env: { ...surroundings(home), ...env },
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // A command that fails early does not read its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const bytes = Buffer.concat(out)
      resolve({ code, signal, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}
