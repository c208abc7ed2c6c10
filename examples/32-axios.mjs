/** axios: signed behind base URL, parameters and transforms; its error has AWS's for a cause. */
import axios from 'axios'
import { createSigner } from 'countersign'
import { createSignedAxiosConfig } from 'countersign/adapters/axios'
import { startOrdersApi } from './lib/orders-api.mjs'

const api = await startOrdersApi()
const signer = createSigner({ credentials: api.credentials, ...api.scope })
const client = axios.create({ baseURL: api.base, ...createSignedAxiosConfig(axios, signer) })

const { status, data } = await client.post('/orders', { item: 'tea' }, { params: { dry: 'yes & no' } })
console.log(status, data)

await client.get('/gone').catch(({ message, cause }) => {
  console.log(`${message}: ${cause}`, cause.code)
})
api.close()
