/**
 * Runs the suite as a script, on Node, Bun or Deno, with the server that each of them has. Reads its inputs from the
 * file that is its argument, and prints the table as JSON, with what every entry point of the package has.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import type { Inputs } from '../inputs.ts'
import { loopbackHandler } from '../loopback.ts'
import { runSuite, type Row } from '../suite.ts'
import { answerWith } from './node-server.ts'

/** What is printed. */
export interface Printed {
  readonly rows: readonly Row[]
  /** How many names each entry point has. */
  readonly imported: Readonly<Record<string, number>>
}

interface Started {
  readonly port: number
  stop(): unknown
}

/** What is used of the two runtimes that are not Node. */
interface Runtimes {
  readonly Bun?: {
    serve(options: { port: number; hostname: string; fetch: typeof loopbackHandler }): Started
  }
  readonly Deno?: {
    serve(
      options: { port: number; hostname: string; onListen(): void },
      handler: typeof loopbackHandler,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  }
}

async function start(): Promise<Started> {
  const { Bun, Deno } = globalThis as Runtimes
  const place = { port: 0, hostname: '127.0.0.1' }
  // As they call a handler: Deno adds facts about the connection.
  if (Bun) return Bun.serve({ ...place, fetch: loopbackHandler })
  if (Deno) {
    const server = Deno.serve({ ...place, onListen() {} }, loopbackHandler)
    return { port: server.addr.port, stop: () => server.shutdown() }
  }
  const server = createServer((incoming, outgoing) => void answerWith(loopbackHandler, incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() }
}

const server = await start()
const inputs = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Inputs
const rows = await runSuite(inputs, `http://127.0.0.1:${server.port}`)
const imported: Record<string, number> = {}
for (const path of inputs.entryPoints) imported[path] = Object.keys((await import(path)) as object).length
const printed: Printed = { rows, imported }
await new Promise((resolve) => process.stdout.write(JSON.stringify(printed), resolve))
await server.stop()
process.exit(0)
