/** A server that only signed requests get into, and what it answers to others. */
import { createServer } from 'node:http'
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const keys = new Map([
  ['AKIDEXAMPLE', { secretAccessKey: 'a secret of at least 30 characters', principal: 'alice' }],
])

const guard = requireSignature(
  createVerifier({ secrets: (accessKeyId) => keys.get(accessKeyId), service: 'orders', region: 'local' }),
  { onRefused: (error) => console.log('log:', error.code, error.message) },
)
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    const { principal, covered } = verifiedOf(request)
    response.end(`hello ${principal}, you asked for ${covered.path}
`)
  }),
)
const base = await listen(server)

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const signedFetch = createSignedFetch(createSigner({ credentials, service: 'orders', region: 'local' }))

console.log(await (await signedFetch(`${base}/today`)).text())
console.log(await (await fetch(`${base}/today`)).text())
server.close()
