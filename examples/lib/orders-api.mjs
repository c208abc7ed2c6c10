/** An API for the examples of HTTP clients: it verifies, is busy now and then, and its clock is two hours ahead. */
import { createServer } from 'node:http'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { listen } from './listen.mjs'

const AHEAD = 2 * 3_600_000

/** Starts the API, with a key that it knows. */
export async function startOrdersApi() {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
  const scope = { service: 'orders', region: 'local' }
  const now = () => new Date(Date.now() + AHEAD)
  const secrets = () => ({ ...credentials, principal: 'alice' })
  const guard = requireSignature(createVerifier({ ...scope, secrets, now }), {
    onRefused: ({ code }) => console.log(`server: refused, ${code}`),
  })
  let count = 0
  const server = createServer((request, response) => {
    guard(request, response, (error) => {
      if (error) {
        response.writeHead(500).end()
        return
      }
      count += 1
      const isBusy = count % 2 === 1
      console.log(
        `server: ${request.method} ${request.url} of ${request.headers.host}: ${isBusy ? 'busy' : 'done'}`,
      )
      if (request.url === '/gone') {
        response
          .writeHead(404, { 'x-amzn-errortype': 'NotFoundException' })
          .end('{"message":"no such order"}')
      } else if (isBusy) response.writeHead(503, { 'retry-after': '0' }).end()
      else response.end(`hello ${verifiedOf(request).principal}`)
    })
  })
  const base = await listen(server)
  return { base, port: Number(new URL(base).port), credentials, scope, close: () => server.close() }
}
