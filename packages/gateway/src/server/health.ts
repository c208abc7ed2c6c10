/**
 * Health and readiness, on a port of their own: never inside the paths that clients may ask for.
 *
 * @module
 */
import { createServer, type Server, type ServerResponse } from 'node:http'

/** What is asked before each answer. */
export interface Readiness {
  /** Names what keeps the gateway from serving; `undefined` when nothing does. */
  (): string | undefined
}

/** Makes the server of `/livez` and `/readyz`. */
export function createHealthServer(readiness: Readiness): Server {
  return createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET')
    if (request.url === '/livez') return answer(response, 200)
    if (request.url !== '/readyz') return answer(response, 404, 'there are /livez and /readyz')
    const hindrance = readiness()
    return answer(response, hindrance === undefined ? 200 : 503, hindrance)
  })
}

function answer(response: ServerResponse, status: number, reason?: string): void {
  const body = JSON.stringify({ status: status === 200 ? 'ok' : 'failed', reason })
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${body}\n`)
}
