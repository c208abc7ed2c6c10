/** undici: the interceptor signs for one host and connects to another address, learns the server's clock, and retries. */
import { createSigner } from 'countersign'
import { createSigningInterceptor } from 'countersign/adapters/undici'
import { readAwsError } from 'countersign/aws-error'
import { Agent } from 'undici'
import { startOrdersApi } from './lib/orders-api.mjs'

const api = await startOrdersApi()
const signer = createSigner({ credentials: api.credentials, ...api.scope })
const agent = new Agent().compose(createSigningInterceptor(signer))

// Signed for orders.example, sent to this machine.
const headers = { host: 'orders.example', 'content-type': 'application/json' }
const order = { origin: api.base, path: '/orders', method: 'POST', headers, body: '{"item":"tea"}' }
const { statusCode, body } = await agent.request(order)
console.log(statusCode, await body.text())

const error = await readAwsError(await agent.request({ origin: api.base, path: '/gone', method: 'GET' }))
console.log(`${error}`, error.code, error.status)
await agent.close()
api.close()
