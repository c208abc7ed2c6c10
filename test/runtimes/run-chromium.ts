/**
 * Runs the portable suite in Chromium: in a page, in its service worker, and from the one to the other.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { answerWith } from '../../packages/countersign/test/portable/hosts/node-server.ts'
import { loopbackHandler } from '../../packages/countersign/test/portable/loopback.ts'
import type { Row } from '../../packages/countersign/test/portable/suite.ts'

/** What the page offers; see `hosts/page.ts`. */
interface PageFunctions {
  inPage(): Promise<Row[]>
  inServiceWorker(): Promise<Row[]>
  throughServiceWorker(): Promise<[status: number, text: string]>
}

/** A browser with the page open. */
export interface OpenPage {
  call<K extends keyof PageFunctions>(name: K): ReturnType<PageFunctions[K]>
  close(): Promise<void>
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['/page.js', 'text/javascript'],
  ['/service-worker.js', 'text/javascript'],
  ['/inputs.json', 'application/json'],
])
const PAGE = '<!doctype html><title>countersign</title><script type="module" src="/page.js"></script>'

function serve(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = request.url ?? '/'
    const type = TYPES.get(path)
    if (type !== undefined) response.setHeader('content-type', type).end(readFileSync(join(folder, path)))
    else if (path === '/') response.setHeader('content-type', 'text/html').end(PAGE)
    else void answerWith(loopbackHandler, request, response)
  }
}

/** Starts the browser, and opens the page in it. */
export async function openPage(program: string, folder: string): Promise<OpenPage> {
  const server = createServer(serve(folder))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({ executablePath: program, args: ['--disable-dev-shm-usage'] })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    // The page's own function, called by its name.
    call: (name) => page.evaluate(`globalThis.${name}()`) as ReturnType<PageFunctions[typeof name]>,
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
