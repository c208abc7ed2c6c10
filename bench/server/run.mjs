/** What verifying costs a server of `node:http`: the same server with it and without it, small GETs, by processor time. */
import { comparePair, start } from '../pair.mjs'

const server = new URL('server.mjs', import.meta.url)
await comparePair((mode) => start(server, [mode]))
