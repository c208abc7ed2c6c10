/**
 * Measures in a worker, whose clock stands still while it computes: `/rows` tells what there is, `/row?index=&times=`
 * runs one of them, and whoever asks takes the time.
 */
import { repeat, rows } from './backends.mjs'

/** @type {Promise<import('./backends.mjs').Row[]> | undefined} */
let all

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    all ??= rows()
    const list = await all
    if (pathname === '/rows') {
      return Response.json(list.map(({ group, make }) => ({ group, make })))
    }
    const row = list[Number(searchParams.get('index'))]
    if (!row) return new Response('no such row', { status: 404 })
    await repeat(row.operation, Number(searchParams.get('times')))
    return new Response('done')
  },
}
