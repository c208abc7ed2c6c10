/**
 * Runs the portable suite in workerd: once as it was before it had anything of Node, and once as it is since August
 * 2026, when it has that by default.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../../packages/countersign/test/portable/suite.ts'
import { startWorkerd } from './workerd.mjs'

/** Which kinds of worker there are. */
export type Worker = 'plain' | 'node'

/** A workerd that runs. */
export interface RunningWorkerd {
  run(worker: Worker): Promise<Row[]>
  stop(): Promise<void>
}

/** Starts both workers in one process. */
export async function startWorkers(program: string, folder: string): Promise<RunningWorkerd> {
  const { origins, stop } = await startWorkerd(program, folder, [
    { name: 'plain', file: 'worker.js', compatibilityDate: '2025-01-01' },
    { name: 'node', file: 'worker-node.js', compatibilityDate: '2026-11-01' },
  ])
  return {
    stop,
    async run(worker) {
      const response = await fetch(`${origins.get(worker)}/run`, {
        method: 'POST',
        body: readFileSync(join(folder, 'inputs.json')),
      })
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as Row[]
    },
  }
}
