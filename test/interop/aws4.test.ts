/**
 * aws4, which signs what is sent with Node's own client.
 */
import aws4 from 'aws4'
import { describe, expect } from 'vitest'
import { encodeKey } from '../wire/rows.ts'
import {
  expectDownloads,
  expectUploads,
  plainTrials,
  sendPlain,
  type PlainAnswer,
  type PlainRequest,
} from './plain-request.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, KEYS, tryClient } from './try-client.ts'

const LIST: PlainRequest = { method: 'GET', target: '/bucket' }

describe('aws4', () => {
  tryClient('aws4', (home) => {
    /** Signs with headers, and sends. */
    async function send(
      { method, target, headers = {}, body }: PlainRequest,
      { store = home.stores.store, key = KEY } = {},
    ): Promise<PlainAnswer> {
      const host = `127.0.0.1:${store.port}`
      const options = { service: 's3', region: REGION, host, method, path: target, headers: { ...headers } }
      const signed = aws4.sign({ ...options, ...(body !== undefined && { body }) }, key)
      const ready = { method, target: signed.path, headers: { host, ...signed.headers } }
      const { cert } = home.stores.certificate
      return sendPlain(store.origin, { ...ready, ...(body !== undefined && { body }) }, cert)
    }
    const presignAll = (method: string): Map<string, string> => {
      const { origin, port } = home.stores.store
      const urls = KEYS.map((key) => {
        const path = `/bucket/${encodeKey(key)}?X-Amz-Expires=60`
        const options = {
          service: 's3',
          region: REGION,
          host: `127.0.0.1:${port}`,
          method,
          path,
          signQuery: true,
        }
        return [key, origin + aws4.sign(options, KEY).path] as const
      })
      return new Map(urls)
    }

    return {
      ...plainTrials(home, send),
      presignedGet: async () => expectDownloads(home, presignAll('GET')),
      presignedPut: async () => expectUploads(home, presignAll('PUT')),
      async https() {
        const store = home.stores.secure
        expect((await send({ method: 'PUT', target: '/bucket/secure', body: BIG }, { store })).status).toBe(
          200,
        )
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect((await send(LIST, { store })).text).toContain('<Key>secure</Key>')
      },
      async wrongSecret() {
        expect((await send(LIST, { key: WRONG_SECRET })).text).toContain('<Code>SignatureDoesNotMatch</Code>')
      },
      async unknownKey() {
        expect((await send(LIST, { key: UNKNOWN_KEY })).text).toContain('<Code>InvalidAccessKeyId</Code>')
      },
      async clock() {
        const { text } = await send(LIST, { store: home.stores.ahead })
        expect(text).toContain('<Code>RequestTimeTooSkewed</Code>')
      },
    }
  })
})
