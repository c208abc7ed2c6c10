/**
 * Uploads of the AWS SDK for JavaScript, as it sends them since January 2025: with a checksum behind the body.
 */
import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type ChecksumAlgorithm,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStore, type Store } from './s3-store.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const DATA = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251))

let store: Store
let client: S3Client

beforeAll(async () => {
  store = await startStore({
    service: 's3',
    region: 'us-east-1',
    secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
  })
  client = new S3Client({
    endpoint: store.origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  })
})

afterAll(async () => {
  client.destroy()
  await store.close()
})

/** The mode and the trailers of the request that came in last. */
function lastMode(): { mode: string | undefined; trailer: string | undefined; payload: string | undefined } {
  const verified = store.verified.at(-1)
  const headers = new Map(verified?.covered.headers)
  return {
    mode: headers.get('x-amz-content-sha256'),
    trailer: headers.get('x-amz-trailer'),
    payload: verified?.payload,
  }
}

/** Pieces as a program may write them, some of a few bytes. */
function* pieces(): Generator<Buffer> {
  for (let at = 0, i = 0; at < DATA.length; i++) {
    const end = at + [6, 8, 10_000, 65_536][i % 4]!
    yield DATA.subarray(at, end)
    at = end
  }
}

describe('streams', () => {
  it('with the checksum that the SDK chooses', async () => {
    const Body = Readable.from(pieces(), { objectMode: false })
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'stream', Body, ContentLength: DATA.length }))
    expect(lastMode()).toEqual({
      mode: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      trailer: 'x-amz-checksum-crc32',
      payload: 'unsigned',
    })
    expect(store.objects.get('/b/stream')?.equals(DATA)).toBe(true)
  })

  it.each<ChecksumAlgorithm>(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])(
    '%s',
    async (ChecksumAlgorithm) => {
      const Body = Readable.from(pieces(), { objectMode: false })
      const input = {
        Bucket: 'b',
        Key: ChecksumAlgorithm,
        Body,
        ContentLength: DATA.length,
        ChecksumAlgorithm,
      }
      await client.send(new PutObjectCommand(input))
      expect(lastMode().trailer).toBe(`x-amz-checksum-${ChecksumAlgorithm.toLowerCase()}`)
      expect(store.objects.get(`/b/${ChecksumAlgorithm}`)?.equals(DATA)).toBe(true)
    },
  )

  it('parts of an upload', async () => {
    const Body = Readable.from(pieces(), { objectMode: false })
    const at = { Bucket: 'b', Key: 'part' }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
    const part = { ...at, UploadId, PartNumber: 1 }
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body, ContentLength: DATA.length }))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }))
    expect(store.objects.get('/b/part')?.equals(DATA)).toBe(true)
  })

  it('that come to another length than was told are refused', async () => {
    const before = store.refused.length
    const Body = Readable.from(pieces(), { objectMode: false })
    const input = { Bucket: 'b', Key: 'short', Body, ContentLength: DATA.length + 1 }
    await expect(client.send(new PutObjectCommand(input))).rejects.toMatchObject({ name: 'IncompleteBody' })
    expect(store.refused.slice(before).map(({ code }) => code)).toEqual(['BODY_LENGTH_MISMATCH'])
    expect(store.objects.has('/b/short')).toBe(false)
  })
})

describe('bytes', () => {
  it.each(['', 'x', 'x'.repeat(100_000)])('are hashed, or framed as well', async (Body) => {
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'text', Body }))
    expect(store.objects.get('/b/text')?.toString()).toBe(Body)
    expect(lastMode().payload).toBe('verified')
  })
})
