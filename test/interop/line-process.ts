/**
 * A program that answers each line of its input with a line, both in JSON: what takes long to start is started once.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Such a program, running. */
export interface LineProcess {
  /** Writes a line that has no answer. */
  tell(value: unknown): void
  /** Writes a line and waits for its answer. */
  ask(value: unknown): Promise<unknown>
  end(): Promise<void>
}

/** Starts it. Proxies and settings of the host stay out of it. */
export function startLineProcess(program: string, args: readonly string[]): LineProcess {
  const env = {
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C.UTF-8',
    NO_PROXY: '*',
    no_proxy: '*',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  // Whoever waits for its answer is told.
  child.stdin.on('error', () => {})
  const tell = (value: unknown): void => void child.stdin.write(`${JSON.stringify(value)}\n`)
  return {
    tell,
    async ask(value) {
      tell(value)
      const answer = (await lines.next()) as { value?: string }
      if (answer.value === undefined) throw new Error(`${program} has ended; see above`)
      return JSON.parse(answer.value) as unknown
    },
    async end() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
