/**
 * Rows M85a to M86b: presigned URLs, forms, CloudFront, and what stands in front of a verifier.
 *
 * @module
 */
import { presignPost } from '../../../packages/countersign/src/post.ts'
import { presignUrl } from '../../../packages/countersign/src/index.ts'
import { credentials, ORIGIN, presignedBy, told, withTarget, type ExplainRow } from '../row.ts'
import { refuse, saying } from '../verifier.ts'
import { hmac, KEY_ID, NOW, SECRET, sha256, signWrongly } from '../wrong-signer.ts'

/** A form that a browser sends with one field more than its policy has conditions for. */
function uploadWithExtraField(): Parameters<typeof told>[0] {
  const form = presignPost(
    { url: `${ORIGIN}/`, bucket: 'bucket', key: 'a.txt' },
    { credentials, date: NOW, region: 'us-east-1' },
  )
  const fields = [...form.fields, ['acl', 'private'], ['file', 'hello']]
  const parts = fields.map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const headers = [
    ['host', ORIGIN.slice('https://'.length)],
    ['content-type', 'multipart/form-data; boundary=b'],
  ] as const
  return { method: 'POST', target: '/', headers, body: Buffer.from(`${parts.join('')}--b--\r\n`) }
}

const temporary = { ...credentials, sessionToken: 'FwoGZXIvYXdzEXAMPLE+token/value==' }

/** A URL by a signer that knows nothing of IoT, which takes the token outside of the signature. */
function presignedWithToken(): Parameters<typeof told>[0] {
  const host = 'x-ats.iot.us-east-1.amazonaws.com'
  const options = { credentials: temporary, date: NOW, region: 'us-east-1', service: 'iotdata' }
  const { canonicalRequest } = presignUrl({ method: 'GET', url: `https://${host}/mqtt` }, options)
  const canonical = canonicalRequest.replace('%2Fiotdata%2F', '%2Fiotdevicegateway%2F')
  const scope = '20261122/us-east-1/iotdevicegateway/aws4_request'
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${SECRET}`)
  const lines = ['AWS4-HMAC-SHA256', '20261122T120000Z', scope, sha256(canonical)]
  const signature = hmac(key, lines.join('\n')).toString('hex')
  const target = `/mqtt?${canonical.split('\n')[2]}&X-Amz-Signature=${signature}`
  return { method: 'GET', target, headers: [['host', host]], protocol: 'https' }
}

/** The rows. */
export const PRESIGNED_ROWS: readonly ExplainRow[] = [
  {
    id: 'M85a',
    input: '`HEAD` of a URL that was presigned for `GET`',
    expected: { key: 'proven' },
    make: async () => {
      const request = { ...presignedBy(), method: 'HEAD' }
      return { evidence: { request, answer: await refuse(request) }, options: { credentials } }
    },
  },
  {
    id: 'M85b',
    input: 'a URL that signs `x-amz-meta-a`, sent without it',
    expected: { answer: 'likely' },
    make: async () => {
      const whole = presignedBy({ headers: { 'x-amz-meta-a': '1' } })
      const request = { ...whole, headers: whole.headers.slice(0, 1) }
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M85c',
    input: 'a URL that signs no `x-amz-acl`, sent with one',
    expected: { answer: 'stated' },
    make: async () => {
      const whole = presignedBy()
      const request = { ...whole, headers: [...whole.headers, ['x-amz-acl', 'private'] as const] }
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M85d',
    input: 'a URL out of HTML, with `&amp;` for `&`',
    expected: { answer: 'likely' },
    make: async () => {
      const request = withTarget(presignedBy(), (target) => target.replaceAll('&', '&amp;'))
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M85e',
    input: 'a URL whose ten minutes are over',
    expected: { answer: 'stated' },
    make: async () => {
      const request = presignedBy()
      return told(request, await refuse(request, { now: new Date(NOW.getTime() + 4_260_000) }))
    },
  },
  {
    id: 'M85f',
    input: 'a URL of S3 that signs the hash of an empty body',
    expected: { key: 'proven' },
    make: async () => {
      const options = { credentials, date: NOW, region: 'us-east-1', service: 's3', payloadHash: sha256('') }
      const { url } = presignUrl({ method: 'GET', url: `${ORIGIN}/key` }, options)
      const target = url.slice(ORIGIN.length).replace(/&?X-Amz-Content-Sha256=[^&]*/i, '')
      const request = { ...presignedBy(), target }
      return { evidence: { request, answer: await refuse(request) }, options: { credentials } }
    },
  },
  {
    id: 'M85g',
    input: 'a URL for MQTT at AWS IoT that signs its token',
    expected: { key: 'proven' },
    make: async () => {
      const request = presignedWithToken()
      const secrets = (): { secretAccessKey: string; sessionToken: string } => temporary
      const answer = await refuse(request, { service: 'iotdevicegateway', dialect: 'restJson', secrets })
      return { evidence: { request, answer }, options: { credentials: temporary } }
    },
  },
  {
    id: 'M85h',
    input: 'a form with a field that its policy does not know',
    expected: { answer: 'stated' },
    make: async () => {
      const text = 'Invalid according to Policy: Extra input fields: acl'
      return told(uploadWithExtraField(), saying(403, 'AccessDenied', text))
    },
  },
  {
    id: 'M85i',
    input: 'a URL of CloudFront that ends in milliseconds',
    expected: { answer: 'stated' },
    make: async () => {
      const target = '/a.jpg?Expires=1795348800000&Signature=a&Key-Pair-Id=K'
      const headers = [['host', 'd.cloudfront.net']] as const
      const request = { method: 'GET', target, headers, protocol: 'https', host: 'd.cloudfront.net' } as const
      return told(request, saying(403, 'MalformedPolicy', 'Malformed Policy'))
    },
  },
  {
    id: 'M85j',
    input: 'a presigned URL, sent with an `Authorization` header',
    expected: { answer: 'stated' },
    make: async () => {
      const whole = presignedBy()
      const authorization = signWrongly({ target: '/key' }).request.headers.at(-1)?.[1] ?? ''
      const request = { ...whole, headers: [...whole.headers, ['authorization', authorization] as const] }
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M86a',
    input: 'middleware that took the prefix off before the verifier saw the request',
    expected: { wire: 'proven' },
    make: async () => {
      const { request } = signWrongly({ target: '/api/key' })
      const forwarded = ['x-forwarded-for', '192.0.2.1'] as const
      const wire = { ...request, target: '/key', headers: [...request.headers, forwarded] }
      const { status } = await refuse(wire, { dialect: 'restJson' })
      return { evidence: { request, wire, answer: { status, headers: [] } }, options: { credentials } }
    },
    also: ['M44'],
  },
  {
    id: 'M86b',
    input: 'a secret that was rotated, and a client with the one before',
    expected: { key: 'proven' },
    make: async () => {
      const { request } = signWrongly({ target: '/key' }, { secret: () => 'the secret before' })
      const candidates = [{ accessKeyId: KEY_ID, secretAccessKey: 'the secret before' }]
      return { evidence: { request, answer: await refuse(request) }, options: { credentials, candidates } }
    },
  },
]
