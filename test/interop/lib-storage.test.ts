/**
 * `@aws-sdk/lib-storage`, which uploads what has no known length, part by part.
 */
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { describe, expect } from 'vitest'
import type { Store } from './s3-store.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET } from './stores.ts'
import { BIG, contentOf, KEYS, tryClient } from './try-client.ts'

const MEBIBYTE = 1024 * 1024

describe('@aws-sdk/lib-storage', () => {
  tryClient('@aws-sdk/lib-storage', (home) => {
    /** Uploads something. */
    async function upload(
      Key: string,
      Body: string | Buffer | Readable,
      {
        store = home.stores.store,
        partSize = 5 * MEBIBYTE,
        ...config
      }: S3ClientConfig & { store?: Store; partSize?: number } = {},
    ): Promise<void> {
      const client = new S3Client({
        endpoint: store.origin,
        region: REGION,
        credentials: KEY,
        forcePathStyle: true,
        ...config,
      })
      try {
        await new Upload({ client, partSize, params: { Bucket: 'bucket', Key, Body } }).done()
      } finally {
        client.destroy()
      }
    }

    return {
      async small() {
        await upload('small', 'hello')
        expect(home.textOf('/bucket/small')).toBe('hello')
      },
      async large() {
        await upload('big', BIG, { partSize: 16 * MEBIBYTE })
        expect(home.isBig('/bucket/big')).toBe(true)
      },
      async parts() {
        const before = home.stores.store.verified.length
        await upload('parts', BIG)
        expect(home.isBig('/bucket/parts')).toBe(true)
        expect(home.stores.store.verified.length - before).toBe(4)
      },
      async stream() {
        const pieces = Array.from({ length: 128 }, (_, index) =>
          BIG.subarray(index * 65_536, (index + 1) * 65_536),
        )
        await upload('stream', Readable.from(pieces))
        expect(home.isBig('/bucket/stream')).toBe(true)
      },
      async keys() {
        for (const key of KEYS) await upload(key, contentOf(key))
        for (const key of KEYS) expect(home.textOf(`/bucket/${key}`)).toBe(contentOf(key))
      },
      async https() {
        const { secure: store, certificate } = home.stores
        const requestHandler = { httpsAgent: new HttpsAgent({ ca: certificate.cert }) }
        await upload('secure', Readable.from([BIG]), { store, requestHandler })
        expect(home.isBig('/bucket/secure')).toBe(true)
      },
      async wrongSecret() {
        const answer = upload('k', BIG, { credentials: WRONG_SECRET })
        await expect(answer).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
      },
      async unknownKey() {
        const answer = upload('k', BIG, { credentials: UNKNOWN_KEY })
        await expect(answer).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
      },
      async clock() {
        await upload('late', BIG, { store: home.stores.ahead })
        expect(home.isBig('/bucket/late')).toBe(true)
      },
    }
  })
})
