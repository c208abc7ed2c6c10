/** Requests for a directory bucket: the session is asked for once. Here the store is one of this machine. */
import { createServer } from 'node:http'
import { createS3ExpressSigner } from 'countersign/s3-express'
import { createVerifier, s3Xml } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const owner = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
/** Keys of the sessions that were given out. */
const sessions = new Map()

const rules = { service: 's3express', region: 'local' }
const forOwners = createVerifier({
  ...rules,
  secrets: (id) => (id === owner.accessKeyId ? owner : undefined),
})
const forSessions = createVerifier({ ...rules, secrets: (id) => sessions.get(id) })

const server = createServer((request, response) => {
  const { method = '', url: target = '' } = request
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value) => /** @type {const} */ ([name, value])),
  )
  const answer = async () => {
    const message = { method, target, headers, body: request }
    if (target.endsWith('?session')) {
      await forOwners.verify(message)
      const accessKeyId = `SESSION${sessions.size + 1}`
      sessions.set(accessKeyId, { secretAccessKey: 'a secret of five minutes' })
      console.log('the store gives out a session')
      const expiration = new Date(Date.now() + 300_000).toISOString()
      return response.end(
        `<CreateSessionResult><Credentials><SessionToken>token</SessionToken><SecretAccessKey>a secret of five minutes</SecretAccessKey><AccessKeyId>${accessKeyId}</AccessKeyId><Expiration>${expiration}</Expiration></Credentials></CreateSessionResult>`,
      )
    }
    const { accessKeyId, signedHeaders } = await forSessions.verify(message)
    const isWithToken = signedHeaders.includes('x-amz-s3session-token')
    return response.end(`${accessKeyId} ${method} ${target}, token signed: ${isWithToken}`)
  }
  answer().catch((error) => {
    const sent = s3Xml(error)
    response.writeHead(sent.status, sent.headers.flat()).end(sent.body)
  })
})
const base = await listen(server)

// For AWS's hosts no region is needed.
const signer = createS3ExpressSigner({ credentials: owner, region: 'local' })
const url = `${base}/logs--local--x-s3`

const requests = ['/a', '/b', '/c'].map((key) => signer.sign({ method: 'GET', url: url + key }))
for (const { url: target, headers } of await Promise.all(requests)) {
  const response = await fetch(target, { headers })
  console.log(response.status, await response.text())
}

const { expiresAt } = await signer.presign({ method: 'GET', url: `${url}/a` })
console.log(
  'a URL lives for',
  Math.round((expiresAt.getTime() - Date.now()) / 60_000),
  'minutes, as its session does',
)
server.close()
