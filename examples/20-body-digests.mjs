/** A store that holds every upload against its checksum, and tells what it knows of the body: a signed one, and one that only a URL let in. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { presignUrl } from 'countersign'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createVerifier, s3Xml } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 's3', region: 'us-east-1' }

const verifier = createVerifier({ ...scope, secrets: () => credentials, maxBytes: 1_000_000 })
const guard = requireSignature(verifier, { respond: s3Xml })
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    const { payload, isPending, covered } = verifiedOf(request)
    const headers = covered.headers.map(([name]) => name).join(', ')
    response.end(`stored: ${payload}, pending: ${isPending}, covered: ${headers}`)
  }),
)
const base = await listen(server)

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest('base64')

// Whoever gets this URL can upload this text and no other.
const { url, headers } = presignUrl(
  { method: 'PUT', url: `${base}/bucket/key`, headers: { 'x-amz-checksum-sha256': sha256('the report') } },
  { ...scope, credentials },
)

/** @param {string} what @param {string} body @param {Record<string, string>} [more] */
async function upload(what, body, more = {}) {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { ...Object.fromEntries(headers), ...more },
    body,
  })
  const text = await response.text()
  console.log(`${what}: ${response.status} ${/<Code>(\w+)/.exec(text)?.[1] ?? text}`)
}

await upload('as agreed', 'the report')
await upload('something else', 'another report')
await upload('with another checksum', 'another report', { 'x-amz-checksum-sha256': sha256('another report') })
await upload('with a Content-MD5 that is none', 'the report', { 'content-md5': 'x' })
await upload('too long', 'x'.repeat(1_000_001))
server.close()
