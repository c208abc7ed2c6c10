/**
 * The tests of rows A21 to A41 of the table of attacks.
 */
import { expect } from 'vitest'
import { attack } from '../kit/attack.ts'
import { expectBelievedFromTrusted } from '../kit/proxied.ts'
import { bytesOfFrames, signUpload, uploadMessage, withFrames } from '../kit/chunked-uploads.ts'
import {
  BAD_SIGNATURE,
  bytesOf,
  EMPTY_HASH,
  HOST,
  MECHANISMS,
  presign,
  SECRET,
  sha256,
  signInHeader,
  TOKEN,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'
import {
  httpDateAt,
  PLACES,
  S3,
  signS3V2InHeader,
  withOtherPadding,
  withSignature,
} from '../kit/messages-v2.ts'

const HASH = 'x-amz-content-sha256'
const data = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251)

attack('A21', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const moved = withHeaders(withoutHeader(sign(), 'host'), ['host', 'tenant-b.example.com'])
    for (const header of [
      ['x-forwarded-host', HOST],
      ['forwarded', `host=${HOST}`],
    ] as const)
      await proof.refused(withHeaders(moved, header), 'SIGNATURE_MISMATCH')
    await expectBelievedFromTrusted(withHeaders(moved, ['x-forwarded-host', HOST]), 'x-forwarded-host')
  }
})

attack('A22', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const moved = withTarget(sign({ target: '/allowed/key' }), (text) => text.replace('/allowed', '/secret'))
    for (const name of ['proxy_path', 'x-original-url', 'x-rewrite-url'])
      await proof.refused(withHeaders(moved, [name, '/allowed/key']), 'SIGNATURE_MISMATCH')
  }
})

attack('A23', async (proof) => {
  for (const { sign } of MECHANISMS) {
    for (const [signed, sent] of [
      ['/b/a%20b', '/b/a+b'],
      ['/b/x/../y', '/b/y'],
      ['/b//k', '/b/k'],
      ['/b/./k', '/b/k'],
      ['/b/%2E%2E/y', '/y'],
      ['/b/%E4', '/b/%C3%A4'],
    ] as const) {
      const message = sign({ target: signed })
      await proof.letIn(message)
      await proof.refused(
        withTarget(message, (text) => text.replace(signed, sent)),
        'SIGNATURE_MISMATCH',
      )
    }
    await proof.letIn(withTarget(sign({ target: '/b/a%2Fb' }), (text) => text.replace('a%2Fb', 'a/b')))
  }
})

attack('A24', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const sentAs = (signed: string, sent: string): SentMessage =>
      withTarget(sign({ target: `/b?${signed}` }), (text) => text.replace(signed, sent))
    for (const [signed, sent] of [
      ['a=1&a=2', 'a=2&a=1'],
      ['c', 'c='],
      ['a=%2b', 'a=%2B'],
      ['a=x%20y', 'a=x+y'],
    ] as const)
      await proof.letIn(sentAs(signed, sent))
    for (const [signed, sent] of [
      ['a=1&a=2', 'a=1'],
      ['a=1;b=2', 'a=1&b=2'],
      ['a=x%2By', 'a=x+y'],
    ] as const)
      await proof.refused(sentAs(signed, sent), 'SIGNATURE_MISMATCH')
  }
  const twice = withTarget(presign(), (text) => `${text}&X-Amz-Signature=${BAD_SIGNATURE}`)
  const lower = withTarget(presign(), (text) => text.replace('X-Amz-Signature', 'x-amz-signature'))
  for (const message of [twice, lower]) await proof.refused(message, 'QUERY_PARAMETER_MALFORMED')
})

attack('A25', async (proof) => {
  for (const upload of [{ data }, { data, trailers: [], isSigned: false }]) {
    await proof.letIn(uploadMessage(upload))
    for (const length of ['5', '19999', '20001']) {
      const headers: HeaderField[] = [['x-amz-decoded-content-length', length]]
      await proof.refused(uploadMessage({ ...upload, headers }), 'BODY_LENGTH_MISMATCH')
    }
  }
  const headers: HeaderField[] = [['x-amz-decoded-content-length', '3']]
  await proof.refused(signInHeader({ method: 'PUT', headers, body: 'hello' }), 'BODY_LENGTH_MISMATCH')
})

attack('A26', async (proof) => {
  const sent = signUpload({ data })
  const [first = '', ...rest] = sent.frames
  const resized = (size: string): SentMessage => withFrames(sent, [first.replace(/^\w+/, size), ...rest])
  await proof.letIn(resized('2000'))
  await proof.refused(resized('FFFFFFFF'), 'CHUNK_SIZE_INVALID')
  for (const size of ['f'.repeat(50_000), '-5', '0x5', '2000 '])
    await proof.refused(resized(size), 'CHUNK_MALFORMED')
  const bare = withFrames(sent, [first.replace('\r\n', '\n'), ...rest])
  const extended = withFrames(sent, [first.replace('\r\n', ';a=b\r\n'), ...rest])
  const longer = withFrames(sent, [...sent.frames, '5\r\nhello\r\n'])
  for (const message of [bare, extended, longer]) await proof.refused(message, 'CHUNK_MALFORMED')
})

attack('A27', async (proof) => {
  const { frames } = signUpload({ data: bytesOf('hello'), trailers: [], isSigned: false })
  const body = Buffer.from(bytesOfFrames(frames)).toString()
  const headers: HeaderField[] = [
    ['content-encoding', 'aws-chunked'],
    [HASH, 'UNSIGNED-PAYLOAD'],
  ]
  const { payload } = await proof.letIn(signInHeader({ method: 'PUT', headers, body }))
  expect(payload).toBe('unsigned')
  const unframed = signUpload({ data: bytesOf('hello'), headers: [['content-encoding', '']] })
  await proof.refused(withFrames(unframed, ['hello']), 'BODY_INCOMPLETE')
})

attack('A28', async (proof) => {
  const message = signInHeader({ method: 'PUT', headers: [[HASH, sha256('body A')]], body: 'body A' })
  await proof.letIn(message)
  await proof.refused({ ...message, body: bytesOf('body B') }, 'PAYLOAD_MISMATCH')
})

attack('A29', async (proof) => {
  const message = signInHeader({ headers: [[HASH, EMPTY_HASH]] })
  await proof.letIn(message)
  await proof.refused({ ...message, body: bytesOf('x') }, 'PAYLOAD_MISMATCH')
})

attack('A30', async (proof) => {
  const { payload, warnings } = await proof.letIn(presign({ body: 'a GET has a body' }))
  expect([payload, warnings]).toEqual(['unsigned', ['PAYLOAD_UNSIGNED']])
  await proof.refused(presign({ method: 'PUT', body: 'x'.repeat(11) }), 'BODY_TOO_LARGE', { maxBytes: 10 })
})

attack('A34', async (proof) => {
  for (const { sign } of PLACES) {
    await proof.letIn(sign(), S3)
    await proof.refused(sign(), 'MECHANISM_UNSUPPORTED')
    for (const name of ['versioning', 'tagging', 'policy']) {
      const added = withTarget(sign(), (text) => `${text}${text.includes('?') ? '&' : '?'}${name}`)
      await proof.refused(added, 'SIGNATURE_MISMATCH', S3)
    }
    await proof.refused(withSignature(sign(), withOtherPadding), 'SIGNATURE_MALFORMED', S3)
  }
  await proof.refused(signS3V2InHeader({ date: httpDateAt(-3650 * 86_400) }), 'CLOCK_SKEWED', S3)
})

attack('A35', async (proof) => {
  const target = '/public/x?response-content-type=text/html'
  await proof.refused({ method: 'GET', target, headers: [['host', HOST]] }, 'SIGNATURE_MISSING')
})

attack('A36', async (proof) => {
  const agent: HeaderField = ['user-agent', 'aws-sdk-java/1.6.4 Linux']
  for (const { sign } of MECHANISMS) {
    const message = withHeaders(sign({ target: '/b/a%2Ab' }), agent)
    await proof.letIn(message)
    await proof.refused(
      withTarget(message, (text) => text.replace('%2A', '%2B')),
      'SIGNATURE_MISMATCH',
    )
    const expecting = sign({ headers: [['expect', '100-continue']] })
    await proof.refused(withoutHeader(expecting, 'expect'), 'SIGNED_HEADER_MISSING')
  }
  const headers: HeaderField[] = ['x-a_b', 'x-a1', 'x-a-b'].map((name) => [name, '1'])
  await proof.letIn(presign({ headers }))
  const byLocale = presign({ headers, signedHeaders: 'host;x-a_b;x-a-b;x-a1' })
  await proof.refused(byLocale, 'SIGNED_HEADERS_MALFORMED')
})

attack('A37', async (proof) => {
  for (const signedHeaders of ['Host;X-Amz-Date', 'x-amz-date;host', 'host;host', 'host;;x-amz-date'])
    await proof.refused(signInHeader({ signedHeaders }), 'SIGNED_HEADERS_MALFORMED')
  const names = Array.from({ length: 10_000 }, (_, index) => `x${10_000 + index}`).join(';')
  await proof.refused(presign({ signedHeaders: `host;${names}` }), 'LIMIT_EXCEEDED')
})

attack('A38', async (proof) => {
  const accessKeyId = 'ASIAINVENTED'
  for (const sessionToken of [undefined, TOKEN]) {
    for (const { sign } of MECHANISMS) {
      const message = sign({ accessKeyId, sessionToken })
      await proof.refused(message, 'KEY_UNKNOWN')
      const known = { secrets: () => ({ secretAccessKey: SECRET, sessionToken, principal: 'alice' }) }
      await proof.letIn(message, known)
      await proof.refused(withBadSignature(message), 'SIGNATURE_MISMATCH', known)
    }
  }
})

attack('A39', async (proof) => {
  const bare: SentMessage = { method: 'GET', target: '/b/k', headers: [['host', HOST]] }
  await proof.refused(bare, 'SIGNATURE_MISSING')
  const parameters = new URLSearchParams(presign().target.split('?')[1])
  await proof.refused(withHeaders(bare, ...parameters.entries()), 'SIGNATURE_MISSING')
  const body = bytesOf(String(parameters))
  await proof.refused({ ...bare, method: 'POST', body }, 'SIGNATURE_MISSING')
  for (const [name, value] of parameters) {
    const pair = `${name}=${encodeURIComponent(value)}`
    await proof.refused({ ...bare, target: `/b/k?${pair}` }, 'QUERY_PARAMETER_MISSING')
  }
})

attack('A40', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const longer = withHeaders(sign(), ['x-amz-expires', '604800'])
    await proof.refused(longer, 'HEADERS_NOT_SIGNED')
  }
})

attack('A41', async (proof) => {
  const message = signInHeader()
  const change = (edit: (parts: string[]) => string): SentMessage =>
    withAuthorization(message, (value) => `AWS4-HMAC-SHA256 ${edit(value.slice(17).split(', '))}`)
  for (const separator of [',', ', ', ',  ', ',\t'])
    await proof.letIn(change((parts) => parts.toReversed().join(separator)))
  await proof.letIn(withAuthorization(message, (value) => value.replace(' ', '  ')))
  for (const more of ['Signature=0', 'Region=us-east-1'])
    await proof.refused(
      change((parts) => [...parts, more].join(', ')),
      'AUTHORIZATION_MALFORMED',
    )
})
