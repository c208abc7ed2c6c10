/** The gateway in a process of its own, with verifying on or off, that tells what it has used. */
import { createLog } from '@countersign/gateway'
import { createGatewayVerifier } from '../../packages/gateway/dist/pipeline/authenticate.js'
import { limitMemory } from '../../packages/gateway/dist/server/memory.js'
import { PipelineGateway } from '../../packages/gateway/dist/gateway.js'
import { credentials, settings } from './settings.mjs'

limitMemory()
const [upstreamPort, mode] = process.argv.slice(2)
const chosen = settings(Number(upstreamPort))
const keys = {
  /** @param {string} id */
  find: (id) => (id === credentials.accessKeyId ? { ...credentials, principal: 'bench' } : undefined),
}
const verifier = mode === 'open' ? undefined : createGatewayVerifier(chosen, keys)
const { clients } = await new PipelineGateway(chosen, { verifier, log: createLog(chosen.log) }).start()

let most = 0
const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
timer.unref()
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss(), most })
  most = 0
})
process.send?.({ port: clients.port })
process.once('disconnect', () => process.exit())
