/**
 * Health, readiness and metrics, on a port of their own: never inside the paths that clients may ask for.
 *
 * @module
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import { namesMachine } from '../config/address.ts'

/** What the server tells. */
export interface Health {
  /** Names what keeps the gateway from serving; `undefined` when nothing does. */
  hindrance(): string | undefined | Promise<string | undefined>
  /** The last refused signature; absent where none is kept, or where others could ask. */
  readonly lastRefusal?: { describe(): Promise<object | undefined> } | undefined
  /** Figures in Prometheus' form. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Makes the server of `/livez`, `/readyz`, `/metrics` and `/debug/last`. */
export function createHealthServer(health: Health): Server {
  return createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET')
    if (request.url === '/livez') return answer(response, 200)
    if (request.url === '/readyz') return void tellReadiness(health, response)
    if (request.url === '/metrics') return void tellMetrics(health, response)
    const { lastRefusal } = health
    if (request.url === '/debug/last' && lastRefusal && namesMachine(request.headers.host ?? '')) {
      return void tellLastRefusal(lastRefusal, response)
    }
    return answer(response, 404, 'there are /livez, /readyz, /metrics and, on this machine, /debug/last')
  })
}

async function tellReadiness(health: Health, response: ServerResponse): Promise<void> {
  const hindrance = await health.hindrance()
  answer(response, hindrance === undefined ? 200 : 503, hindrance)
}

async function tellMetrics(health: Health, response: ServerResponse): Promise<void> {
  const { contentType, text } = await health.metrics()
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' })
  response.end(text)
}

async function tellLastRefusal(
  lastRefusal: NonNullable<Health['lastRefusal']>,
  response: ServerResponse,
): Promise<void> {
  let refusal: object | undefined
  try {
    refusal = await lastRefusal.describe()
  } catch {
    return answer(response, 500, 'the last refusal cannot be described')
  }
  if (refusal === undefined) return answer(response, 404, 'no signature has been refused')
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(refusal, undefined, 2)}\n`)
}

function answer(response: ServerResponse, status: number, reason?: string): void {
  const body = JSON.stringify({ status: status === 200 ? 'ok' : 'failed', reason })
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${body}\n`)
}
