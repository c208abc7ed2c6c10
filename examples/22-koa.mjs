/** Koa behind a guard. */
import { createServer } from 'node:http'
import Koa from 'koa'
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { requireSignature, verifiedOf } from 'countersign/servers/koa'
import { createVerifier } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'local' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })

const app = new Koa()
app.use(requireSignature(verifier))
app.use(async (context) => {
  const { principal, body } = verifiedOf(context)
  // The request itself has been read; its verified body is here.
  const chunks = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  context.body = `${principal} orders ${JSON.parse(Buffer.concat(chunks).toString()).item}\n`
})
const server = createServer(app.callback())
const base = await listen(server)

const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"item":"tea"}' }
const signedFetch = createSignedFetch(createSigner({ credentials, ...scope }))
console.log(await (await signedFetch(`${base}/orders`, order)).text())
const refused = await fetch(`${base}/orders`, order)
console.log(refused.status, await refused.text())
server.close()
