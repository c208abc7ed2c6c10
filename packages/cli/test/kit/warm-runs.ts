/**
 * Runs of the command in processes that have it loaded, which takes a few milliseconds where a new process takes a
 * hundred. For what a command line prints and how it ends; signals, pipes and terminals need a process of their own.
 *
 * @module
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** What to run. */
export interface Order {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The working folder. */
  readonly home: string
  /** All of standard input. */
  readonly input: Uint8Array
}

/** How it went. */
export interface Outcome {
  readonly code: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

const PROGRAM = fileURLToPath(new URL('warm-command.mjs', import.meta.url))
/** As many runs are under way at the same time, such as those that wait before they try again. */
const MOST = 3

const idle: ChildProcess[] = []
const all = new Set<ChildProcess>()
const waiting: ((command: ChildProcess) => void)[] = []

afterAll(async () => {
  const ends = [...all].map((command) => once(command, 'exit'))
  for (const command of all) command.kill()
  await Promise.all(ends)
})

/** Runs a command line, as soon as a process is free. */
export async function runWarm(order: Order): Promise<Outcome> {
  const command = await take()
  const outcome = await settle(command, order)
  const next = waiting.shift()
  if (next) next(command)
  else idle.push(command)
  return outcome
}

async function take(): Promise<ChildProcess> {
  const free = idle.pop()
  if (free) return free
  if (all.size < MOST) return start()
  return new Promise((resolve) => waiting.push(resolve))
}

async function start(): Promise<ChildProcess> {
  const command = fork(PROGRAM, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  all.add(command)
  await once(command, 'message')
  return command
}

function settle(command: ChildProcess, order: Order): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      all.delete(command)
      reject(new Error(`The command ended its process with ${code}, so it needs one of its own`))
    }
    command.once('exit', onExit)
    command.once('message', (outcome: Outcome) => {
      command.off('exit', onExit)
      resolve(outcome)
    })
    command.send(order)
  })
}
