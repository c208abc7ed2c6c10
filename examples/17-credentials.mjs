/**
 * Credentials from a chain of places: nothing in the environment, so a role is assumed, whose keys live for a
 * second and are replaced before they die. STS is one of this machine.
 */
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { createSigner } from 'countersign'
import { fromAssumeRole, fromChain, fromEnvironment, parseCredentialsCsv } from 'countersign/credentials'
import { createVerifier, queryXml } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

// What the IAM console lets people download.
const csv = 'Access key ID,Secret access key\r\nAKIDEXAMPLE,a secret of at least 30 characters\r\n'
const user = parseCredentialsCsv(csv)

/** @type {Map<string, import('countersign/verify').Found>} */
const issued = new Map()
const forUsers = createVerifier({
  secrets: (id) => (id === user.accessKeyId ? user : undefined),
  service: 'sts',
  region: '*',
})
const sts = createServer((request, response) => {
  const answer = async () => {
    const headers = Object.entries(request.headers).map(
      ([name, value]) => /** @type {const} */ ([name, `${value}`]),
    )
    const { body } = await forUsers.verify({ method: 'POST', target: '/', headers, body: request })
    let form = ''
    for await (const piece of body ?? []) form += Buffer.from(piece).toString()
    const role = new URLSearchParams(form).get('RoleArn')
    if (!role?.endsWith('/reader')) {
      const error = '<Code>AccessDenied</Code><Message>ada may not assume that role</Message>'
      return response.writeHead(403).end(`<ErrorResponse><Error>${error}</Error></ErrorResponse>`)
    }
    const number = issued.size + 1
    const end = new Date(Date.now() + 1000)
    // Taken a little longer than the client is told, for what is under way then.
    const notAfter = new Date(end.getTime() + 60_000)
    issued.set(`ASIA${number}`, { secretAccessKey: `secret ${number}`, sessionToken: 'token', notAfter })
    return response.end(
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${number}</AccessKeyId>` +
        `<SecretAccessKey>secret ${number}</SecretAccessKey><SessionToken>token</SessionToken>` +
        `<Expiration>${end.toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    )
  }
  answer().catch((error) => {
    const sent = queryXml(error)
    response.writeHead(sent.status, sent.headers.flat()).end(sent.body)
  })
})
const endpoint = await listen(sts)

/** @param {string} name */
const role = (name) =>
  fromAssumeRole({
    credentials: user,
    region: 'eu-west-1',
    endpoint, // without it: the STS of the region
    roleArn: `arn:aws:iam::123456789012:role/${name}`,
    sourceIdentity: 'ada',
  })

const credentials = fromChain(fromEnvironment({}), role('reader'))
const signer = createSigner({ credentials, service: 'notes', region: 'eu-west-1' })
const verifier = createVerifier({ secrets: (id) => issued.get(id), service: 'notes', region: 'eu-west-1' })

for (let round = 0; round < 5; round++) {
  // Any number of requests at the same time ask STS once.
  const requests = Array.from({ length: 20 }, () =>
    signer.sign({ method: 'GET', url: 'https://notes.example.com/' }),
  )
  for (const { headers } of await Promise.all(requests)) {
    await verifier.verify({ method: 'GET', target: '/', headers })
  }
  await wait(300)
}
console.log('100 requests, signed with the keys of', [...issued.keys()].join(', '))

// Nothing stands in for what was refused: to sign as somebody else in silence is worse than an error.
const refused = fromChain(fromEnvironment({}), role('owner'), async () => user)
await refused().catch((error) => console.log(error.code, error.message, '-', error.cause.awsCode))

await fromChain(fromEnvironment({}), async () => undefined)().catch((error) =>
  console.log(error.code, error.message),
)
sts.close()
