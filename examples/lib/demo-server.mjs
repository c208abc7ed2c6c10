/** A server for the examples: it verifies what it is sent and says who sent it. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { listen } from './listen.mjs'

/** Runs an example against a server of its own, with a key that the server knows. */
export async function withDemoServer({ service, region }, run) {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: randomBytes(30).toString('base64url') }
  const secrets = (id) => (id === credentials.accessKeyId ? { ...credentials, principal: 'you' } : undefined)
  const guard = requireSignature(createVerifier({ secrets, service, region }))
  const server = createServer((request, response) =>
    guard(request, response, (error) => {
      if (error) {
        response.writeHead(500).end()
        return
      }
      response.end(`${verifiedOf(request).principal}: ${request.method} ${request.url}
`)
    }),
  )
  try {
    await run(await listen(server), credentials)
  } finally {
    server.close()
  }
}
