/** Sends a stream to a store in signed chunks; the store takes each chunk once it knows that it is the one signed. */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { signChunks } from 'countersign/streaming'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier, s3Xml } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 's3', region: 'us-east-1' }

const guard = requireSignature(createVerifier({ ...scope, secrets: () => credentials }), { respond: s3Xml })
const server = createServer((request, response) =>
  guard(request, response, (error) => void (error ? response.writeHead(500).end() : take(request, response))),
)

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function take(request, response) {
  const { payload, body = [] } = verifiedOf(request)
  let length = 0
  try {
    for await (const data of body) length += data.length
    response.end(`${payload}, and now known to be right: ${length} bytes`)
  } catch (error) {
    // What was stored of it so far has to be undone here.
    const { code } = /** @type {import('countersign/verify').VerificationError} */ (error)
    response.writeHead(400, { connection: 'close' }).end(`refused: ${code}`)
  }
}

const base = await listen(server)

/** Three million bytes that are nowhere in memory at once. */
async function* rows() {
  for (let i = 0; i < 300_000; i++) yield new TextEncoder().encode(`${String(i).padStart(9, '0')}\n`)
}

/** @param {AsyncIterable<Uint8Array>} source @param {(data: Uint8Array) => Uint8Array} [onTheWay] */
async function upload(source, onTheWay = (data) => data) {
  const { method, url, headers, body } = signChunks(
    { method: 'PUT', url: `${base}/bucket/rows.txt`, body: source },
    { credentials, ...scope, decodedLength: 3_000_000, checksum: 'crc32' },
  )
  const sending = httpRequest(url, { method, headers: headers.flat() })
  const answered = once(sending, 'response')
  await pipeline(Readable.from(body).map(onTheWay), sending)
  const [response] = await answered
  for await (const text of response.setEncoding('utf8')) console.log(text)
}

await upload(rows())
// A zero that becomes a one on the way.
await upload(rows(), (data) => data.map((byte, index) => (index === 500 && byte === 0x30 ? 0x31 : byte)))
server.close()
