/**
 * aws4fetch, which signs for `fetch`.
 */
import { AwsClient } from 'aws4fetch'
import { Agent, type RequestInit as UndiciInit } from 'undici'
import { describe, expect } from 'vitest'
import { encodeKey } from '../wire/rows.ts'
import {
  expectDownloads,
  expectUploads,
  plainTrials,
  type PlainAnswer,
  type PlainRequest,
} from './plain-request.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, KEYS, tryClient } from './try-client.ts'

// A URL has no `.` and `..` as segments.
const NAMES = KEYS.filter((key) => !/(^|\/)\.\.?(\/|$)/.test(key))

describe('aws4fetch', () => {
  tryClient('aws4fetch', (home) => {
    const clientOf = (key: typeof KEY): AwsClient =>
      new AwsClient({ ...key, service: 's3', region: REGION, retries: 0 })

    /** Signs with headers, and sends. */
    async function send(
      { target, body, ...request }: Omit<PlainRequest, 'body'> & { body?: BodyInit },
      { store = home.stores.store, key = KEY } = {},
    ): Promise<PlainAnswer> {
      const given = { ...request, ...(body !== undefined && { body, duplex: 'half' }) }
      const signed = await clientOf(key).sign(store.origin + target, given)
      const dispatcher = new Agent({ connect: { ca: home.stores.certificate.cert } })
      const answer = await fetch(signed, { dispatcher } as UndiciInit as RequestInit)
      const text = await answer.text()
      await dispatcher.close()
      return { status: answer.status, text, etag: answer.headers.get('etag') ?? '' }
    }
    const presignAll = async (method: string): Promise<Map<string, string>> => {
      const client = clientOf(KEY)
      const urls = NAMES.map(async (key) => {
        const url = `${home.stores.store.origin}/bucket/${encodeKey(key)}?X-Amz-Expires=60`
        return [key, (await client.sign(url, { method, aws: { signQuery: true } })).url] as const
      })
      return new Map(await Promise.all(urls))
    }

    return {
      ...plainTrials(home, (request) => send(request as Parameters<typeof send>[0]), { keys: NAMES }),
      async stream() {
        const body = new Blob([BIG]).stream()
        expect((await send({ method: 'PUT', target: '/bucket/stream', body })).status).toBe(200)
        expect(home.isBig('/bucket/stream')).toBe(true)
      },
      presignedGet: async () => expectDownloads(home, await presignAll('GET')),
      presignedPut: async () => expectUploads(home, await presignAll('PUT')),
      async https() {
        const store = home.stores.secure
        const put = await send({ method: 'PUT', target: '/bucket/secure', body: new Blob([BIG]) }, { store })
        expect(put.status).toBe(200)
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect((await send({ method: 'GET', target: '/bucket' }, { store })).text).toContain(
          '<Key>secure</Key>',
        )
      },
      async wrongSecret() {
        const { text } = await send({ method: 'GET', target: '/bucket' }, { key: WRONG_SECRET })
        expect(text).toContain('<Code>SignatureDoesNotMatch</Code>')
      },
      async unknownKey() {
        const { text } = await send({ method: 'GET', target: '/bucket' }, { key: UNKNOWN_KEY })
        expect(text).toContain('<Code>InvalidAccessKeyId</Code>')
      },
      async clock() {
        const { text } = await send({ method: 'GET', target: '/bucket' }, { store: home.stores.ahead })
        expect(text).toContain('<Code>RequestTimeTooSkewed</Code>')
      },
    }
  })
})
