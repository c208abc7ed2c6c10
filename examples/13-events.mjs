/** A stream of signed events over HTTP/2: each is checked by itself, and answered while the next ones are still to come. */
import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import { Readable } from 'node:stream'
import { createEventStreamVerifier, signEventStream } from 'countersign/streaming'
import { VerificationError } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }

// The server.
const verifier = createEventStreamVerifier({
  service: 'transcribe',
  region: 'local',
  secrets: (accessKeyId) =>
    accessKeyId === credentials.accessKeyId ? { ...credentials, principal: 'alice' } : undefined,
})
const server = createServer((request, response) => {
  const { method, url: target, rawHeaders } = request
  /** @type {[name: string, value: string][]} */
  const headers = []
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''])
  const answer = async () => {
    const { principal, events } = await verifier.verify({ method, target, headers, body: request })
    for await (const event of events) {
      const type = event.headers.get(':event-type')
      if (type === 'AudioEvent') response.write(`${principal} said: ${Buffer.from(event.payload)}\n`)
    }
    response.end('the stream is whole\n')
  }
  answer().catch((error) => {
    if (!(error instanceof VerificationError)) throw error
    response.end(`refused: ${error.code}\n`)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`

// The client. Its events come one by one, as from a microphone.
async function* microphone() {
  for (const payload of ['hello', 'is anybody there?']) {
    yield { headers: { ':message-type': 'event', ':event-type': 'AudioEvent' }, payload }
  }
}

/** Sends a stream, and prints what comes back. @param {(sent: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>} pass */
async function send(pass) {
  const signed = signEventStream(
    { method: 'POST', url: `${base}/stream`, body: microphone() },
    { credentials, service: 'transcribe', region: 'local' },
  )
  const session = connect(base)
  const headers = Object.fromEntries(signed.headers.filter(([name]) => name !== 'host'))
  const stream = session.request({ ':method': 'POST', ':path': '/stream', ...headers })
  Readable.from(pass(signed.body), { objectMode: false }).pipe(stream)
  stream.setEncoding('utf8').on('data', (text) => process.stdout.write(text))
  await once(stream, 'end')
  session.close()
}

await send((sent) => sent)

console.log('and with the first event taken out on the way:')
await send(async function* (sent) {
  let count = 0
  for await (const event of sent) if (++count > 1) yield event
})
server.close()
