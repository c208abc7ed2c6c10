/** Signs a request and sends it with fetch. */
import { signRequest } from 'countersign'
import { withDemoServer } from './lib/demo-server.mjs'

await withDemoServer({ service: 'execute-api', region: 'eu-west-1' }, async (base, credentials) => {
  const signed = signRequest(
    {
      method: 'POST',
      url: `${base}/orders?dry-run=true`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ item: 'umbrella', count: 2 }),
    },
    { credentials, service: 'execute-api', region: 'eu-west-1' },
  )

  const response = await fetch(signed.url, signed)
  console.log(response.status, await response.text())
})
