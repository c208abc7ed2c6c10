/** got: its hooks sign each attempt and redirect of got itself; its error has AWS's for a cause. */
import { got } from 'got'
import { createSigner } from 'countersign'
import { createSignedGotOptions } from 'countersign/adapters/got'
import { startOrdersApi } from './lib/orders-api.mjs'

const api = await startOrdersApi()
const signer = createSigner({ credentials: api.credentials, ...api.scope })
const client = got.extend(createSignedGotOptions(signer), {
  prefixUrl: api.base,
  retry: { methods: ['GET', 'POST'], backoffLimit: 100 },
})

const { statusCode, body } = await client.post('orders', { json: { item: 'tea' } })
console.log(statusCode, body)

await client('gone').catch(({ message, cause }) => {
  console.log(`${message}: ${cause}`, cause.code)
})
api.close()
