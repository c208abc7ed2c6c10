/**
 * Runs the portable suite in workerd, which is Cloudflare's runtime: once as it was before it had
 * anything of Node, and once as it is now.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Row } from '../../packages/countersign/test/portable/suite.ts'

/** Since August 2026 a worker has what Node has by default. Each worker listens on a port of its own; they may call what is on this machine. */
const CONFIGURATION = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "plain", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2025-01-01", globalOutbound = "network",
    )),
    (name = "node", worker = (
      modules = [(name = "worker", esModule = embed "worker-node.js")],
      compatibilityDate = "2026-11-01", globalOutbound = "network",
    )),
    (name = "network", network = (allow = ["private"])),
  ],
  sockets = [
    (name = "plain", address = "127.0.0.1:0", http = (), service = "plain"),
    (name = "node", address = "127.0.0.1:0", http = (), service = "node"),
  ],
);
`

/** Which kinds of worker there are. */
export type Worker = 'plain' | 'node'

/** A workerd that runs. */
export interface RunningWorkerd {
  run(worker: Worker): Promise<Row[]>
  stop(): Promise<void>
}

async function portsOf(control: Readable): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>()
  for await (const line of createInterface(control)) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket?: string; port?: number }
    if (event === 'listen' && socket !== undefined && port !== undefined) ports.set(socket, port)
    if (ports.size === 2) return ports
  }
  throw new Error('workerd ended before it listened')
}

/** Starts both workers in one process. */
export async function startWorkerd(program: string, folder: string): Promise<RunningWorkerd> {
  const file = join(folder, 'config.capnp')
  writeFileSync(file, CONFIGURATION)
  const child = spawn(program, ['serve', file, '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ports = await portsOf(child.stdio[3] as Readable)
  return {
    async run(worker) {
      const response = await fetch(`http://127.0.0.1:${ports.get(worker)}/run`, {
        method: 'POST',
        body: readFileSync(join(folder, 'inputs.json')),
      })
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as Row[]
    },
    async stop() {
      child.kill()
      await ended
    },
  }
}
