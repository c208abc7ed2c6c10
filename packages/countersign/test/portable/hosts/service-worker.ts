/**
 * Runs the suite in a service worker, which also lets only signed requests through to `/guarded/`.
 *
 * @module
 */
import { loopbackHandler } from '../loopback.ts'
import { runSuite } from '../suite.ts'
import { readInputs } from './browser-inputs.ts'

/** What is used of the scope of a service worker, which the types of a page do not know. */
interface WorkerEvent extends Event {
  readonly request: Request
  readonly ports: readonly MessagePort[]
  waitUntil(work: Promise<unknown>): void
  respondWith(response: Promise<Response>): void
}
interface WorkerScope {
  readonly clients: { claim(): Promise<void> }
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
  skipWaiting(): Promise<void>
}
const scope: WorkerScope = globalThis as never

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname.startsWith('/guarded/'))
    event.respondWith(loopbackHandler(event.request))
})
scope.addEventListener('message', (event) => {
  const run = async (): Promise<void> => {
    event.ports[0]?.postMessage(await runSuite(await readInputs(), location.origin))
  }
  event.waitUntil(run())
})
