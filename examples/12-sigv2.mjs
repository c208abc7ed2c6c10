/** A store that takes version 2 from a client that knows nothing newer, and what that version leaves open. */
import { createServer } from 'node:http'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { createSigV2, presignS3V2, s3V2, signS3V2, signSigV2 } from 'countersign/sigv2'
import { createVerifier, s3Xml, sigV4 } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }

/** @param {import('countersign/verify').VerifierOptions['algorithms']} algorithms */
async function start(algorithms) {
  const verifier = createVerifier({
    secrets: (accessKeyId) => (accessKeyId === credentials.accessKeyId ? credentials : undefined),
    service: 's3',
    region: 'local',
    algorithms,
  })
  const guard = requireSignature(verifier, { respond: s3Xml })
  const server = createServer((request, response) =>
    guard(request, response, (error) => {
      if (error) {
        response.writeHead(500).end()
        return
      }
      const { algorithm, payload, covered } = verifiedOf(request)
      response.end(`${algorithm}, payload ${payload}, covered query ${JSON.stringify(covered.query)}`)
    }),
  )
  return { server, base: await listen(server) }
}

/** @param {string} title @param {Response} response */
async function tell(title, response) {
  const text = await response.text()
  console.log(`${title}: ${response.status} ${/<Message>(.*?)</.exec(text)?.[1] ?? text}`)
}

// Version 2 is taken where it is listed, and nowhere else.
const usual = await start(undefined)
const old = await start([sigV4, s3V2, createSigV2({ methods: ['HmacSHA256'] })])

/** @param {string} base */
const signed = (base) =>
  signS3V2({ method: 'PUT', url: `${base}/bucket/key?acl`, body: 'hello' }, { credentials })
const refused = signed(usual.base)
await tell('not listed', await fetch(refused.url, refused))
const taken = signed(old.base)
await tell('listed', await fetch(taken.url, taken))

const { url } = presignS3V2(
  { method: 'GET', url: `${old.base}/bucket?versioning&prefix=a` },
  { credentials, expiresIn: 60 },
)
await tell('presigned', await fetch(url))
await tell('with another sub-resource', await fetch(`${url}&policy`))

const form = signSigV2({ method: 'POST', url: old.base, body: 'Action=ListDomains' }, { credentials })
await tell('query API', await fetch(form.url, form))

usual.server.close()
old.server.close()
