/** Files with defaults of flags: what wins, what is undone, what may stand where, and what is said of all that. */
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countersign, KEY, makeHome, runProgram, COMMAND } from './kit/run-command.ts'

const USER = '.config/countersign/config.yaml'
const PROJECT = '.countersign.yaml'
const AT = ['--at', '20261122T123456Z']
const STORE = 'http://minio.example.com/bucket/key'
const BUCKET = 'https://bucket.s3.eu-west-1.amazonaws.com/key'

/** A presigned URL's scope and lifetime, from what a run printed. */
const partsOf = (stdout: string): readonly (string | null)[] => {
  const { searchParams } = new URL(stdout.trim())
  const scope = searchParams.get('X-Amz-Credential')?.split('/').slice(2, 4).join('/') ?? null
  return [scope, searchParams.get('X-Amz-Expires')]
}

describe.concurrent('files of defaults', () => {
  const files = {
    [USER]: 'all: { region: eu-west-3, service: sqs }\npresign: { expires: 2h }\n',
    [PROJECT]: 'all: { service: s3 }\npresign: { expires: 15m }\n',
  }
  const user = { [USER]: files[USER] ?? '' }

  it.each([
    ['none', {}, ['--service', 's3', '--region', 'eu-west-2'], {}, ['eu-west-2/s3', '3600']],
    ['the user', user, [], {}, ['eu-west-3/sqs', '7200']],
    ['a project before the user', files, [], {}, ['eu-west-3/s3', '900']],
    ['the environment before files', files, [], { AWS_REGION: 'us-east-2' }, ['us-east-2/s3', '900']],
    [
      'flags before all',
      files,
      ['--region', 'us-west-2', '--expires', '1m'],
      { AWS_REGION: 'us-east-2' },
      ['us-west-2/s3', '60'],
    ],
    [
      'no files at all',
      files,
      ['--service', 's3', '--region', 'eu-west-2'],
      { COUNTERSIGN_NO_CONFIG: '1' },
      ['eu-west-2/s3', '3600'],
    ],
    [
      'a file elsewhere',
      { 'x/countersign/config.yaml': 'all: { region: eu-north-1, service: s3 }' },
      [],
      { XDG: 'x' },
      ['eu-north-1/s3', '3600'],
    ],
    [
      'what was undone',
      files,
      ['--no-expires', '--no-service', '--service', 'es'],
      {},
      ['eu-west-3/es', '3600'],
    ],
  ] as const)('%s', async (_, given, args, { XDG, ...env }: Record<string, string>, expected) => {
    const home = makeHome(given)
    const place = XDG === undefined ? {} : { XDG_CONFIG_HOME: join(home, XDG) }
    const { stdout, stderr } = await countersign(['presign', ...AT, ...args, STORE], {
      home,
      env: { ...KEY, ...env, ...place },
    })
    expect(stderr).toContain('valid until')
    expect(partsOf(stdout)).toEqual(expected)
  })

  it('leave it to the host what it is', async () => {
    const { stdout } = await countersign(['presign', ...AT, BUCKET], { home: makeHome(files), env: KEY })
    expect(partsOf(stdout)[0]).toBe('eu-west-1/s3')
  })

  it('are told with -v and in JSON, with place and without passwords', async () => {
    const home = makeHome({
      [USER]: "send:\n  header: ['cookie: TOPSECRET']\n  proxy: http://u:TOPSECRET@127.0.0.1:1\n",
    })
    const { stderr, stdout } = await countersign(['send', '-v', '--dry-run', BUCKET], { home, env: KEY })
    expect(stderr).toContain(`proxy=http://u:…@127.0.0.1:1 (from ~/${USER}:3:3)`)
    expect(stderr).not.toContain('TOPSECRET')
    expect(stdout).toContain('cookie: TOPSECRET')
    const json = await countersign(['config', 'explain', '--json'], { home, env: KEY })
    expect(json.stdout).not.toContain('TOPSECRET')
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'countersign/config-explain/1',
      files: [{ kind: 'user' }],
      settings: [{ name: 'send.header' }, { name: 'send.proxy', from: `~/${USER}:3:3` }],
    })
  })

  it('make errors JSON, too, where they ask for it', async () => {
    const home = makeHome({ [USER]: 'all: { json: true }' })
    const failed = await countersign(['sign', 'https://example.com/'], { home, env: KEY })
    expect(JSON.parse(failed.stderr)).toMatchObject({ error: { code: 'SCOPE_UNKNOWN' } })
    const plain = await countersign(['sign', '--no-json', 'https://example.com/'], { home, env: KEY })
    expect(plain.stderr).toMatch(/^error: /)
  })

  it('add to options that may be repeated, until they are undone', async () => {
    const home = makeHome({ [USER]: "sign: { header: ['x-amz-a: 1', 'x-amz-b: 2'], verbose: 2 }" })
    const run = async (...args: readonly string[]): Promise<string> => {
      const { stdout } = await countersign(['sign', ...args, BUCKET], { home, env: KEY })
      return /SignedHeaders=([^,]*)/.exec(stdout)?.[1] ?? ''
    }
    expect(await run('-H', 'x-amz-c: 3')).toBe('host;x-amz-a;x-amz-b;x-amz-c;x-amz-content-sha256;x-amz-date')
    expect(await run('--no-header')).toBe('host;x-amz-content-sha256;x-amz-date')
  })

  it('are no part of what is counted', async () => {
    const home = makeHome({ [PROJECT]: 'send: { verbose: 2 }' })
    const line = ['--service', 's3', '--region', 'eu-west-1', '-d', 'body', 'http://127.0.0.1:1/']
    const two = await countersign(['send', ...line], { home, env: KEY })
    expect(two.stderr).toContain('* canonical request')
    const one = await countersign(['send', '-v', ...line], { home, env: KEY })
    expect([one.code, one.stderr.includes('* canonical request')]).toEqual([4, false])
    expect(one.stderr).toContain('> POST / HTTP/1.1')
  })

  it('set what is called --no-, which is undone without it', async () => {
    const home = makeHome({ [USER]: 'send: { progress: false, record: false }' })
    const { stdout } = await countersign(['config', 'explain', 'send'], { home, env: KEY })
    expect(stdout).toMatch(/^progress +false {2}\(/m)
    const run = await countersign(['send', '--progress', '--record', '-v', '--dry-run', BUCKET], {
      home,
      env: KEY,
    })
    expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining('progress=')])
  })

  it('name the key unless the command line or the environment names another', async () => {
    const home = makeHome({
      [USER]: 'all: { profile: dev }\nsign: { credentials: key.json }\n',
      '.config/countersign/key.json': JSON.stringify({ AccessKeyId: 'AKIDFILE', SecretAccessKey: 'a' }),
      '.aws/credentials': '[dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = a\n',
    })
    const keyOf = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
      const { stdout, stderr } = await countersign([...args, BUCKET], { home, env })
      return /Credential=(\w+)/.exec(stdout)?.[1] ?? stderr
    }
    expect(await keyOf(['sign'])).toBe('AKIDFILE')
    expect(await keyOf(['presign'])).toBe('AKIDDEV')
    expect(await keyOf(['sign', '--profile', 'dev'])).toBe('AKIDDEV')
    expect(await keyOf(['sign'], KEY)).toBe('AKIDEXAMPLE')
    expect(await keyOf(['presign'], KEY)).toBe('AKIDEXAMPLE')
  })

  it('leave it to explain which key a request names', async () => {
    const signed = await countersign(['sign', '--format', 'http', BUCKET], { env: KEY })
    const home = makeHome({ [USER]: 'all: { profile: gone }', 'request.http': signed.stdout })
    const args = ['explain', '-v', '--request', 'request.http', '--answer', '403']
    const { stderr } = await countersign(args, { home, env: KEY })
    expect(stderr).toContain('credentials=key …MPLE (from environment, compared here and sent nowhere)')
    const without = await countersign(args, { home })
    expect(without.stderr).not.toContain('There are no usable credentials')
  })

  it('say nothing to verifiers of services and regions, unless it is about them', async () => {
    const signed = await countersign(['sign', ...AT, '--format', 'http', BUCKET], { env: KEY })
    const verify = async (text: string): Promise<number | null> => {
      const home = makeHome({ [USER]: text, 'request.http': signed.stdout })
      return (
        await countersign(['verify', ...AT, 'request.http'], {
          home,
          env: { ...KEY, AWS_REGION: 'eu-west-1' },
        })
      ).code
    }
    expect(await verify('all: { service: sqs, region: us-east-1 }')).toBe(0)
    expect(await verify('verify: { region: us-east-1 }')).toBe(5)
  })
})

describe.concurrent('a project', () => {
  it.each([{ HOME: '' }, { HOME: '.' }, { XDG_CONFIG_HOME: '.config' }])(
    'is never taken for the home of its user: %j',
    async (env) => {
      const folder = makeHome({ [USER]: 'all: { credentials: "process:touch gone" }' })
      const home = makeHome()
      const line = `cd '${folder}' && exec '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
      const { code } = await runProgram('/bin/sh', ['-c', line], { home, env: { ...KEY, ...env } })
      expect([code, existsSync(join(folder, 'gone'))]).toEqual([0, false])
    },
  )

  it.each([
    ['the folder itself', ['notes/.git/x', 'notes/a/.countersign.yaml'], 'notes/a', '900'],
    ['a folder above', ['notes/.git/x', 'notes/.countersign.yaml'], 'notes/a', '900'],
    ['nothing above a repository', ['.countersign.yaml', 'notes/.git/x'], 'notes/a', '3600'],
    ['the home directory', ['.countersign.yaml'], 'notes/a', '900'],
  ])('is found in %s', async (_, files, folder, expected) => {
    const home = makeHome(Object.fromEntries(files.map((file) => [file, 'presign: { expires: 15m }'])))
    mkdirSync(join(home, folder), { recursive: true })
    const line = `cd '${folder}' && exec '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
    const { stdout } = await runProgram('/bin/sh', ['-c', line], { home, env: KEY })
    expect(partsOf(stdout)[1]).toBe(expected)
  })

  it('is none above the home directory, be that reached by a link', async () => {
    const top = makeHome({ [PROJECT]: 'presign: { expires: 15m }', 'ada/notes/x': '', '.git/x': '' })
    symlinkSync(join(top, 'ada'), join(top, 'linked'))
    for (const home of ['ada', 'linked']) {
      const line = `cd ada/notes && exec '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
      const env = { ...KEY, HOME: join(top, home) }
      const { stdout } = await runProgram('/bin/sh', ['-c', line], { home: top, env })
      expect(partsOf(stdout)[1]).toBe('3600')
    }
  })

  it('outside of both is that of the working directory alone', async () => {
    const top = makeHome({ [PROJECT]: 'presign: { expires: 15m }', 'a/b': '' })
    const run = async (folder: string): Promise<string | null | undefined> => {
      const line = `cd '${folder}' && exec '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
      const { stdout } = await runProgram('/bin/sh', ['-c', line], { env: KEY })
      return partsOf(stdout)[1]
    }
    expect(await run(top)).toBe('900')
    expect(await run(join(top, 'a'))).toBe('3600')
  })

  it.each([
    'all: { profile: prod }',
    'all: { credentials: "process:touch gone" }',
    'all: { access-key-id: AKID }',
    'send: { bearer: token }',
    'send: { proxy: "http://192.0.2.1" }',
    'send: { connect: "192.0.2.1:443" }',
    'send: { resolve: ["a:1:192.0.2.1"] }',
    'send: { sign-host: example.com }',
    'send: { insecure: true }',
    'send: { cacert: ca.pem }',
    'send: { output: file }',
    'send: { remote-name: true }',
    'send: { header: ["host: example.com"] }',
    'send: { location-trusted: true }',
    'send: { check-status: false }',
    'send: { unsigned-payload: true }',
    'send: { user: "a:b" }',
    'send: { retry: 9999 }',
    'send: { verbose: 3 }',
    'presign: { expires: 7d }',
    'presign: { expires: 61m }',
    'token: { expires: 1h }',
    'all: { algorithm: v2 }',
    'sign: { sign-headers: "x-one" }',
    'verify: { max-clock-skew: 9w }',
    'canon: { ladder: true }',
    'keys create: { store: elsewhere.db }',
  ])('cannot set what could do harm: %s', async (text) => {
    const home = makeHome({ [PROJECT]: `${text}\n` })
    const { code, stdout, stderr } = await countersign(['presign', BUCKET], { home, env: KEY })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: \.countersign\.yaml:1:\d+: [\w -]+\.[\w-]+ (?:may |holds a secret)/)
  })
})

describe.concurrent('a file that is wrong', () => {
  it.each([
    ['regoin: eu-west-1', '1:1: regoin is no verb; did you mean all.region?'],
    ['persign: { expires: 1m }', '1:1: persign is no verb; did you mean presign?'],
    ['all: { expires: 1m }', '1:8: all.expires is no option that several verbs have'],
    ['all: { regoin: a }', '1:8: all.regoin is no option that several verbs have; did you mean all.region?'],
    ['presign: { expire: 1m }', '1:12: presign.expire is no option of presign; did you mean expires?'],
    ['presign: { expires: soon }', '1:12: presign.expires '],
    ['presign: { expires: [1m] }', '1:12: presign.expires must be one value, and no list'],
    ['presign: { expires: { a: 1 } }', '1:12: presign.expires must be text'],
    ['presign: { expires: true }', '1:12: presign.expires must be text or a number'],
    ['presign: { expires: }', '1:12: presign.expires has no value'],
    ['presign: { keep-going: 1 }', '1:12: presign.keep-going must be true or false'],
    ['presign: { verbose: 9 }', '1:12: presign.verbose must be a number from 0 to 3'],
    ['presign: { algorithm: v9 }', '1:12: presign.algorithm must be one of v4, v4a, v2, s3v2'],
    ['presign: { header: ["a\\u001bb: 1"] }', '1:12: presign.header must be a list of texts'],
    ['presign chekc: { json: true }', '1:18: presign chekc is no verb'],
    ['presign: 15m', '1:1: presign must hold options'],
    ['- presign', '1:1: the file must hold groups of options'],
    ['gateway: { region: a }', '1:1: gateway has a file of its own'],
    ['presign: [', '2:1: this is not YAML'],
    ['a: 1\nb: 2', '1:1: a is no verb'],
  ])('ends it with its place: %s', async (text, expected) => {
    const home = makeHome({ [USER]: `${text}\n` })
    for (const args of [
      ['presign', BUCKET],
      ['config', 'explain'],
    ]) {
      const { code, stdout, stderr } = await countersign(args, { home, env: KEY })
      expect([args[0], code, stdout]).toEqual([args[0], 2, ''])
      expect(stderr).toContain(`~/${USER}:${expected}`)
    }
  })

  it('is looked at as a whole by config explain, and for its own verb by each', async () => {
    const home = makeHome({ [USER]: 'send: { retyr: 3, recrod: 1 }\n' })
    expect((await countersign(['presign', BUCKET], { home, env: KEY })).code).toBe(0)
    const { code, stderr } = await countersign(['config', 'explain'], { home, env: KEY })
    expect([code, stderr]).toEqual([2, expect.stringMatching(/retyr[^]*recrod/)])
    expect((await countersign(['help', 'send'], { home, env: KEY })).code).toBe(0)
  })

  it('is one that others can write to', async () => {
    const home = makeHome({ [USER]: 'all: { credentials: "process:touch gone" }' })
    chmodSync(join(home, USER), 0o646)
    const { code, stderr } = await countersign(['presign', BUCKET], { home })
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Others can write to ~/${USER}`)])
    expect(existsSync(join(home, 'gone'))).toBe(false)
  })

  it('repeats nothing of another file that it points to', async () => {
    const home = makeHome({ secret: '[default]\naws_secret_access_key = TOPSECRET\n' })
    const line = `ln -s secret ${PROJECT}; '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
    const { code, stdout, stderr } = await runProgram('/bin/sh', ['-c', line], { home, env: KEY })
    expect([code, stdout + stderr]).toEqual([2, expect.not.stringContaining('TOPSECRET')])
  })

  it('is none where it is no file', async () => {
    const home = makeHome()
    const line = `mkfifo ${PROJECT}; '${process.execPath}' '${COMMAND}' presign '${BUCKET}'`
    expect((await runProgram('/bin/sh', ['-c', line], { home, env: KEY })).code).toBe(0)
  })
})

describe.concurrent('config', () => {
  it('explains a verb: defaults, files, environment', async () => {
    const home = makeHome({ [USER]: 'all: { region: eu-west-3 }\nsend: { retry: 2 }\n' })
    const env = { ...KEY, AWS_REGION: 'eu-west-1' }
    const { stdout } = await countersign(['config', 'explain', 'send'], { home, env })
    expect(stdout).toMatch(/^retry +2 {2}\(~\/\.config\/countersign\/config\.yaml:2:9\)$/m)
    expect(stdout).toMatch(/^region +eu-west-1 {2}\(AWS_REGION; wins over ~.*:1:8\)$/m)
    expect(stdout).toMatch(/^max-redirs +10 {2}\(default\)$/m)
    expect(stdout).toMatch(/^check-status +true {2}\(default\)$/m)
    const below = await countersign(['config', 'explain', 'presign', 'check'], { home, env })
    expect(below.stdout).toMatch(/^at +- {2}\(default\)$/m)
  })

  it('tells where the files are', async () => {
    const home = makeHome({ [PROJECT]: '' })
    const { stdout } = await countersign(['config', 'path'], { home })
    expect(stdout).toBe(`user     ${join(home, USER)}  (not there)\nproject  ${join(home, PROJECT)}\n`)
    const { stdout: json } = await countersign(['config', 'path', '--json'], { home })
    expect(JSON.parse(json)).toMatchObject({
      user: { isThere: false },
      project: { path: join(home, PROJECT) },
    })
  })

  it.each([
    [['gateway'], 'countersign gateway --explain-config'],
    [['completion'], 'countersign help'],
    [['presign', 'chekc'], 'presign chekc is no verb'],
  ])('knows no defaults of %j', async (words, message) => {
    const { code, stderr } = await countersign(['config', 'explain', ...words])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`There are no defaults for ${words.join(' ')}`),
    ])
    expect(stderr).toContain(message)
  })
})
