/**
 * rclone, as people synchronise folders with it.
 */
import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { describeWithTool } from '../kit/tools.ts'
import { expectDownloads } from './plain-request.ts'
import { run } from './programs.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET, type Task } from './stores.ts'
import { contentOf, FILE_NAMES, tryClient } from './try-client.ts'

const ONCE = ['--retries', '1', '--low-level-retries', '1']

describeWithTool('rclone', 'rclone', (program) => {
  tryClient('rclone', (home) => {
    /** Runs rclone in the folder. */
    async function rclone(
      args: readonly string[],
      { store = home.stores.store, key = KEY, input = '' }: Task = {},
    ): Promise<string> {
      const env = {
        RCLONE_CONFIG: '/dev/null',
        RCLONE_S3_PROVIDER: 'Other',
        RCLONE_S3_ENDPOINT: store.origin,
        RCLONE_S3_REGION: REGION,
        RCLONE_S3_ACCESS_KEY_ID: key.accessKeyId,
        RCLONE_S3_SECRET_ACCESS_KEY: key.secretAccessKey,
      }
      return run(program, [...args, ...ONCE], { env, input, cwd: home.folder })
    }

    return {
      async buckets() {
        await rclone(['mkdir', ':s3:made'])
        expect(await rclone(['lsd', ':s3:'])).toMatch(/ made$/m)
      },
      async small() {
        await rclone(['copyto', 'tree/a b+c', ':s3:bucket/small'])
        expect(await rclone(['cat', ':s3:bucket/small'])).toBe(contentOf('a b+c'))
        await rclone(['deletefile', ':s3:bucket/small'])
        expect(home.keysIn('bucket')).toEqual([])
      },
      async large() {
        await rclone(['copyto', 'big', ':s3:bucket/big'])
        expect(home.isBig('/bucket/big')).toBe(true)
        await rclone(['copyto', ':s3:bucket/big', 'back'])
        await run('cmp', [home.file('big'), home.file('back')])
      },
      async parts() {
        const inParts = ['--s3-upload-cutoff', '0', '--s3-chunk-size', '5M']
        await rclone(['copyto', ...inParts, 'big', ':s3:bucket/parts'])
        expect(home.isBig('/bucket/parts')).toBe(true)
      },
      async stream() {
        await rclone(['rcat', ':s3:bucket/stream'], { input: 'streamed' })
        expect(home.textOf('/bucket/stream')).toBe('streamed')
      },
      async keys() {
        await rclone(['sync', 'tree', ':s3:bucket/tree'])
        expect(home.keysIn('bucket').toSorted()).toEqual(FILE_NAMES.map((name) => `tree/${name}`).toSorted())
        await rclone(['sync', ':s3:bucket/tree', 'tree-back'])
        expect(readdirSync(home.file('tree-back')).toSorted()).toEqual([...FILE_NAMES].toSorted())
      },
      async range() {
        home.fill('bucket', ['k'])
        expect(await rclone(['cat', '--offset', '2', '--count', '3', ':s3:bucket/k'])).toBe('nte')
      },
      async copy() {
        home.fill('bucket', ['a b'])
        await rclone(['copyto', ':s3:bucket/a b', ':s3:bucket/copied'])
        expect(home.textOf('/bucket/copied')).toBe('content of a b')
      },
      async list() {
        home.fill('bucket', ['a b/1', 'a b/2', 'c'])
        expect(await rclone(['lsf', ':s3:bucket/a b'])).toBe('1\n2\n')
      },
      async deleteMany() {
        home.fill('bucket', ['a/1', 'a/2', 'c'])
        await rclone(['delete', ':s3:bucket/a'])
        expect(home.keysIn('bucket')).toEqual(['c'])
      },
      async presignedGet() {
        home.fill('bucket', ['a b+c'])
        const url = await rclone(['link', '--expire', '60s', ':s3:bucket/a b+c'])
        await expectDownloads(home, new Map([['a b+c', url.trim()]]))
      },
      async https() {
        const { secure: store, certificate } = home.stores
        const trusted = ['--ca-cert', certificate.file]
        await rclone([...trusted, 'copyto', 'big', ':s3:bucket/secure'], { store })
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect(await rclone([...trusted, 'lsf', ':s3:bucket'], { store })).toBe('secure\n')
      },
      async wrongSecret() {
        await expect(rclone(['lsf', ':s3:bucket'], { key: WRONG_SECRET })).rejects.toThrow(
          'SignatureDoesNotMatch',
        )
      },
      async unknownKey() {
        await expect(rclone(['lsf', ':s3:bucket'], { key: UNKNOWN_KEY })).rejects.toThrow(
          'InvalidAccessKeyId',
        )
      },
      async clock() {
        const answer = rclone(['lsf', ':s3:bucket'], { store: home.stores.ahead })
        await expect(answer).rejects.toThrow('RequestTimeTooSkewed')
      },
      async older() {
        const { older: store } = home.stores
        await rclone(['--s3-v2-auth', 'copyto', 'tree/a b+c', ':s3:bucket/a b+c'], { store })
        expect(await rclone(['--s3-v2-auth', 'lsf', ':s3:bucket'], { store })).toBe('a b+c\n')
        expect(new Set(store.verified.map(({ algorithm }) => algorithm))).toEqual(new Set(['AWS']))
        await expect(rclone(['--s3-v2-auth', 'lsf', ':s3:bucket'])).rejects.toThrow(
          'InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
        )
      },
    }
  })
})
