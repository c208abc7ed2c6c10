/**
 * A client of the AWS SDK that signs with Countersign: here a store of this machine, which takes SigV4 and SigV4A. What
 * nothing would protect on its way is refused before it is sent.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createSdkAuth } from 'countersign/adapters/aws-sdk'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier, sigV4 } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const verifier = createVerifier({
  secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
  service: 's3',
  region: 'eu-west-1',
  algorithms: [sigV4, sigV4A],
})
const guard = requireSignature(verifier)
const server = createServer((request, response) =>
  guard(request, response, (error) => {
    if (error) {
      response.writeHead(500).end()
      return
    }
    const { algorithm, payload } = verifiedOf(request)
    console.log(request.method, request.url, algorithm, `payload ${payload}`)
    response.end('hello')
  }),
)
const endpoint = await listen(server)

const quiet = () => undefined
const client = new S3Client({
  region: 'eu-west-1',
  endpoint,
  forcePathStyle: true,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  // Needs no native code, unlike the SDK's own SigV4A; credentials may be a provider.
  ...createSdkAuth({ credentials, algorithms: [sigV4A] }),
})
const { Body } = await client.send(new GetObjectCommand({ Bucket: 'notes', Key: 'a b/../ü' }))
console.log(await Body?.transformToString())
await client.send(new PutObjectCommand({ Bucket: 'notes', Key: 'today', Body: 'text' }))

// Over plain http anybody on the way could change a stream, which the SDK would send all the same.
const stream = new PutObjectCommand({
  Bucket: 'notes',
  Key: 'stream',
  Body: Readable.from(['text']),
  ContentLength: 4,
})
await client.send(stream).catch((error) => console.log(error.code))
client.destroy()
server.close()
