/** Fastify behind a guard: bodies are parsed from the bytes that were verified. */
import Fastify from 'fastify'
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { requireSignature, verifiedOf } from 'countersign/servers/fastify'
import { createVerifier } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'local' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })

const app = Fastify()
app.addHook('preParsing', requireSignature(verifier))
app.post('/orders', (request) => {
  const order = /** @type {{ item: string }} */ (request.body)
  return `${verifiedOf(request).principal} orders ${order.item}\n`
})
const base = await app.listen({ port: 0, host: '127.0.0.1' })

const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"item":"tea"}' }
const signedFetch = createSignedFetch(createSigner({ credentials, ...scope }))
console.log(await (await signedFetch(`${base}/orders`, order)).text())
const refused = await fetch(`${base}/orders`, order)
console.log(refused.status, await refused.text())
await app.close()
