/** ky that signs: methods, JSON, hooks, retries and all. Here for an API of this machine. */
import { createServer } from 'node:http'
import ky from 'ky'
import { createSignedKy } from 'countersign/adapters/ky'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'notes', region: 'local' }
const guard = requireSignature(
  createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) }),
)
let isBusy = true
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    if (request.url === '/missing') {
      response.writeHead(404, { 'x-amzn-errortype': 'NotFoundException' }).end('{"message":"no such note"}')
    } else if (isBusy) {
      isBusy = false
      response.writeHead(503, { 'retry-after': '0' }).end()
    } else response.end(JSON.stringify({ author: verifiedOf(request).principal }))
  }),
)
const prefixUrl = await listen(server)

const api = createSignedKy(ky, { credentials, ...scope }).extend({ prefixUrl })
console.log(await api.post('notes', { json: { text: 'hello' } }).json())

await api.get('missing').catch((error) => console.log(error.name, 'because of', error.cause.code))
// ky would make /secrets of it, and a valid signature for that.
await api.get('notes/../secrets').catch((error) => console.log(error.code))
server.close()
