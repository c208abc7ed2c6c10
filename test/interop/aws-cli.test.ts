/**
 * AWS CLI 2. Most of the second that a command takes is its start: where its Python can be asked to, it is loaded once.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { startLineProcess, type LineProcess } from './line-process.ts'
import { expectDownloads } from './plain-request.ts'
import { describeWithAwsCli, run } from './programs.ts'
import { KEY, REGION, UNKNOWN_KEY, WRONG_SECRET, type Task } from './stores.ts'
import { BIG, FILE_NAMES, tryClient } from './try-client.ts'

const script = fileURLToPath(new URL('aws-cli.py', import.meta.url))

/** The Python that a command of Debian's is run by; AWS's own packages of it have none. */
function findInterpreter(program: string): string | undefined {
  const python = /^#!(\S*python\S*)\n/.exec(readFileSync(program, 'latin1').slice(0, 200))?.[1]
  const isLoadable = python && spawnSync(python, ['-c', 'import awscli.clidriver']).status === 0
  return isLoadable ? python : undefined
}

describeWithAwsCli('AWS CLI 2', (program) => {
  const python = findInterpreter(program)
  let loaded: LineProcess | undefined
  afterAll(async () => loaded?.end())

  tryClient('AWS CLI', (home) => {
    /** Runs a command in the folder. */
    async function aws(
      args: readonly string[],
      { store = home.stores.store, key = KEY, input }: Task = {},
    ): Promise<string> {
      const env = {
        HOME: home.folder,
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        AWS_REGION: REGION,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        AWS_MAX_ATTEMPTS: '1',
      }
      const where = ['--endpoint-url', store.origin, '--ca-bundle', home.stores.certificate.file]
      const all = [...where, ...args]
      if (python === undefined || input !== undefined) {
        return run(program, all, { env, input: input ?? '', cwd: home.folder })
      }
      loaded ??= startLineProcess(python, [script])
      const code = await loaded.ask({ args: all, env, cwd: home.folder })
      if (code !== 0) throw new Error(readFileSync(home.file('stderr'), 'utf8'))
      return readFileSync(home.file('stdout'), 'utf8')
    }
    const copy = async (from: string, to: string, options: Task = {}): Promise<string> =>
      aws(['s3', 'cp', '--only-show-errors', from, to], options)
    const at = (command: string, key: string): string[] => [
      's3api',
      command,
      '--bucket',
      'bucket',
      '--key',
      key,
    ]

    return {
      async buckets() {
        await aws(['s3', 'mb', 's3://made'])
        expect(await aws(['s3', 'ls'])).toMatch(/ made$/m)
      },
      async small() {
        writeFileSync(home.file('small'), 'hello')
        await copy('small', 's3://bucket/small')
        // Looks at it, gets it and deletes it.
        await aws(['s3', 'mv', '--only-show-errors', 's3://bucket/small', 'moved'])
        expect(readFileSync(home.file('moved'), 'utf8')).toBe('hello')
        expect(home.keysIn('bucket')).toEqual([])
      },
      async large() {
        await aws([...at('put-object', 'big'), '--body', 'big'])
        expect(home.isBig('/bucket/big')).toBe(true)
        await aws([...at('get-object', 'big'), 'back'])
        expect(BIG.equals(readFileSync(home.file('back')))).toBe(true)
      },
      async parts() {
        await copy('big', 's3://bucket/parts')
        expect(home.isBig('/bucket/parts')).toBe(true)
        const { covered } = home.stores.store.verified.at(-1)!
        expect([covered.method, covered.query.map(([name]) => name)]).toEqual(['POST', ['uploadId']])
      },
      async stream() {
        await copy('-', 's3://bucket/stream', { input: BIG })
        expect(home.isBig('/bucket/stream')).toBe(true)
      },
      async keys() {
        await aws(['s3', 'sync', '--only-show-errors', 'tree', 's3://bucket/tree'])
        await aws([...at('put-object', 'a/../b//c'), '--body', 'big'])
        const names = [...FILE_NAMES.map((name) => `tree/${name}`), 'a/../b//c']
        expect(home.keysIn('bucket').toSorted()).toEqual(names.toSorted())
      },
      async range() {
        home.fill('bucket', ['k'])
        await aws([...at('get-object', 'k'), '--range', 'bytes=2-4', 'piece'])
        expect(readFileSync(home.file('piece'), 'utf8')).toBe('nte')
      },
      async copy() {
        home.fill('bucket', ['a b'])
        await copy('s3://bucket/a b', 's3://bucket/copied')
        expect(home.textOf('/bucket/copied')).toBe('content of a b')
      },
      async list() {
        home.fill('bucket', ['a b/1', 'a b/2', 'c'])
        expect(await aws(['s3', 'ls', 's3://bucket/a b/'])).toMatch(/ 1\n.* 2\n$/)
      },
      async deleteMany() {
        home.fill('bucket', ['a&b', 'c', 'd'])
        const objects = JSON.stringify({ Objects: [{ Key: 'a&b' }, { Key: 'c' }] })
        await aws(['s3api', 'delete-objects', '--bucket', 'bucket', '--delete', objects])
        expect(home.keysIn('bucket')).toEqual(['d'])
      },
      async presignedGet() {
        const url = await aws(['s3', 'presign', 's3://bucket/a b+c//é'])
        await expectDownloads(home, new Map([['a b+c//é', url.trim()]]))
      },
      async https() {
        const { secure: store } = home.stores
        const checked = ['--body', 'big', '--checksum-algorithm', 'CRC32']
        await aws([...at('put-object', 'secure'), ...checked], { store })
        expect(home.isBig('/bucket/secure')).toBe(true)
        const headers = new Map(store.verified.at(-1)?.covered.headers)
        expect(headers.get('x-amz-content-sha256')).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
        await copy('tree/100%', 's3://bucket/small', { store })
        expect(store.verified.at(-1)?.payload).toBe('unsigned')
      },
      async wrongSecret() {
        await expect(aws(['s3', 'ls'], { key: WRONG_SECRET })).rejects.toThrow('SignatureDoesNotMatch')
      },
      async unknownKey() {
        await expect(aws(['s3', 'ls'], { key: UNKNOWN_KEY })).rejects.toThrow('InvalidAccessKeyId')
      },
      async clock() {
        const answer = aws(['s3', 'ls'], { store: home.stores.ahead })
        await expect(answer).rejects.toThrow('RequestTimeTooSkewed')
      },
    }
  })
})
