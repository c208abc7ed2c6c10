/** A server of `node:http` in a process of its own, with the verifier or without it, that tells what it has used. */
import { createServer } from 'node:http'
import { requireSignature } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { credentials, region, service } from '../gateway/settings.mjs'

/** @type {import('node:http').RequestListener} */
const handle = (_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"notes":[]}')
}
const { secretAccessKey } = credentials
const guard = requireSignature(
  createVerifier({ secrets: () => ({ secretAccessKey, principal: 'bench' }), service, region }),
)
/** @type {import('node:http').RequestListener} */
const guarded = (request, response) => guard(request, response, () => handle(request, response))

const server = createServer(process.argv[2] === 'open' ? handle : guarded)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
process.once('disconnect', () => process.exit())
