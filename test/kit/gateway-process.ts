/**
 * Gateway and proxy as people run them: a process of its own, started by the command line, with a store of keys on the disk.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/bin/countersign.js', import.meta.url))

/** A key that was made for a test. */
export interface TestKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder with a store, and the commands that work on it. */
export interface GatewayHome {
  readonly folder: string
  readonly env: Record<string, string>
  /** Runs `countersign` to its end. */
  command(...args: string[]): Promise<Ended>
  createKey(principal: string): Promise<TestKey>
  /** Starts `countersign gateway` and waits until it listens. */
  start(...args: string[]): Promise<GatewayProcess>
  /** Starts `countersign proxy`, with more in its environment. */
  startProxy(more: Record<string, string>, ...args: string[]): Promise<GatewayProcess>
  remove(): void
}

/** A gateway or a proxy that runs. */
export interface GatewayProcess {
  readonly child: ChildProcess
  readonly origin: string
  readonly healthOrigin: string | undefined
  /** The log, line by line. */
  readonly lines: Record<string, unknown>[]
  /** What was said on stderr. */
  said(): string
  /** Sends a signal and waits for the end; gives the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Makes a home for gateways. */
export function createGatewayHome(): GatewayHome {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    COUNTERSIGN_STORE: join(folder, 'keys.db'),
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const command = (...args: string[]): Promise<Ended> => runToEnd(args, env)
  return {
    folder,
    env,
    command,
    async createKey(principal) {
      const store = ['--store', join(folder, 'keys.db'), '--master-key-file', join(folder, 'master.key')]
      const { stdout, stderr } = await command('keys', 'create', '--principal', principal, '--json', ...store)
      if (stdout === '') throw new Error(stderr)
      const { key, secretAccessKey } = JSON.parse(stdout) as { key: TestKey; secretAccessKey: string }
      return { accessKeyId: key.accessKeyId, secretAccessKey }
    },
    start: (...args) => startProcess('gateway', args, env),
    startProxy: (more, ...args) => startProcess('proxy', args, { ...env, ...more }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function runToEnd(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function startProcess(
  verb: 'gateway' | 'proxy',
  args: readonly string[],
  env: Record<string, string>,
): Promise<GatewayProcess> {
  const all = [verb, '--listen', '127.0.0.1:0', '--health', '127.0.0.1:0', ...args]
  const child = spawn(process.execPath, [bin, ...all], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  const lines: Record<string, unknown>[] = []
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  return new Promise((resolve, reject) => {
    void ended.then((code) => reject(new Error(`It ended with ${code}: ${said}`)))
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>
      lines.push(line)
      if (line['msg'] !== 'started') return
      const { clients, health } = line as { clients: { port: number }; health?: { port: number } }
      resolve({
        child,
        origin: `http://127.0.0.1:${clients.port}`,
        healthOrigin: health && `http://127.0.0.1:${health.port}`,
        lines,
        said: () => said,
        async end(signal = 'SIGTERM') {
          child.kill(signal)
          return ended
        },
      })
    })
  })
}
