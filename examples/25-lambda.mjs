/** A Lambda function behind its URL. The event is what AWS makes of the request. */
import { signRequest } from 'countersign'
import { requireSignature, verifiedOf } from 'countersign/servers/lambda'
import { createVerifier } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const scope = { service: 'orders', region: 'eu-central-1' }
const verifier = createVerifier({ ...scope, secrets: () => ({ ...credentials, principal: 'alice' }) })
const guard = requireSignature(verifier, { onRefused: (error) => console.log('log:', error.code) })

export const handler = guard(async (event) => {
  const { principal, covered } = verifiedOf(event)
  return { statusCode: 200, body: `${principal} asks for ${covered.path}` }
})

const domainName = 'abcdefg.lambda-url.eu-central-1.on.aws'
const signed = signRequest(
  { method: 'GET', url: `https://${domainName}/a%2Fb?c=d` },
  { credentials, ...scope },
)
const event = {
  version: '2.0',
  rawPath: '/a%2Fb',
  rawQueryString: 'c=d',
  headers: Object.fromEntries(signed.headers),
  requestContext: { domainName, http: { method: 'GET', sourceIp: '192.0.2.9' } },
  isBase64Encoded: false,
}
console.log(await handler(event))
// An HTTP API of API Gateway would have decoded the path, and nobody can tell any more what was signed.
const requestContext = { ...event.requestContext, domainName: 'api.example' }
const { statusCode, body } = await handler({ ...event, rawPath: '/a b', requestContext })
console.log(statusCode, body)
