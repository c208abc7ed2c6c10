/**
 * Runs the suite in a page, and in the service worker that the page installs.
 *
 * @module
 */
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { CREDENTIALS, now } from '../inputs.ts'
import { runSuite, type Row } from '../suite.ts'
import { readInputs } from './browser-inputs.ts'

async function installed(): Promise<ServiceWorker> {
  await navigator.serviceWorker.register('/service-worker.js')
  const { active } = await navigator.serviceWorker.ready
  if (!active) throw new Error('The service worker is not active')
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
  }
  return active
}

const inPage = async (): Promise<Row[]> => runSuite(await readInputs(), location.origin)

async function inServiceWorker(): Promise<Row[]> {
  const worker = await installed()
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<Row[]>((resolve) => {
    port1.addEventListener('message', ({ data }) => resolve(data as Row[]))
  })
  port1.start()
  worker.postMessage('run', [port2])
  return answer
}

/** The page signs; the service worker, which sees the request on its way, verifies it. */
async function throughServiceWorker(): Promise<[status: number, text: string]> {
  await installed()
  const signer = createSigner({ credentials: CREDENTIALS, service: 'execute-api', region: 'local', now })
  const response = await createSignedFetch(signer)(`${location.origin}/guarded/a%20b?x=1`, {
    method: 'POST',
    body: 'hello',
  })
  return [response.status, await response.text()]
}

Object.assign(globalThis, { inPage, inServiceWorker, throughServiceWorker })
