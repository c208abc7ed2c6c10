/**
 * What real S3 was seen to answer near the attacks, recorded in public tests of others: as strict as it, and no stricter.
 */
import { describe, expect, it } from 'vitest'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import { expectFormRefused, sendForm } from '../kit/forms.ts'
import {
  presign,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'
import { S3, signS3V2InUrl } from '../kit/messages-v2.ts'

const PUT = { method: 'PUT', target: '/b/k', body: 'hello' } as const
const PLAIN: HeaderField = ['content-type', 'text/plain']
const HTML: HeaderField = ['content-type', 'text/html']

function withType(message: SentMessage, type: HeaderField): SentMessage {
  return withHeaders(withoutHeader(message, 'content-type'), type)
}

describe('Content-Type of a presigned PUT', () => {
  it('version 4 takes another one where it is not signed', async () => {
    await expectLetIn(withHeaders(presign(PUT), HTML))
  })

  it('version 4 refuses another one where it is signed', async () => {
    const url = presign({ ...PUT, headers: [PLAIN] })
    await expectLetIn(url)
    await expectRefused(withType(url, HTML), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    const without = withoutHeader(url, 'content-type')
    await expectRefused(without, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
  })

  it('version 2 refuses another one, and one that was not there', async () => {
    const url = signS3V2InUrl({ ...PUT, headers: [PLAIN] })
    await expectLetIn(url, S3)
    await expectRefused(withType(url, HTML), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', S3)
    const bare = signS3V2InUrl(PUT)
    await expectRefused(withHeaders(bare, HTML), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', S3)
  })
})

describe('the query of a presigned PUT', () => {
  it('a parameter that is repeated and so changes the canonical query', async () => {
    const url = presign({ ...PUT, target: '/b/k?versionId=1' })
    await expectLetIn(url)
    for (const more of ['versionId=1', 'versionId=2']) {
      const repeated = withTarget(url, (target) => `${target}&${more}`)
      await expectRefused(repeated, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })

  it('x-amz-meta-foo in it is metadata that is covered', async () => {
    const { covered } = await expectLetIn(presign({ ...PUT, target: '/b/k?x-amz-meta-foo=bar' }))
    expect(covered.query).toEqual([['x-amz-meta-foo', 'bar']])
  })
})

describe('metadata of a presigned PUT', () => {
  const url = presign({ ...PUT, headers: [['x-amz-meta-foo', 'bar']] })

  it('signed, and missing', async () => {
    await expectLetIn(url)
    const missing = withoutHeader(url, 'x-amz-meta-foo')
    await expectRefused(missing, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
  })

  it('not signed, and named in the answer', async () => {
    const added = withHeaders(url, ['x-amz-meta-wrong', 'value'])
    const error = await expectRefused(added, 'HEADERS_NOT_SIGNED', 'AccessDenied')
    expect(error.facts).toMatchObject({ headersNotSigned: 'x-amz-meta-wrong' })
  })

  it('not signed is told before a signature that does not match', async () => {
    const added = withHeaders(withBadSignature(url), ['x-amz-meta-wrong', 'value'])
    await expectRefused(added, 'HEADERS_NOT_SIGNED', 'AccessDenied')
  })
})

describe('an upload form', () => {
  it('its signature is looked at before its policy', async () => {
    const signature = '0'.repeat(64)
    for (const draft of [
      { policyText: 'not JSON' },
      { expiration: '2020-01-01T00:00:00Z' },
      { key: 'other' },
    ]) {
      const both = sendForm({ ...draft, signature })
      await expectFormRefused(both, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })
})
