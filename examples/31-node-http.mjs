/** node:http: signs for the URL, connects to the address that is named, learns the server's clock, and retries. */
import { text } from 'node:stream/consumers'
import { createSigner } from 'countersign'
import { createSignedHttp } from 'countersign/adapters/node-http'
import { readAwsError } from 'countersign/aws-error'
import { startOrdersApi } from './lib/orders-api.mjs'

const api = await startOrdersApi()
const signedRequest = createSignedHttp(createSigner({ credentials: api.credentials, ...api.scope }))

const address = { host: '127.0.0.1', port: api.port }
const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"item":"tea"}' }
const message = await signedRequest('http://orders.example/orders', { ...order, ...address })
console.log(message.statusCode, await text(message))

const error = await readAwsError(await signedRequest(`${api.base}/gone`))
console.log(`${error}`, error.code, error.status)
api.close()
