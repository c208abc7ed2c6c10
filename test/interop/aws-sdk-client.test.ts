/**
 * The AWS SDK for JavaScript as it comes: checksums behind streams, its own retries, its own clock.
 */
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect } from 'vitest'
import { expectDownloads, expectUploads } from './plain-request.ts'
import type { Store } from './s3-store.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, contentOf, KEYS, tryClient } from './try-client.ts'

const Bucket = 'bucket'

describe('@aws-sdk/client-s3', () => {
  tryClient('@aws-sdk/client-s3', (home) => {
    /** Works with a client of its own. */
    async function withClient<T>(
      work: (client: S3Client) => Promise<T>,
      { store = home.stores.store, ...config }: S3ClientConfig & { store?: Store } = {},
    ): Promise<T> {
      const client = new S3Client({
        endpoint: store.origin,
        region: REGION,
        credentials: KEY,
        forcePathStyle: true,
        ...config,
      })
      try {
        return await work(client)
      } finally {
        client.destroy()
      }
    }
    const list = async (client: S3Client): Promise<unknown> =>
      client.send(new ListObjectsV2Command({ Bucket }))
    const presignAll = async (
      commandFor: (key: string) => GetObjectCommand | PutObjectCommand,
    ): Promise<Map<string, string>> =>
      withClient(async (client) => {
        const urls = KEYS.map(async (key) => [key, await getSignedUrl(client, commandFor(key))] as const)
        return new Map(await Promise.all(urls))
      })

    return {
      buckets: async () =>
        withClient(async (client) => {
          await client.send(new CreateBucketCommand({ Bucket: 'made' }))
          await client.send(new HeadBucketCommand({ Bucket: 'made' }))
          const { Buckets } = await client.send(new ListBucketsCommand())
          expect(Buckets?.map(({ Name }) => Name)).toContain('made')
        }),
      small: async () =>
        withClient(async (client) => {
          const at = { Bucket, Key: 'small' }
          await client.send(new PutObjectCommand({ ...at, Body: 'hello', Metadata: { note: 'a  b' } }))
          const head = await client.send(new HeadObjectCommand(at))
          expect(head).toMatchObject({ ContentLength: 5, Metadata: { note: 'a  b' } })
          const { Body } = await client.send(new GetObjectCommand(at))
          expect(await Body?.transformToString()).toBe('hello')
          await client.send(new DeleteObjectCommand(at))
          expect(home.keysIn('bucket')).toEqual([])
        }),
      large: async () =>
        withClient(async (client) => {
          await client.send(new PutObjectCommand({ Bucket, Key: 'big', Body: BIG }))
          expect(home.isBig('/bucket/big')).toBe(true)
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'big' }))
          expect(BIG.equals(await Body!.transformToByteArray())).toBe(true)
        }),
      parts: async () =>
        withClient(async (client) => {
          const at = { Bucket, Key: 'parts' }
          const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
          const pieces = [BIG.subarray(0, 5_000_000), BIG.subarray(5_000_000)]
          for (const [index, Body] of pieces.entries()) {
            await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body }))
          }
          const { Parts } = await client.send(new ListPartsCommand({ ...at, UploadId }))
          await client.send(
            new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }),
          )
          expect(home.isBig('/bucket/parts')).toBe(true)
        }),
      stream: async () =>
        withClient(async (client) => {
          const Body = Readable.from([BIG.subarray(0, 100_000), BIG.subarray(100_000)])
          await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: BIG.length }))
          expect(home.isBig('/bucket/stream')).toBe(true)
          const headers = new Map(home.stores.store.verified.at(-1)?.covered.headers)
          expect(headers.get('x-amz-content-sha256')).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
        }),
      keys: async () =>
        withClient(async (client) => {
          for (const Key of KEYS) {
            await client.send(new PutObjectCommand({ Bucket, Key, Body: contentOf(Key) }))
            const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
            expect(await Body?.transformToString()).toBe(contentOf(Key))
          }
          expect(home.keysIn('bucket')).toEqual(KEYS)
        }),
      range: async () =>
        withClient(async (client) => {
          home.fill('bucket', ['k'])
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=2-4' }))
          expect(await Body?.transformToString()).toBe('nte')
        }),
      copy: async () =>
        withClient(async (client) => {
          home.fill('bucket', ['a b'])
          await client.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: 'bucket/a%20b' }))
          expect(home.textOf('/bucket/copied')).toBe('content of a b')
        }),
      list: async () =>
        withClient(async (client) => {
          home.fill('bucket', ['a b/1', 'a b/2', 'c'])
          const input = { Bucket, Prefix: 'a b/' }
          const pages = [
            await client.send(new ListObjectsCommand(input)),
            await client.send(new ListObjectsV2Command({ ...input, MaxKeys: 1 })),
          ]
          const [first, second] = pages.map(({ Contents }) => Contents?.map(({ Key }) => Key))
          expect([first, second]).toEqual([['a b/1', 'a b/2'], ['a b/1']])
        }),
      deleteMany: async () =>
        withClient(async (client) => {
          home.fill('bucket', ['a&b', 'c', 'd'])
          const Objects = [{ Key: 'a&b' }, { Key: 'c' }]
          await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
          expect(home.keysIn('bucket')).toEqual(['d'])
        }),
      presignedGet: async () =>
        expectDownloads(home, await presignAll((Key) => new GetObjectCommand({ Bucket, Key }))),
      presignedPut: async () =>
        expectUploads(home, await presignAll((Key) => new PutObjectCommand({ Bucket, Key }))),
      async https() {
        const { secure: store, certificate } = home.stores
        const requestHandler = { httpsAgent: new HttpsAgent({ ca: certificate.cert }) }
        await withClient(
          async (client) => {
            await client.send(new PutObjectCommand({ Bucket, Key: 'secure', Body: BIG }))
            expect(home.isBig('/bucket/secure')).toBe(true)
            const Body = Readable.from([BIG])
            await client.send(
              new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: BIG.length }),
            )
            expect(home.isBig('/bucket/stream')).toBe(true)
            await list(client)
          },
          { store, requestHandler },
        )
        const modes = store.verified.map(({ covered }) =>
          new Map(covered.headers).get('x-amz-content-sha256'),
        )
        expect(modes).toContain('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
      },
      async wrongSecret() {
        const answer = withClient(list, { credentials: WRONG_SECRET })
        await expect(answer).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
      },
      async unknownKey() {
        const answer = withClient(list, { credentials: UNKNOWN_KEY })
        await expect(answer).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
      },
      async clock() {
        const store = home.stores.ahead
        const once = withClient(list, { store, maxAttempts: 1 })
        await expect(once).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' })
        expect(await withClient(list, { store })).toMatchObject({ $metadata: { attempts: 2 } })
      },
    }
  })
})
