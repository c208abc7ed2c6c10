/** An API that wants signatures, a proxy that signs, and a client that knows of neither. */
import { createServer } from 'node:http'
import { createGateway, loadSettings } from '@countersign/gateway'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier, s3Xml } from 'countersign/verify'
import { listen } from './lib/listen.mjs'
import { showRequest } from './lib/request-log.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 's3', region: 'eu-west-1' }

const guard = requireSignature(createVerifier({ ...scope, secrets: () => credentials }), { respond: s3Xml })
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    response.end(`signed by ${verifiedOf(request).accessKeyId}: ${request.method} ${request.url}\n`)
  }),
)
const upstream = await listen(server)

// What `countersign proxy --upstream … --service s3 --region eu-west-1 --allow-paths '/reports/*'` does.
const { settings } = await loadSettings({
  kind: 'proxy',
  env: {},
  flags: {
    upstream,
    'sign.service': scope.service,
    'sign.region': scope.region,
    'allow.paths': '/reports/*',
    listen: '127.0.0.1:0',
    health: '127.0.0.1:0',
  },
})
const proxy = createGateway(settings, {
  keys: { find: () => undefined },
  log: showRequest,
  credentials: () => async () => credentials,
})
const { clients, health } = await proxy.start()
const base = `http://127.0.0.1:${clients.port}`

const unsigned = await fetch(`${upstream}/reports/2026%20Q4.csv`)
console.log(`without the proxy: ${unsigned.status}`)
const got = await fetch(`${base}/reports/2026%20Q4.csv`)
console.log(`through it: ${got.status} ${await got.text()}`)
const put = await fetch(`${base}/reports/new`, { method: 'PUT', body: 'a,b\n1,2\n' })
console.log(`through it: ${put.status} ${await put.text()}`)
const other = await fetch(`${base}/secrets`)
console.log(`another path: ${other.status} ${await other.text()}`)
const metrics = await (await fetch(`http://127.0.0.1:${health?.port}/metrics`)).text()
console.log(metrics.split('\n').find((line) => line.startsWith('countersign_requests_total')))

await proxy.stop()
server.close()
server.closeAllConnections()
