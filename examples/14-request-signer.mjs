/** One signer for all services: it finds out what each request needs, tells why, and sends it with fetch. */
import { createServer } from 'node:http'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { createBearerSigner, RequestSigner, sigV4 } from 'countersign/request-signer'
import { sigV4A } from 'countersign/sigv4a'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const signer = new RequestSigner({
  credentials,
  algorithms: [sigV4, sigV4A, createBearerSigner({ token: 'an-api-key' })],
})

for (const url of [
  'https://sqs.eu-west-1.amazonaws.com/',
  'https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/report.pdf',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke',
  'https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/a',
]) {
  const { scheme, service, region, why } = signer.decide({ method: 'GET', url })
  console.log(`${scheme} ${service ?? '?'} ${region ?? '?'}: ${why.scheme}`)
}

// An operation whose body stays out of the signature, as AWS's models say.
const { decision, canonicalRequest } = await signer.sign(
  { method: 'PUT', url: 'https://ebs.eu-west-1.amazonaws.com/snapshots/s/blocks/1', body: 'data' },
  { operation: 'PutSnapshotBlock' },
)
console.log(decision.why.payload, '->', canonicalRequest.split('\n').at(-1))

// What is wanted and was not passed in is an error, never something weaker.
const directory = 'https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/a'
await signer.sign({ method: 'GET', url: directory }).catch((error) => console.log(error.code, error.message))

// It is a signer for every adapter, too.
const server = createServer((request, response) => response.end(request.headers.authorization))
const base = await listen(server)
const send = createSignedFetch(new RequestSigner({ credentials, service: 'notes', region: 'local' }))
const response = await send(`${base}/notes`)
console.log((await response.text()).slice(0, 60))
server.close()
