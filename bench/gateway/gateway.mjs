/** The gateway in a process of its own, with verifying on or off, that tells what it has used. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@countersign/gateway'
import { openKeyStore } from '@countersign/gateway/keys'
import { createGatewayVerifier } from '../../packages/gateway/dist/pipeline/authenticate.js'
import { limitMemory } from '../../packages/gateway/dist/server/memory.js'
import { PipelineGateway } from '../../packages/gateway/dist/gateway.js'
import { credentials, settings } from './settings.mjs'

limitMemory()
const [upstreamPort, mode] = process.argv.slice(2)
const chosen = settings(Number(upstreamPort))
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
const keys = openKeyStore({ file: join(folder, 'keys.db'), masterKey: randomBytes(32) })
keys.create({ ...credentials, principal: 'bench' })
const createVerifier = mode === 'open' ? undefined : async () => createGatewayVerifier(chosen, keys)
const { clients } = await new PipelineGateway(chosen, { createVerifier, log: createLog(chosen.log) }).start()

let most = 0
const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
timer.unref()
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss(), most })
  most = 0
})
process.send?.({ port: clients.port })
process.once('disconnect', () => {
  rmSync(folder, { recursive: true })
  process.exit()
})
