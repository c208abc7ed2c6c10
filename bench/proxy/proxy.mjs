/** The proxy in a process of its own, with signing on or off, that tells what it has used. */
import { createLog } from '@countersign/gateway'
import { limitMemory } from '../../packages/gateway/dist/server/memory.js'
import { PipelineGateway } from '../../packages/gateway/dist/gateway.js'
import { credentials, region, service, settings } from '../gateway/settings.mjs'

limitMemory()
const [upstreamPort, mode] = process.argv.slice(2)
const given = settings(Number(upstreamPort))
/** @type {import('@countersign/gateway').SignSettings} */
const sign = {
  service,
  region: [region],
  host: undefined,
  profile: undefined,
  algorithm: 'v4',
  payload: 'auto',
  headers: ['minimal'],
  setHeaders: {},
  retries: 2,
  redirects: false,
  presigned: false,
}
const routes = given.routes.map((route) => ({ ...route, sign: mode === 'open' ? undefined : sign }))
const chosen = { ...given, verify: false, routes, health: { host: '127.0.0.1', port: 0 } }
const parts = { log: createLog(chosen.log), credentials: () => async () => credentials }
const { clients } = await new PipelineGateway(chosen, parts).start()

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
process.send?.({ port: clients.port })
process.once('disconnect', () => process.exit())
