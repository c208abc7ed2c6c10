/** Attacks on the bodies of requests that are signed with version 2. */
import { describe, expect, it } from 'vitest'
import {
  ALL,
  expectMismatch,
  PLACES,
  QUERY,
  S3,
  signS3V2InHeader,
  signSigV2Message,
  withSignature,
} from '../kit/messages-v2.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import { bytesOf, refusalOf, sha256 } from '../kit/messages.ts'

describe('A25 to A29 the body', () => {
  it('is not signed in S3: the result says so', async () => {
    for (const { sign } of PLACES) {
      const verified = await expectLetIn(sign({ method: 'PUT', body: 'x' }), S3)
      expect(verified).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
      const refused = { ...S3, unsignedPayload: 'refused' } as const
      await expectRefused(sign({ method: 'PUT', body: 'x' }), 'PAYLOAD_UNSIGNED', 'InvalidRequest', refused)
    }
  })

  it('is checked where its hash came along', async () => {
    const draft = (body: string) => ({
      method: 'PUT',
      body,
      headers: [['x-amz-content-sha256', sha256('right')]] as const,
    })
    const verified = await expectLetIn(signS3V2InHeader(draft('right')), S3)
    expect(verified.payload).toBe('verified')
    await expectRefused(signS3V2InHeader(draft('wrong')), 'PAYLOAD_MISMATCH', 'XAmzContentSHA256Mismatch', S3)
  })

  it.each([
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  ])('%s is of version 4', async (keyword) => {
    for (const { sign } of PLACES) {
      const message = sign({ method: 'PUT', body: 'x', headers: [['x-amz-content-sha256', keyword]] })
      await expectRefused(message, 'PAYLOAD_MODE_UNSUPPORTED', 'InvalidRequest', S3)
    }
  })

  it('of a query API is its form, or none', async () => {
    const get = signSigV2Message()
    expect((await expectLetIn(get, QUERY)).payload).toBe('verified')
    const filled = { ...get, body: bytesOf('Action=DeleteDomain') }
    await expectRefused(filled, 'PAYLOAD_MISMATCH', 'XAmzContentSHA256Mismatch', QUERY)
    const post = signSigV2Message({ method: 'POST' })
    const { payload, covered, mechanism } = await expectLetIn(post, QUERY)
    expect({ payload, mechanism }).toEqual({ payload: 'verified', mechanism: 'form' })
    expect(covered.query).toEqual([['Action', 'ListDomains']])
    const changed = bytesOf(Buffer.from(post.body!).toString().replace('ListDomains', 'DeleteDomain'))
    await expectMismatch({ ...post, body: changed }, QUERY)
  })

  it('C2 a form is read up to a limit, any other body not at all', async () => {
    let reads = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        reads += 1
        yield new Uint8Array(1000).fill(97)
      }
    }
    const form = { ...signSigV2Message({ method: 'POST' }), body: endless() }
    const options = { ...QUERY, maxBufferedBody: 10_000 }
    await expectRefused(form, 'BODY_TOO_LARGE', 'EntityTooLarge', options)
    expect(reads).toBe(11)
    reads = 0
    await expectMismatch(withSignature(signS3V2InHeader({ method: 'PUT' }), () => `${'A'.repeat(27)}=`))
    const put = { ...signS3V2InHeader({ method: 'PUT', secretAccessKey: 'other' }), body: endless() }
    expect(await refusalOf(put, ALL)).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    expect(reads).toBe(0)
  })

  it('C4 a form has a limited number of parameters', async () => {
    const message = signSigV2Message({ method: 'POST' })
    const body = Buffer.concat([message.body!, Buffer.from('&a'.repeat(100_000))])
    await expectRefused({ ...message, body }, 'LIMIT_EXCEEDED', 'InvalidRequest', QUERY)
  })
})
