/** Opens a WebSocket with a signed URL: each socket gets a signature of its own. Here the server is one of this machine. */
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createSignedWebSocket } from 'countersign/adapters/web-socket'
import { readNodeRequest } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { WebSocket, WebSocketServer } from 'ws'
import { listen } from './lib/listen.mjs'

const credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'a secret of at least 30 characters',
  sessionToken: 'token',
}
const scope = { service: 'execute-api', region: 'eu-west-1' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })
const sockets = new WebSocketServer({ noServer: true })
const server = createServer()
server.on('upgrade', (request, socket, head) => {
  verifier
    .verify(readNodeRequest(request))
    .then(({ principal }) =>
      sockets.handleUpgrade(request, socket, head, (peer) => peer.send(`hello ${principal}`)),
    )
    .catch((error) => socket.end(`HTTP/1.1 ${error.status} ${error.awsCode}\r\nconnection: close\r\n\r\n`))
})
const url = (await listen(server)).replace('http', 'ws')

// In browsers, Deno, Bun and newer Nodes: without the class, which is the runtime's own then.
const open = createSignedWebSocket({ credentials, ...scope, WebSocket })
const socket = await open(`${url}/live?room=a b`)
const [data] = await once(socket, 'message')
console.log(String(data))
socket.close()

// A class whose sockets can carry headers takes them from any signer, too; here nobody has signed.
const [error] = await once(new WebSocket(`${url}/live`), 'error')
console.log(error.message)
server.close()
