/**
 * The tests of rows A1 to A20 of the table of attacks.
 */
import { attack } from '../kit/attack.ts'
import { expectBelievedFromTrusted } from '../kit/proxied.ts'
import { signUpload, uploadMessage, withFrames, type SentUpload } from '../kit/chunked-uploads.ts'
import { messageOfForm, signForm, writeForm } from '../kit/forms.ts'
import {
  BAD_SIGNATURE,
  bytesOf,
  dateAt,
  EMPTY_HASH,
  EVERYWHERE,
  HOST,
  MECHANISMS,
  presign,
  sha256,
  signInHeader,
  TOKEN,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'
import { epochAt, S3, signS3V2InUrl } from '../kit/messages-v2.ts'

const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
const unsignedUpload = uploadMessage({ data: bytesOf('hello'), trailers: [], isSigned: false })
const CRC: HeaderField = ['x-amz-checksum-crc32', 'NhCmhg==']
const trailing = signUpload({ data: bytesOf('hello'), trailers: [CRC] })
const unsignedHash = (value: string): HeaderField => ['x-amz-content-sha256', value]

function withLastFrame({ frames }: SentUpload, change: (last: string) => string): SentMessage {
  return withFrames(trailing, [...frames.slice(0, -1), change(frames.at(-1)!)])
}

attack('A1', async (proof) => {
  await proof.letIn(unsignedUpload)
  await proof.refused(withBadSignature(unsignedUpload), 'SIGNATURE_MISMATCH')
})

attack('A2', async (proof) => {
  const target = '/b/k?X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request'
  const bare = withTarget(withoutHeader(unsignedUpload, 'authorization'), () => target)
  await proof.refused(bare, 'QUERY_PARAMETER_MISSING')
})

attack('A3', async (proof) => {
  const snowball: HeaderField = ['x-amz-meta-snowball-auto-extract', 'true']
  const message = uploadMessage({
    data: bytesOf('hello'),
    trailers: [],
    isSigned: false,
    headers: [snowball],
  })
  await proof.letIn(message)
  await proof.refused(withBadSignature(message), 'SIGNATURE_MISMATCH')
})

attack('A4', async (proof) => {
  const steering: HeaderField[] = [
    ['x-amz-copy-source', '/private/secret'],
    ['x-amz-acl', 'public-read'],
    ['x-amz-tagging', 'a=b'],
    ['x-amz-object-lock-mode', 'GOVERNANCE'],
    ['x-amz-server-side-encryption', 'aws:kms'],
    ['x-amz-server-side-encryption-customer-key', 'a2V5'],
    ['x-amz-website-redirect-location', 'https://evil.example'],
    ['x-amz-security-token', TOKEN],
  ]
  for (const body of ['hello', undefined]) {
    const url = presign({ method: 'PUT', target: '/up/x', signedHeaders: 'host', body })
    await proof.letIn(url)
    for (const header of steering) await proof.refused(withHeaders(url, header), 'HEADERS_NOT_SIGNED')
  }
})

attack('A5', async (proof) => {
  const message = signInHeader({ method: 'PUT', target: '/up/x' })
  await proof.letIn(message)
  await proof.refused(withHeaders(message, ['x-amz-copy-source', '/private/secret']), 'HEADERS_NOT_SIGNED')
})

attack('A6', async (proof) => {
  const url = presign({ method: 'PUT', body: 'hello' })
  await proof.letIn(withHeaders(url, unsignedHash('UNSIGNED-PAYLOAD')))
  const signedModes = ['PAYLOAD', 'PAYLOAD-TRAILER', 'EVENTS'].flatMap((kind) =>
    ['HMAC', 'ECDSA-P256'].map((name) => `STREAMING-AWS4-${name}-SHA256-${kind}`),
  )
  for (const value of [UNSIGNED_TRAILER, ...signedModes, sha256('hello'), EMPTY_HASH, 'nonsense'])
    await proof.refused(withHeaders(url, unsignedHash(value)), 'PAYLOAD_HASH_INVALID')
})

attack('A7', async (proof) => {
  await proof.letIn(withLastFrame(trailing, (last) => last))
  const zeroes = withLastFrame(trailing, (last) => last.replace(/[0-9a-f]{64}/, BAD_SIGNATURE))
  await proof.refused(zeroes, 'TRAILER_SIGNATURE_MISMATCH')
  const forged = withLastFrame(trailing, (last) => last.replace(CRC[1], 'AAAAAA=='))
  await proof.refused(forged, 'TRAILER_SIGNATURE_MISMATCH')
  const none = withLastFrame(trailing, () => '\r\n')
  await proof.refused(none, 'TRAILER_MALFORMED')
})

attack('A8', async (proof) => {
  const announcing: HeaderField[] = [['x-amz-trailer', CRC[0]]]
  for (const isSigned of [true, false]) {
    const sent = (trailers: HeaderField[]): SentMessage =>
      uploadMessage({ data: bytesOf('hello'), isSigned, trailers, headers: announcing })
    await proof.letIn(sent([CRC]))
    for (const trailers of [[CRC, ['x-amz-meta-a', 'b'] as const], [CRC, CRC], []])
      await proof.refused(sent(trailers), 'TRAILER_MALFORMED')
  }
})

attack('A9', async (proof) => {
  await proof.letIn(signInHeader())
  for (const amzDate of ['20200101T000000Z', dateAt(-23 * 3600)]) {
    for (const mode of [
      EMPTY_HASH,
      'UNSIGNED-PAYLOAD',
      UNSIGNED_TRAILER,
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    ])
      await proof.refused(signInHeader({ amzDate, headers: [unsignedHash(mode)] }), 'CLOCK_SKEWED')
  }
})

attack('A10', async (proof) => {
  await proof.letIn(presign({ expires: '604800' }))
  await proof.refused(presign({ expires: undefined }), 'QUERY_PARAMETER_MISSING')
  await proof.refused(presign({ expires: '' }), 'QUERY_PARAMETER_MISSING')
  for (const expires of ['315360000', '-1', '1e9', 'abc', '60abc', '0x10', ' 60', '60.5'])
    await proof.refused(presign({ expires }), 'EXPIRES_INVALID')
  await proof.refused(presign({ target: '/b/k?X-Amz-Expires=60' }), 'QUERY_PARAMETER_MALFORMED')
  for (const amzDate of ['2020xx01T000000Z', '20260230T000000Z', 'Sun, 22 Nov 2026 12:00:00 GMT'])
    await proof.refused(presign({ amzDate, scope: '20261122/us-east-1/s3/aws4_request' }), 'DATE_INVALID')
})

attack('A11', async (proof) => {
  const ahead = presign({ amzDate: dateAt(6 * 86_400), expires: '604800' })
  await proof.refused(ahead, 'NOT_YET_VALID')
})

attack('A12', async (proof) => {
  const headers: HeaderField[] = [
    ['host', 'tenant-b.example.com'],
    ['x-amz-meta-a', 'b'],
  ]
  await proof.refused(presign({ headers, signedHeaders: 'x-amz-meta-a' }), 'HEADERS_NOT_SIGNED')
  for (const signedHeaders of ['x-amz-content-sha256;x-amz-date;x-amz-meta-a', 'x-amz-content-sha256'])
    await proof.refused(signInHeader({ headers, signedHeaders }), 'HEADERS_NOT_SIGNED')
})

attack('A13', async (proof) => {
  for (const { sign } of EVERYWHERE) {
    const message = sign({ headers: [['x-amz-meta-a', 'b']] })
    await proof.letIn(message)
    await proof.refused(withoutHeader(message, 'x-amz-meta-a'), 'SIGNED_HEADER_MISSING')
  }
})

attack('A14', async (proof) => {
  const target = '/bucket/key?x-amz-acl=private'
  for (const { sign, service } of EVERYWHERE) {
    const message = sign({ service, target, headers: [['x-amz-acl', 'private']] })
    await proof.letIn(message)
    await proof.refused(withoutHeader(message, 'x-amz-acl'), 'SIGNED_HEADER_MISSING')
  }
})

attack('A15', async (proof) => {
  const message = signInHeader()
  for (const name of ['x-amz-date', 'host', 'authorization', 'x-amz-content-sha256']) {
    const [, value] = message.headers.find(([other]) => other === name)!
    for (const second of [value, 'other', ''])
      await proof.refused(withHeaders(message, [name, second]), 'REQUEST_MALFORMED')
  }
})

attack('A16', async (proof) => {
  const forged = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${BAD_SIGNATURE}`
  for (const value of [forged, signInHeader().headers.at(-1)![1], 'AWS AKIDEXAMPLE:c2lnbmF0dXJl', ''])
    await proof.refused(withHeaders(presign(), ['authorization', value]), 'MECHANISMS_SEVERAL')
  const v2 = signS3V2InUrl({ date: epochAt(60) }).target.split('?')[1]!
  for (const options of [undefined, S3]) {
    const both = withTarget(presign(), (target) => `${target}&${v2}`)
    await proof.refused(both, 'MECHANISMS_SEVERAL', options)
    await proof.refused(signInHeader({ target: `/b/k?${v2}` }), 'MECHANISMS_SEVERAL', options)
  }
  const form = messageOfForm(writeForm(signForm(), { bytes: 'x' }))
  const signedForm = presign({ method: 'POST', target: '/', headers: form.headers.slice(0, 1) })
  const header: HeaderField = ['authorization', forged]
  await proof.refused(withHeaders({ ...signedForm, ...bodyOf(form) }, header), 'MECHANISMS_SEVERAL')
})

function bodyOf({ body }: { readonly body?: unknown }): { body: Uint8Array } {
  return { body: body instanceof Uint8Array ? body : new Uint8Array() }
}

attack('A17', async (proof) => {
  const message = withHeaders(presign(), ['authorization', 'Bearer x'])
  await proof.refused(message, 'MECHANISMS_SEVERAL')
  await proof.letIn(message, { ignoreForeignAuthorization: true })
})

attack('A18', async (proof) => {
  for (const { sign } of MECHANISMS)
    for (const day of ['20250101', '20200101'])
      await proof.refused(sign({ scope: `${day}/us-east-1/s3/aws4_request` }), 'SCOPE_DATE_MISMATCH')
})

attack('A19', async (proof) => {
  for (const { sign } of MECHANISMS) {
    await proof.refused(sign({ scope: '20261122/us-east-1/ec2/aws4_request' }), 'SCOPE_SERVICE_WRONG')
    for (const rest of [
      'us-east-1/s3/aws4_requestX',
      'us-east-1/s3/nonsense',
      '/s3/aws4_request',
      's3/aws4_request',
      'us-east-1/s3/more/aws4_request',
    ])
      await proof.refused(sign({ scope: `20261122/${rest}` }), 'CREDENTIAL_MALFORMED')
  }
})

attack('A20', async (proof) => {
  const url = presign({ target: '/team/secret/k' })
  await proof.letIn(withHeaders(url, ['x-forwarded-prefix', '/team']))
  const stripped = withTarget(url, (target) => target.replace('/team', ''))
  for (const name of ['x-forwarded-prefix', 'x-script-name'])
    await proof.refused(
      withHeaders(stripped, [name, '/team'], ['x-forwarded-host', HOST]),
      'SIGNATURE_MISMATCH',
    )
  await expectBelievedFromTrusted(
    withHeaders(stripped, ['x-forwarded-prefix', '/team']),
    'x-forwarded-prefix',
  )
})
