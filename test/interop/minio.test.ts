/**
 * minio's client for Node.
 */
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { Client, CopyConditions } from 'minio'
import { describe, expect } from 'vitest'
import { expectDownloads, expectUploads } from './plain-request.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, contentOf, KEYS, tryClient } from './try-client.ts'

// minio refuses `.` and `..` as segments by itself.
const NAMES = KEYS.filter((key) => !/(^|\/)\.\.?(\/|$)/.test(key))

describe('minio', () => {
  tryClient('minio', (home) => {
    /** A client of a store. */
    function clientOf({ store = home.stores.store, key = KEY } = {}): Client {
      const useSSL = store.origin.startsWith('https')
      return new Client({
        endPoint: '127.0.0.1',
        port: store.port,
        useSSL,
        region: REGION,
        accessKey: key.accessKeyId,
        secretKey: key.secretAccessKey,
        partSize: 5 * 1024 * 1024,
        ...(useSSL && { transportAgent: new HttpsAgent({ ca: home.stores.certificate.cert }) }),
      })
    }
    const list = async (client: Client, prefix = ''): Promise<unknown[]> => {
      const names: unknown[] = []
      for await (const { name } of client.listObjectsV2('bucket', prefix) as AsyncIterable<{
        name: string
      }>) {
        names.push(name)
      }
      return names
    }

    return {
      async buckets() {
        const client = clientOf()
        await client.makeBucket('made', REGION)
        expect(await client.bucketExists('made')).toBe(true)
        expect((await client.listBuckets()).map(({ name }) => name)).toContain('made')
      },
      async small() {
        const client = clientOf()
        await client.putObject('bucket', 'small', 'hello', undefined, { note: 'a  b' })
        expect(await client.statObject('bucket', 'small')).toMatchObject({ size: 5 })
        expect(await text(await client.getObject('bucket', 'small'))).toBe('hello')
        await client.removeObject('bucket', 'small')
        expect(home.keysIn('bucket')).toEqual([])
      },
      async large() {
        const client = new Client({
          endPoint: '127.0.0.1',
          port: home.stores.store.port,
          useSSL: false,
          region: REGION,
          accessKey: KEY.accessKeyId,
          secretKey: KEY.secretAccessKey,
        })
        await client.putObject('bucket', 'big', BIG)
        expect(home.isBig('/bucket/big')).toBe(true)
        expect(BIG.equals(await buffer(await client.getObject('bucket', 'big')))).toBe(true)
      },
      async parts() {
        await clientOf().putObject('bucket', 'parts', BIG)
        expect(home.isBig('/bucket/parts')).toBe(true)
      },
      async stream() {
        await clientOf().putObject(
          'bucket',
          'stream',
          Readable.from([BIG.subarray(0, 100), BIG.subarray(100)]),
        )
        expect(home.isBig('/bucket/stream')).toBe(true)
      },
      async keys() {
        const client = clientOf()
        for (const key of NAMES) {
          await client.putObject('bucket', key, contentOf(key))
          expect(await text(await client.getObject('bucket', key))).toBe(contentOf(key))
        }
        expect(home.keysIn('bucket')).toEqual(NAMES)
      },
      async range() {
        home.fill('bucket', ['k'])
        expect(await text(await clientOf().getPartialObject('bucket', 'k', 2, 3))).toBe('nte')
      },
      async copy() {
        home.fill('bucket', ['a b'])
        await clientOf().copyObject('bucket', 'copied', '/bucket/a b', new CopyConditions())
        expect(home.textOf('/bucket/copied')).toBe('content of a b')
      },
      async list() {
        home.fill('bucket', ['a b/1', 'a b/2', 'c'])
        expect(await list(clientOf(), 'a b/')).toEqual(['a b/1', 'a b/2'])
      },
      async deleteMany() {
        home.fill('bucket', ['a&b', 'c', 'd'])
        await clientOf().removeObjects('bucket', ['a&b', 'c'])
        expect(home.keysIn('bucket')).toEqual(['d'])
      },
      async presignedGet() {
        const client = clientOf()
        const urls = NAMES.map(
          async (key) => [key, await client.presignedGetObject('bucket', key, 60)] as const,
        )
        await expectDownloads(home, new Map(await Promise.all(urls)))
      },
      async presignedPut() {
        const client = clientOf()
        const urls = NAMES.map(
          async (key) => [key, await client.presignedPutObject('bucket', key, 60)] as const,
        )
        await expectUploads(home, new Map(await Promise.all(urls)))
      },
      async form() {
        const client = clientOf()
        const policy = client.newPostPolicy()
        policy.setBucket('bucket')
        policy.setKey('caf\u00e9 1')
        policy.setExpires(new Date(Date.now() + 60_000))
        policy.setContentLengthRange(1, 100)
        const { postURL, formData } = await client.presignedPostPolicy(policy)
        const form = new FormData()
        for (const [name, value] of Object.entries(formData)) form.set(name, String(value))
        form.set('file', new Blob(['uploaded']))
        expect((await fetch(postURL, { method: 'POST', body: form })).status).toBe(204)
        expect(home.textOf('/bucket/caf\u00e9 1')).toBe('uploaded')
      },
      async https() {
        const client = clientOf({ store: home.stores.secure })
        await client.putObject('bucket', 'secure', BIG)
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect(await list(client)).toEqual(['secure'])
      },
      async wrongSecret() {
        const answer = clientOf({ key: WRONG_SECRET }).listBuckets()
        await expect(answer).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
      },
      async unknownKey() {
        const answer = clientOf({ key: UNKNOWN_KEY }).listBuckets()
        await expect(answer).rejects.toMatchObject({ code: 'InvalidAccessKeyId' })
      },
      async clock() {
        const answer = clientOf({ store: home.stores.ahead }).listBuckets()
        await expect(answer).rejects.toMatchObject({ code: 'RequestTimeTooSkewed' })
      },
    }
  })
})
