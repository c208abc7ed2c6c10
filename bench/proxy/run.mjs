/** What signing costs a proxy: the same proxy with it and without it, small GETs, by processor time. */
import { comparePair, start } from '../pair.mjs'

const upstream = await start(new URL('../gateway/upstream.mjs', import.meta.url))
const proxy = new URL('proxy.mjs', import.meta.url)
await comparePair((mode) => start(proxy, [String(upstream.port), mode]), 'the proxy', 'signing')
upstream.child.disconnect()
