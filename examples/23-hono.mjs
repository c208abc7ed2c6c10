/** Hono behind a guard, on Node: what stood on the wire is verified, dot segments and all. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { requireSignature, verifiedOf } from 'countersign/servers/hono'
import { createVerifier } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'local' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })

const app = new Hono()
app.use(requireSignature(verifier))
app.post('/orders', async (c) => {
  const order = await c.req.json()
  return c.text(`${verifiedOf(c).principal} orders ${order.item}\n`)
})
const base = await new Promise((resolve) => {
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
    resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() }),
  )
})

const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"item":"tea"}' }
const signedFetch = createSignedFetch(createSigner({ credentials, ...scope }))
console.log(await (await signedFetch(`${base.url}/orders`, order)).text())
const refused = await fetch(`${base.url}/orders`, order)
console.log(refused.status, await refused.text())
base.close()
