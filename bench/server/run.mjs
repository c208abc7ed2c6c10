/**
 * What verifying costs a server of `node:http`: the same server with it and without it, small signed GETs, by processor
 * time. Once with a handler that looks forty notes up and writes them as JSON, and once with one that does nothing.
 */
import { comparePair, start } from '../pair.mjs'

const server = new URL('server.mjs', import.meta.url)
for (const work of ['something', 'nothing']) {
  await comparePair((mode) => start(server, [mode, work]), `a handler that does ${work}`)
}
