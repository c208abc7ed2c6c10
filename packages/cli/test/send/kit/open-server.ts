/**
 * Servers that answer whatever comes, and remember what came.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startServer } from '../../../../../test/kit/servers.ts'

/** A request as it came. */
export interface Arrived {
  readonly method: string
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that listens. */
export interface OpenServer {
  readonly origin: string
  readonly port: number
  readonly arrived: Arrived[]
  close(): Promise<void>
}

/** Starts a server. */
export async function startOpenServer(
  answer: (arrived: Arrived, response: ServerResponse, count: number) => void,
): Promise<OpenServer> {
  const arrived: Arrived[] = []
  const { origin, port, close } = await startServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, target: url, headers, body: Buffer.concat(chunks).toString() }
      arrived.push(one)
      answer(one, response, arrived.length)
    })
  })
  return { origin, port, arrived, close }
}
