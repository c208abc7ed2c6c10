/** What verifying costs a gateway: the same proxy with it and without it, small GETs, by processor time. */
import { comparePair, start } from '../pair.mjs'

const upstream = await start(new URL('upstream.mjs', import.meta.url))
const gateway = new URL('gateway.mjs', import.meta.url)
await comparePair((mode) => start(gateway, [String(upstream.port), mode]), 'the gateway')
upstream.child.disconnect()
