/** What all verbs have in common: help, wrong command lines, errors as text and as JSON, colour, pipes and signals. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, openSync, readFileSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND, countersign, KEY, makeHome, runProgram, TEMPORARY_KEY } from './kit/run-command.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'
const VERBS = [
  'send',
  'sign',
  'presign',
  'post-policy',
  'cloudfront',
  'token',
  'identity-proof',
  'verify',
  'explain',
  'canon',
  'events',
  'doctor',
  'config',
  'gateway',
  'proxy',
  'keys',
  'completion',
]

describe.concurrent('help', () => {
  it.each([[], ['-h'], ['--help'], ['help'], ['help', '-h'], ['help', 'help']].map((args) => [args]))(
    'is the overview for %j',
    async (args) => {
      const { code, stdout, stderr } = await countersign(args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout.split('\n').length).toBeLessThanOrEqual(41)
      for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} +\\S`, 'm'))
      expect(stdout).toContain('Examples:\n  countersign ')
    },
  )

  it('on send lists what is used most, or all', async () => {
    const short = await countersign(['send', '-h'])
    const long = await countersign(['help', 'send'])
    expect(short.stdout.split('\n').length).toBeLessThanOrEqual(41)
    expect(short.stdout).toContain('countersign help send')
    expect(short.stdout).not.toContain('--fail-with-body')
    expect(long.stdout).toContain('--fail-with-body')
    for (const { stdout } of [short, long]) expect(stdout).toContain('Examples:\n  ')
  })

  // `help config` is on the files.
  it.each(VERBS.filter((verb) => verb !== 'send' && verb !== 'config'))(
    'on %s has at most 40 lines, with examples',
    async (verb) => {
      const short = await countersign([verb, '-h'])
      const long = await countersign(['help', verb])
      expect([short.code, long.code]).toEqual([0, 0])
      // What few need is in the long one alone, which the short one names.
      const [options = '', more = ''] = short.stdout.split('\nA few more options: ')
      expect(long.stdout.split('\n')).toEqual(expect.arrayContaining(options.trimEnd().split('\n')))
      expect(more.trim()).toBe(short.stdout === long.stdout ? '' : `countersign help ${verb}`)
      expect(short.stdout.split('\n').length).toBeLessThanOrEqual(41)
      expect(short.stdout).toContain(`Usage: countersign ${verb} `)
      expect(short.stdout).toContain(`Examples:\n  `)
    },
  )

  it.each([
    ['exit-codes', '130'],
    ['environment', 'AWS_PROFILE'],
    ['credentials', '--secret-stdin'],
  ])('on %s', async (topic, part) => {
    const { code, stdout } = await countersign(['help', topic])
    expect([code, stdout]).toEqual([0, expect.stringContaining(part)])
  })

  it('names what there is help on', async () => {
    const { code, stderr } = await countersign(['help', 'me'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('exit-codes')])
  })

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect((await countersign(['--version'])).stdout).toBe(`${version}\n`)
  })
})

describe.concurrent('wrong command lines', () => {
  it.each([
    [['sgin'], 'did you mean sign?'],
    [['sign', '--sevrice', 'x', SQS], 'did you mean --service?'],
    [['presign', '--expire', '5m', SQS], 'did you mean --expires?'],
    [['presign', 'check', '--jsn', SQS], 'did you mean --json?'],
    [['keys', 'lst'], 'did you mean list?'],
    [['nonsense'], 'countersign help'],
    [['sign'], 'countersign help sign'],
    [['sign', SQS, SQS], 'countersign help sign'],
    [['sign', '--format', 'xml', SQS], 'countersign help sign'],
    [['sign', '--at', 'noon', SQS], '--at 20150830T123600Z'],
    [['sign', '--at', '20150230T000000Z', SQS], '--at 20150830T123600Z'],
    [['sign', '-H', 'nonsense', SQS], "-H 'name: value'"],
    [['sign', '-X', 'G T', SQS], 'GET or PUT'],
    [['sign', '-d', '@nowhere', SQS], 'check the path'],
    [['sign', '-T', '.', SQS], 'check the path'],
    [['sign', '-T', 'nowhere', SQS], 'check the path'],
    [['sign', '-T', 'a', '-d', 'b', SQS], 'give one of them'],
    [['sign', '--sign-headers', 'a b', SQS], 'countersign help sign'],
    [['verify', 'nowhere'], 'check the path'],
  ] as [string[], string][])('are answered with what to type: %j', async (args, fix) => {
    const { code, stdout, stderr } = await countersign(args, { env: KEY })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })

  it.each([[['--json']], [['--json', 'sing']], [['sing', '--json']], [['help', 'sing', '--json']]])(
    'are JSON for %j, too, which has no verb',
    async (args) => {
      const { code, stdout, stderr } = await countersign(args)
      expect([code, stdout, JSON.parse(stderr)]).toEqual([
        2,
        '',
        { error: expect.objectContaining({ code: 'USAGE' }) },
      ])
    },
  )

  it('name what is missing where --json stands alone', async () => {
    const { code, stderr } = await countersign(['--json'])
    expect([code, JSON.parse(stderr)]).toEqual([
      2,
      {
        error: expect.objectContaining({
          message: 'The verb is missing',
          fix: expect.stringContaining('send, sign') as string,
        }) as object,
      },
    ])
  })

  it('are JSON on stderr with --json', async () => {
    const { code, stdout, stderr } = await countersign(['sign', '--json', 'https://example.com/'], {
      env: KEY,
    })
    expect([code, stdout]).toEqual([2, ''])
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'SCOPE_UNKNOWN',
        message: 'example.com does not tell service and region',
        why: expect.any(String) as string,
        fix: 'add --service NAME --region NAME',
      },
    })
  })

  it.each([
    '--secret=TOPSECRET',
    '--secret-access-key=TOPSECRET',
    '--session-token=TOPSECRET',
    '--passwrd=TOPSECRET',
  ])('do not repeat what may be a secret: %s', async (flag) => {
    const { code, stdout, stderr } = await countersign(['sign', flag, SQS], { env: KEY })
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('TOPSECRET')
    expect(stderr).toContain(flag.split('=')[0])
  })
})

describe.concurrent('secrets', () => {
  it('and tokens show nowhere but where the token is sent', async () => {
    const home = makeHome({ 'request.http': `GET / HTTP/1.1\nHost: sqs.eu-west-1.amazonaws.com\n\n` })
    const runs: [string[], boolean][] = [
      [['sign', '-vvv', SQS], true],
      [['sign', '--format', 'curl', SQS], true],
      [['sign', '--json', SQS], true],
      [['presign', '-vvv', SQS], true],
      [['presign', '--json', SQS], true],
      [['canon', '-vvv', SQS], false],
      [['canon', '--json', '--ladder', SQS], false],
      [['canon', '--request', 'request.http'], false],
      [['verify', '-vvv', 'request.http'], false],
      [['verify', '--json', 'request.http'], false],
      [['sign', '--region', '', '-H', 'bad', SQS], false],
    ]
    const { AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = TEMPORARY_KEY
    for (const [args, isTokenSent] of runs) {
      const { stdout, stderr } = await countersign(args, { env: TEMPORARY_KEY, home })
      expect(stdout + stderr, args.join(' ')).not.toContain(secret)
      expect(stderr, args.join(' ')).not.toContain(token)
      const isShown = stdout.includes(token) || stdout.includes(encodeURIComponent(token))
      expect(isShown, args.join(' ')).toBe(isTokenSent)
    }
  })
})

describe.concurrent('colour', () => {
  const bad = ['sign', 'https://example.com/']
  it.each([
    [{}, false],
    [{ CLICOLOR_FORCE: '1' }, true],
    [{ CLICOLOR_FORCE: '0' }, false],
    [{ CLICOLOR_FORCE: '1', NO_COLOR: '1' }, false],
    [{ CLICOLOR_FORCE: '1', NO_COLOR: '' }, true],
  ] as [Record<string, string>, boolean][])('of errors with %j: %s', async (env, isColorful) => {
    const { stderr } = await countersign(bad, { env: { ...KEY, ...env } })
    expect(stderr.startsWith('\u001B[31merror')).toBe(isColorful)
  })

  it.each([
    ['always', true],
    ['never', false],
    ['auto', false],
  ])('of verdicts with --color %s', async (choice, isColorful) => {
    const { stdout } = await countersign(['verify', '--color', choice], {
      env: KEY,
      input: 'GET / HTTP/1.1\nHost: x\n\n',
    })
    expect(stdout.startsWith('\u001B[31minvalid')).toBe(isColorful)
  })
})

describe('pipes and signals', () => {
  it('ends quietly when its reader has read enough', async () => {
    const home = makeHome({ big: Buffer.alloc(8 * 1024 * 1024) })
    const line = `"${process.execPath}" "${COMMAND}" sign --format http -T big https://b.s3.eu-west-1.amazonaws.com/k | head -c 9`
    const { stdout, stderr } = await runProgram('/bin/sh', ['-c', line], { env: KEY, home })
    expect([stdout, stderr]).toEqual(['PUT /k HT', ''])
  })

  it('ends quietly when its reader is gone before the first line', async () => {
    const line = `{ "${process.execPath}" "${COMMAND}" canon ${SQS}; echo "ended with $?" >&2; } | true`
    const { stderr } = await runProgram('/bin/sh', ['-c', line], { env: KEY })
    expect(stderr).toBe('ended with 0\n')
  })

  it.skipIf(process.platform === 'win32')(
    'waits for a reader whose pipe is full, and does not want to wait',
    async () => {
      const home = makeHome()
      await runProgram('/bin/sh', ['-c', 'mkfifo pipe'], { home })
      const pipe = openSync(join(home, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
      const filler = Buffer.alloc(4096, '-')
      const isTaken = (): boolean => {
        try {
          return writeSync(pipe, filler) > 0
        } catch {
          return false
        }
      }
      while (isTaken());
      const line = `exec "${process.execPath}" "${COMMAND}" presign https://b.s3.eu-west-1.amazonaws.com/a >&3`
      const env = { ...KEY, HOME: home, PATH: process.env['PATH'] }
      const child = spawn('/bin/sh', ['-c', line], { env, stdio: ['ignore', 'ignore', 'pipe', pipe] })
      // The note comes behind the URL, which has found the pipe full by now.
      await once(child.stderr!, 'data')
      const reader = new Socket({ fd: pipe, readable: true, writable: false })
      let text = ''
      for await (const chunk of reader) {
        text += String(chunk)
        if (text.endsWith('\n')) break
      }
      expect(text.replace(/^-+/, '')).toMatch(/^https:\S+X-Amz-Signature=[0-9a-f]{64}\n$/)
    },
  )

  it.skipIf(process.platform === 'win32')('says so when a file cannot grow', async () => {
    const line = `trap '' XFSZ; ulimit -f 0; "${process.execPath}" "${COMMAND}" canon ${SQS} > file`
    const { code, stderr } = await runProgram('/bin/sh', ['-c', line], { env: KEY })
    expect([code, stderr]).toEqual([
      1,
      'error: The output cannot be written\n  why: EFBIG\n  fix: write it to another place\n',
    ])
  })

  it('says so when the disk is full', async () => {
    const line = `"${process.execPath}" "${COMMAND}" canon ${SQS} > /dev/full`
    const { code, stderr } = await runProgram('/bin/sh', ['-c', line], { env: KEY })
    expect([code, stderr]).toEqual([
      1,
      'error: The output cannot be written\n  why: the disk is full\n  fix: write it to another place\n',
    ])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends with its code at %s', async (signal, expected) => {
    const child = spawn(process.execPath, [COMMAND, 'verify', '-v'], {
      env: { ...KEY, HOME: makeHome(), PATH: process.env['PATH'] },
    })
    // The provenance line says that it is about to wait for its standard input.
    await once(child.stderr, 'data')
    child.kill(signal)
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code).toBe(expected)
  })
})
