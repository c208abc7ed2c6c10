/** A handler of web-standard requests behind a guard, as Workers, Deno and Bun call it. Here it is called by hand. */
import { signRequest } from 'countersign'
import { requireSignature, verifiedOf } from 'countersign/servers/fetch'
import { createVerifier } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'local' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })
const guard = requireSignature(verifier, { onRefused: (error) => console.log('log:', error.code) })

const worker = {
  fetch: guard(async (request) => {
    const order = await request.json()
    return new Response(`${verifiedOf(request).principal} orders ${order.item}`)
  }),
}

const url = 'https://orders.example/orders'
const signed = signRequest({ method: 'POST', url, body: '{"item":"tea"}' }, { credentials, ...scope })
const answer = await worker.fetch(new Request(url, signed))
console.log(answer.status, await answer.text())
const tampered = await worker.fetch(new Request(url, { ...signed, body: '{"item":"gin"}' }))
console.log(tampered.status, await tampered.text())
