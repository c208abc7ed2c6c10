/** `countersign keys`: the life of a key in the gateway's store, as the command line leads it. */
import { cpSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { countersign, makeHome, runCommand, runProgram, type Run } from './kit/run-command.ts'

interface JsonKey {
  readonly accessKeyId: string
  readonly status: string
  readonly expiresAt?: string
  readonly secrets: readonly { version: number; notAfter?: string }[]
}

function keysIn(home: string): (...args: string[]) => Promise<Run> {
  return (...args) => countersign(['keys', ...args], { home })
}

async function createKey(
  home: string,
  ...args: string[]
): Promise<{ key: JsonKey; secretAccessKey: string }> {
  const { code, stdout } = await countersign(['keys', 'create', '--json', '--principal', 'ada', ...args], {
    home,
  })
  expect(code).toBe(0)
  return JSON.parse(stdout) as { key: JsonKey; secretAccessKey: string }
}

async function listKeys(home: string): Promise<JsonKey[]> {
  const { stdout } = await countersign(['keys', 'list', '--json'], { home })
  return (JSON.parse(stdout) as { keys: JsonKey[] }).keys
}

describe('a store that is not there', () => {
  it.each([['list'], ['disable', 'CSAKEXAMPLE'], ['rotate', 'CSAKEXAMPLE']])(
    'is told, and not made, by %s',
    async (...args) => {
      const home = makeHome()
      const { code, stdout, stderr } = await keysIn(home)(...args, '--store', 'typo/keys.db')
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('There is no store of keys at ')
      expect(existsSync(join(home, 'typo'))).toBe(false)
    },
  )
})

describe('create', () => {
  it('prints variables that a shell takes in, and says once that they are shown once', async () => {
    const home = makeHome()
    const { code, stdout, stderr } = await keysIn(home)('create', '--principal', 'ada')
    expect([code, stderr]).toEqual([
      0,
      'the secret access key is shown this once; the store does not give it out again\n',
    ])
    const { stdout: said } = await runProgram('/bin/sh', [
      '-c',
      `${stdout}\necho "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY"`,
    ])
    expect(said).toMatch(/^\w{16,} [\w+/=-]{40}\n$/)
    const [id = '', secret = ''] = said.trim().split(' ')
    const { stdout: list } = await keysIn(home)('list')
    expect(list).toContain(id)
    expect(list).not.toContain(secret)
    expect(statSync(join(home, '.local/share/countersign/master.key')).mode & 0o077).toBe(0)
  })

  it('makes a key that signs what the same key verifies', async () => {
    const home = makeHome()
    const { key, secretAccessKey } = await createKey(home)
    const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const { bytes } = await countersign(
      ['sign', '--format', 'http', 'https://sqs.eu-west-1.amazonaws.com/'],
      { env },
    )
    expect((await countersign(['verify'], { env, input: bytes })).code).toBe(0)
  })

  it('takes a key of your own, and its end', async () => {
    const home = makeHome()
    const args = ['create', '--principal', 'ada', '--access-key-id', 'AKIDOWNKEYEXAMPLE1', '--secret-stdin']
    const secret = 'an-own-secret-that-is-long-enough-for-it'
    const made = await countersign(['keys', ...args, '--expires', '2999-01-01'], {
      home,
      input: `${secret}\n`,
    })
    expect(made.stdout).toBe(`AWS_ACCESS_KEY_ID=AKIDOWNKEYEXAMPLE1\nAWS_SECRET_ACCESS_KEY=${secret}\n`)
    expect(await listKeys(home)).toMatchObject([
      { accessKeyId: 'AKIDOWNKEYEXAMPLE1', expiresAt: '2999-01-01T00:00:00Z' },
    ])
    const again = await countersign(['keys', ...args], { home, input: `${secret}\n` })
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('KEY_EXISTS')])
  })

  it.each([
    ['no principal', []],
    ['an id without a secret', ['--principal', 'a', '--access-key-id', 'AKIDOWNKEYEXAMPLE1']],
    ['a secret without an id', ['--principal', 'a', '--secret-stdin']],
    ['an end that is none', ['--principal', 'a', '--expires', 'soon']],
    ['an end that has passed', ['--principal', 'a', '--expires', '2001-01-01']],
  ])('is 2 for %s', async (_, args) => {
    const { code, stdout, stderr } = await countersign(['keys', 'create', ...args], { input: 'x\n' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
  })
})

describe('a key', () => {
  it('is listed, rotated, disabled, enabled, given an end, and deleted', async () => {
    const home = makeHome()
    const keys = keysIn(home)
    const { key, secretAccessKey } = await createKey(home)
    const id = key.accessKeyId

    const { stdout: table } = await keys('list')
    expect(table).toMatch(
      /^ACCESS KEY ID +PRINCIPAL +STATUS +CREATED +EXPIRES +SECRETS\n\w+ +ada +active +\d{4}-\S+Z +never +v1\n$/,
    )
    const { stdout: rotated } = await keys('rotate', id, '--overlap', '1h')
    expect(rotated).toContain(`AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=`)
    expect(rotated).not.toContain(secretAccessKey)
    expect((await listKeys(home))[0]?.secrets.map(({ version }) => version)).toEqual([2, 1])

    expect((await keys('disable', id)).stdout).toContain('disabled')
    expect((await listKeys(home))[0]?.status).toBe('disabled')
    expect((await keys('enable', id)).stdout).toContain('active')

    await keys('expire', id, '--expires', '30d')
    const days = (Date.parse((await listKeys(home))[0]?.expiresAt ?? '') - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)
    await keys('expire', id, '--expires', 'never')
    expect((await listKeys(home))[0]).not.toHaveProperty('expiresAt')

    const unasked = await keys('delete', id)
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('add --yes')])
    expect(await listKeys(home)).toHaveLength(1)
    expect((await keys('delete', id, '--yes')).code).toBe(0)
    expect(await listKeys(home)).toEqual([])
  })

  it.each(['rotate', 'disable', 'enable', 'delete --yes', 'expire --expires 1d'])(
    'that is not there is 2: %s',
    async (step) => {
      const home = makeHome()
      await createKey(home)
      const [name = '', ...flags] = step.split(' ')
      const { code, stdout, stderr } = await keysIn(home)(name, 'AKIDNOBODY', ...flags)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('KEY_NOT_FOUND')
    },
  )
})

describe('the store', () => {
  it('is sealed with a master key of the environment, and with no other', async () => {
    const home = makeHome()
    const masterKey = (byte: string): Record<string, string> => ({ COUNTERSIGN_MASTER_KEY: byte.repeat(32) })
    const made = await countersign(['keys', 'create', '--principal', 'a', '--store', 'other.db'], {
      home,
      env: masterKey('ab'),
    })
    expect(made.code).toBe(0)
    const wrong = await countersign(['keys', 'list', '--store', 'other.db'], { home, env: masterKey('cd') })
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('MASTER_KEY_WRONG')])
    const missing = await countersign(['keys', 'list', '--store', 'other.db', '--json'], { home })
    expect(missing.code).toBe(1)
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'MASTER_KEY_MISSING' } })
  })

  it('is 1 when it is no store of ours', async () => {
    const home = makeHome()
    // In processes of their own, which leave the file when they end.
    await runCommand(['keys', 'create', '--principal', 'ada'], { home })
    writeFileSync(join(home, '.local/share/countersign/keys.db'), 'hello')
    const { code, stderr } = await runCommand(['keys', 'list'], { home })
    expect([code, stderr]).toEqual([1, expect.stringContaining('STORE_UNREADABLE')])
  })
})

describe('the native part of SQLite', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))

  /** `keys list` of a copy of the command that finds packages in the place that Node is told, and in no other. */
  const listFrom = (home: string): Promise<Run> => {
    const folder = join(home, 'command')
    for (const part of ['bin', 'dist/chunks', 'package.json']) {
      cpSync(join(root, 'packages/cli', part), join(folder, part), { recursive: true })
    }
    const run = [join(folder, 'bin/countersign.js'), 'keys', 'list']
    return runProgram(process.execPath, run, { home, env: { NODE_PATH: join(root, 'node_modules') } })
  }

  it('is found by the package itself where it is not where it should be', async () => {
    const home = makeHome()
    const { key } = await createKey(home)
    expect(await listFrom(home)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(key.accessKeyId) as string,
    })
  })
})
