/**
 * Runs the suite in a worker: its own server answers what it sends.
 *
 * @module
 */
import type { Inputs } from '../inputs.ts'
import { loopbackHandler } from '../loopback.ts'
import { runSuite } from '../suite.ts'

/** What workerd calls; it knows a worker by its default export. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, origin } = new URL(request.url)
    if (pathname !== '/run') return loopbackHandler(request)
    return Response.json(await runSuite((await request.json()) as Inputs, origin))
  },
}
