/** An API that does next to nothing: a small answer, or as many bytes as the path says. */
import { createServer } from 'node:http'

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x')
const small = Buffer.from('{"message":"hello"}')

const server = createServer((request, response) => {
  const mebibytes = /^\/mebibytes\/(\d+)$/.exec(request.url ?? '')?.[1]
  if (request.method === 'PUT') {
    let length = 0
    request.on('data', (chunk) => (length += chunk.length))
    request.on('end', () => response.end(String(length)))
    return
  }
  if (mebibytes === undefined) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': small.length })
    response.end(small)
    return
  }
  let left = Number(mebibytes)
  response.writeHead(200, { 'content-length': left * MEBIBYTE.length })
  const more = () => {
    while (left > 0) {
      left -= 1
      if (!response.write(MEBIBYTE)) break
    }
    if (left > 0) response.once('drain', more)
    else response.end()
  }
  more()
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.once('disconnect', () => process.exit())
