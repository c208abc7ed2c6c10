/** Node's http2 server behind a guard: `:authority` stands for the host that was signed. */
import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import { signRequest } from 'countersign'
import { requireStreamSignature, verifiedOf } from 'countersign/servers/http2'
import { createVerifier } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'local' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })
const guard = requireStreamSignature(verifier)

const server = createServer()
server.on('stream', (stream, _headers, _flags, /** @type {any} */ rawHeaders) =>
  guard(stream, rawHeaders, (error) => {
    if (error) return stream.close()
    stream.respond({ ':status': 200 })
    return stream.end(`hello ${verifiedOf(stream).principal}`)
  }),
)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
const authority = `127.0.0.1:${port}`
const client = connect(`http://${authority}`)

/** @param {Record<string, string>} headers */
async function get(headers) {
  const stream = client.request({ ':path': '/today', ':authority': authority, ...headers })
  const [answer] = await once(stream, 'response')
  let text = ''
  for await (const chunk of stream) text += chunk
  return `${answer[':status']} ${text}`
}

const { headers } = signRequest(
  { method: 'GET', url: `http://${authority}/today` },
  { credentials, ...scope },
)
console.log(await get(Object.fromEntries(headers.filter(([name]) => name !== 'host'))))
console.log(await get({}))
client.close()
server.close()
