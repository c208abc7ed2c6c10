/**
 * s3cmd, which still knows version 2.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { describeWithTool } from '../kit/tools.ts'
import { expectDownloads, fetchPlain } from './plain-request.ts'
import { run } from './programs.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET, type Task } from './stores.ts'
import { contentOf, FILE_NAMES, tryClient } from './try-client.ts'

describeWithTool('s3cmd', 's3cmd', (program) => {
  tryClient('s3cmd', (home) => {
    /** Runs s3cmd in the folder. */
    async function s3cmd(
      args: readonly string[],
      { store = home.stores.store, key = KEY, input = '' }: Task = {},
    ): Promise<string> {
      const settings = home.file('s3cfg')
      writeFileSync(settings, '[default]\nmax_retries = 1\n')
      const host = `127.0.0.1:${store.port}`
      const where = ['--host', host, '--host-bucket', host, '--region', REGION]
      const keys = ['--access_key', key.accessKeyId, '--secret_key', key.secretAccessKey]
      const transport = store.origin.startsWith('https')
        ? ['--ssl', '--ca-certs', home.stores.certificate.file]
        : ['--no-ssl']
      const options = ['-c', settings, '--no-progress', ...where, ...keys, ...transport]
      return run(program, [...options, ...args], { input, cwd: home.folder })
    }

    return {
      async buckets() {
        await s3cmd(['mb', 's3://made'])
        expect(await s3cmd(['ls'])).toContain('s3://made')
      },
      async small() {
        await s3cmd(['put', 'tree/100%', 's3://bucket/small'])
        expect(await s3cmd(['get', 's3://bucket/small', '-'])).toBe(contentOf('100%'))
        await s3cmd(['del', 's3://bucket/small'])
        expect(home.keysIn('bucket')).toEqual([])
      },
      async large() {
        await s3cmd(['put', 'big', 's3://bucket/big'])
        expect(home.isBig('/bucket/big')).toBe(true)
        await s3cmd(['get', 's3://bucket/big', 'back'])
        await run('cmp', [home.file('big'), home.file('back')])
      },
      async parts() {
        await s3cmd(['put', '--multipart-chunk-size-mb', '5', 'big', 's3://bucket/parts'])
        expect(home.isBig('/bucket/parts')).toBe(true)
      },
      async stream() {
        await s3cmd(['put', '-', 's3://bucket/stream'], { input: 'streamed' })
        expect(home.textOf('/bucket/stream')).toBe('streamed')
      },
      async keys() {
        await s3cmd(['sync', 'tree/', 's3://bucket/'])
        for (const key of ['a//b', 'a/../b']) await s3cmd(['put', 'big', `s3://bucket/${key}`])
        expect(home.keysIn('bucket').toSorted()).toEqual([...FILE_NAMES, 'a//b', 'a/../b'].toSorted())
        const names = FILE_NAMES.map((name) => `s3://bucket/${name}`)
        await s3cmd(['get', '--force', ...names, join(home.folder, '/')])
        for (const name of FILE_NAMES) expect(readFileSync(home.file(name), 'utf8')).toBe(contentOf(name))
      },
      async copy() {
        home.fill('bucket', ['a b'])
        await s3cmd(['cp', 's3://bucket/a b', 's3://bucket/copied'])
        expect(home.textOf('/bucket/copied')).toBe('content of a b')
      },
      async list() {
        home.fill('bucket', ['a b/1', 'a b/2', 'c'])
        const listed = await s3cmd(['ls', 's3://bucket/a b/'])
        expect([...listed.matchAll(/s3:.*/g)].map(([name]) => name)).toEqual([
          's3://bucket/a b/1',
          's3://bucket/a b/2',
        ])
      },
      async deleteMany() {
        home.fill('bucket', ['a/1', 'a/2', 'c'])
        await s3cmd(['del', '--recursive', '--force', 's3://bucket/a/'])
        expect(home.keysIn('bucket')).toEqual(['c'])
      },
      async https() {
        const { secure: store } = home.stores
        await s3cmd(['put', 'big', 's3://bucket/secure'], { store })
        expect(home.isBig('/bucket/secure')).toBe(true)
        expect(await s3cmd(['ls', 's3://bucket'], { store })).toContain('s3://bucket/secure')
      },
      async wrongSecret() {
        await expect(s3cmd(['ls', 's3://bucket'], { key: WRONG_SECRET })).rejects.toThrow(
          'SignatureDoesNotMatch',
        )
      },
      async unknownKey() {
        await expect(s3cmd(['ls', 's3://bucket'], { key: UNKNOWN_KEY })).rejects.toThrow('InvalidAccessKeyId')
      },
      async clock() {
        const answer = s3cmd(['ls', 's3://bucket'], { store: home.stores.ahead })
        await expect(answer).rejects.toThrow('RequestTimeTooSkewed')
      },
      async older() {
        const { older, store } = home.stores
        await s3cmd(['--signature-v2', 'put', 'tree/a b+c', 's3://bucket/a b+c'], { store: older })
        expect(home.textOf('/bucket/a b+c')).toBe(contentOf('a b+c'))
        const listed = await s3cmd(['--signature-v2', 'ls', 's3://bucket/a'], { store: older })
        expect(listed).toContain('s3://bucket/a b+c')
        expect(new Set(older.verified.map(({ algorithm }) => algorithm))).toEqual(new Set(['AWS']))
        expect(await s3cmd(['--signature-v2', 'ls', 's3://bucket'])).toBe(listed)
        expect(store.verified.at(-1)?.algorithm).toBe('AWS4-HMAC-SHA256')
      },
      async olderPresigned() {
        const { older: store } = home.stores
        const url = (await s3cmd(['signurl', 's3://bucket/a b', '+60'], { store })).trim()
        await expectDownloads(home, new Map([['a b', url]]))
        const elsewhere = await fetchPlain(url.replace(store.origin, home.stores.store.origin))
        expect(elsewhere).toMatchObject({ status: 400 })
        expect(elsewhere.text).toContain('Please use AWS4-HMAC-SHA256.')
      },
    }
  })
})
