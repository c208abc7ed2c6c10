/** Writes crt.json: the signatures that the AWS Common Runtime makes of requests.json, in headers and in the URL. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { auth, http } from 'aws-crt'

/** @param {string} name */
const fileOf = (name) => new URL(name, import.meta.url)
const given = JSON.parse(readFileSync(fileOf('requests.json'), 'utf8'))
const { version } = JSON.parse(
  readFileSync(new URL('../../../node_modules/aws-crt/package.json', import.meta.url), 'utf8'),
)

/** A presigned URL goes without its body. @param {string} body @param {boolean} isS3 @param {boolean} isQuery */
function payloadHashOf(body = '', isS3, isQuery) {
  if (isQuery && isS3) return 'UNSIGNED-PAYLOAD'
  return createHash('sha256')
    .update(isQuery ? '' : body)
    .digest('hex')
}

/** @param {any} request @param {boolean} isQuery @returns {auth.AwsSigningConfig} */
function configOf({ service, region, body, isTemporary }, isQuery) {
  const { accessKeyId, secretAccessKey } = given.credentials
  const token = isTemporary ? given.sessionToken : undefined
  const isS3 = service === 's3'
  return {
    algorithm: auth.AwsSigningAlgorithm.SigV4,
    signature_type: isQuery
      ? auth.AwsSignatureType.HttpRequestViaQueryParams
      : auth.AwsSignatureType.HttpRequestViaHeaders,
    provider: auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, token),
    region,
    service,
    date: new Date(given.date),
    use_double_uri_encode: !isS3,
    should_normalize_uri_path: !isS3,
    signed_body_header:
      isS3 && !isQuery ? auth.AwsSignedBodyHeaderType.XAmzContentSha256 : auth.AwsSignedBodyHeaderType.None,
    ...(isQuery ? { expiration_in_seconds: 600 } : {}),
    signed_body_value: payloadHashOf(body, isS3, isQuery),
  }
}

/** @param {any} request @param {boolean} isQuery */
async function sign(request, isQuery) {
  const [, host = '', target = '/'] = /^https:\/\/([^/]+)(.*)$/.exec(request.url) ?? []
  const headers = new http.HttpHeaders([['host', host], ...(request.headers ?? [])])
  const config = configOf(request, isQuery)
  const signed = await auth.aws_sign_request(new http.HttpRequest(request.method, target, headers), config)
  return isQuery ? signed.path : signed.headers.get('authorization')
}

const cases = []
for (const request of given.requests) {
  cases.push({
    name: request.name,
    authorization: await sign(request, false),
    presigned: await sign(request, true),
  })
}
const note = `Made by make-crt.mjs with aws-crt ${version}; presigned for 600 s, without a body.`
writeFileSync(fileOf('crt.json'), `${JSON.stringify({ note, cases }, null, 2)}\n`)
