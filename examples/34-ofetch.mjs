/** ofetch that signs. Here for an API of this machine. */
import { createServer } from 'node:http'
import { ofetch } from 'ofetch'
import { createSignedOfetch } from 'countersign/adapters/ofetch'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'notes', region: 'local' }
const guard = requireSignature(
  createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) }),
)
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    if (request.url === '/missing') {
      response.writeHead(404, { 'x-amzn-errortype': 'NotFoundException' }).end('{"message":"no such note"}')
    } else response.end(JSON.stringify({ author: verifiedOf(request).principal, target: request.url }))
  }),
)
const baseURL = await listen(server)

const api = createSignedOfetch(ofetch, { credentials, ...scope }).create({ baseURL })
console.log(await api('/notes', { method: 'POST', query: { draft: 'a b' }, body: { text: 'hello' } }))
await api('/missing').catch((error) => console.log(error.name, 'because of', error.cause.code))
server.close()
