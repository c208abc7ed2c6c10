import { expect, it } from 'vitest'
import {
  expectLetIn,
  expectRefused,
  presign,
  signInHeader,
  withBadSignature,
  type HeaderField,
  type SentMessage,
} from '../../../../../test/kit/messages.ts'

const KIBIBYTE = 1024
const put = { method: 'PUT', target: '/b/k' }

/** Two of the user's headers that come to a size without their prefix. */
function users(size: number): HeaderField[] {
  return [
    ['x-amz-meta-a', 'v'.repeat(100)],
    ['X-Amz-Meta-bc', 'v'.repeat(size - 103)],
  ]
}

async function expectTooLarge(message: SentMessage, size: number, most: number, limits = {}): Promise<void> {
  const error = await expectRefused(message, 'METADATA_TOO_LARGE', 'MetadataTooLarge', { limits })
  expect(error).toMatchObject({ status: 400, facts: { size: String(size), maxBytes: String(most) } })
}

it.each([
  ['header', signInHeader],
  ['presigned URL', presign],
])('2 KiB of x-amz-meta-*, without that prefix: %s', async (_, sign) => {
  await expectLetIn(sign({ ...put, headers: users(2 * KIBIBYTE) }))
  await expectTooLarge(sign({ ...put, headers: users(2 * KIBIBYTE + 1) }), 2049, 2048)
  await expectTooLarge(sign({ ...put, headers: users(200) }), 200, 199, { userMetadataBytes: 199 })
})

it.each(['x-amz-meta-', 'X-Amz-Meta-', 'x-amz-%6Deta-', 'x-amz-meta%2d', 'x-%61mz-meta-'])(
  'what a URL says in place of headers counts: %s',
  async (prefix) => {
    const target = (length: number): string => `/b/k?${prefix}a=${'v'.repeat(length - 2)}%20`
    await expectLetIn(presign({ ...put, target: target(2 * KIBIBYTE) }))
    await expectTooLarge(presign({ ...put, target: target(2 * KIBIBYTE + 1) }), 2049, 2048)
    const headers: HeaderField[] = [['x-amz-meta-a', 'v'.repeat(KIBIBYTE)]]
    const both = presign({ ...put, headers, target: target(KIBIBYTE) })
    await expectTooLarge(both, 2049, 2048)
  },
)

it('8 KiB of all that is kept with an object or steers what becomes of it', async () => {
  const headers = (size: number): HeaderField[] => [
    ['content-type', 'text/plain'],
    ['x-amz-meta-a', 'v'.repeat(1000)],
    ['x-amz-tagging', 't'.repeat(size - 22 - 1012 - 13)],
  ]
  await expectLetIn(signInHeader({ ...put, headers: headers(8 * KIBIBYTE) }))
  await expectTooLarge(signInHeader({ ...put, headers: headers(8 * KIBIBYTE + 1) }), 8193, 8192)
  await expectTooLarge(signInHeader({ ...put, headers: headers(1200) }), 1200, 1199, { metadataBytes: 1199 })
})

it('what is no metadata counts elsewhere', async () => {
  const long = 'v'.repeat(9 * KIBIBYTE)
  await expectLetIn(signInHeader({ ...put, headers: [['x-other', long]] }))
  await expectLetIn(signInHeader({ ...put, service: 'execute-api', headers: [['x-amz-meta-a', long]] }))
})

it('the signature comes first', async () => {
  const forged = withBadSignature(signInHeader({ ...put, headers: users(3000) }))
  await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
})
