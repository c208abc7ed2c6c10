/** `countersign presign --from`: a list gives what its lines would give one by one, and a bad line is told by its number. */
import { describe, expect, it } from 'vitest'
import { formatListProgress } from '../src/presign/list-progress.ts'
import { COMMAND, countersign, KEY, makeHome, runCommand, runProgram, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const BUCKET = 'https://b.s3.eu-west-1.amazonaws.com/'

async function presign(args: readonly string[], input = ''): Promise<Run> {
  return countersign(['presign', '--at', AT, ...args], { env: KEY, input })
}

async function oneByOne(lines: readonly (readonly string[])[]): Promise<string> {
  const runs = await Promise.all(lines.map((args) => presign(args)))
  return runs.map(({ stdout }) => stdout).join('')
}

describe.concurrent('a list', () => {
  it('of URLs of several hosts gives their presigned URLs, in their order', async () => {
    const urls = [
      `${BUCKET}a`,
      'https://sqs.us-east-1.amazonaws.com/1/q?Action=x',
      `${BUCKET}b%20c?versionId=1`,
    ]
    const { code, stdout, stderr } = await presign(['--from', '-', '--expires', '15m'], urls.join('\n'))
    expect(stdout).toBe(await oneByOne(urls.map((url) => ['--expires', '15m', url])))
    expect([code, stderr]).toEqual([0, '3 URLs, the first to end at 2026-11-22T12:49:56Z\n'])
  })

  it('of keys has them encoded below a URL, whose query stays behind them', async () => {
    const { stdout } = await presign(
      ['--from', '-', `${BUCKET}p/?versionId=1`],
      'a b+c/ü%.png\n~plain-1.txt\n',
    )
    expect(stdout).toBe(
      await oneByOne([
        [`${BUCKET}p/a%20b%2Bc/%C3%BC%25.png?versionId=1`],
        [`${BUCKET}p/~plain-1.txt?versionId=1`],
      ]),
    )
  })

  it('of JSON says for each line what it is', async () => {
    const lines = [
      { url: `${BUCKET}a`, method: 'PUT', expires: '10m', headers: { 'content-type': 'image/png' } },
      { key: '{', expires: 60, headers: [['x-amz-meta-a', '1']] },
      { url: 'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/s?language-code=en-US' },
    ]
    const input = lines.map((line) => JSON.stringify(line)).join('\r\n')
    const { stdout } = await presign(['--from', '-', BUCKET], `\uFEFF${input}\r\n\r\n`)
    expect(stdout).toBe(
      await oneByOne([
        ['-X', 'PUT', '--expires', '10m', '-H', 'content-type: image/png', `${BUCKET}a`],
        ['--expires', '60', '-H', 'x-amz-meta-a: 1', `${BUCKET}%7B`],
        [lines[2]!.url!],
      ]),
    )
  })

  it('comes out as JSON lines with --json, with what must be sent', async () => {
    const home = makeHome({ list: 'a\n\nb\n' })
    const args = [
      'presign',
      '--at',
      AT,
      '--json',
      '-X',
      'PUT',
      '-H',
      'x-amz-acl: private',
      '--from',
      'list',
      BUCKET,
    ]
    const { stdout, stderr } = await countersign(args, { env: KEY, home })
    expect(stderr).toBe('')
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [1, 3].map((line) => ({
        line,
        method: 'PUT',
        url: expect.stringContaining('X-Amz-SignedHeaders=host%3Bx-amz-acl') as string,
        headers: [['x-amz-acl', 'private']],
        expiresAt: '2026-11-22T13:34:56Z',
      })),
    )
  })

  it('may be empty', async () => {
    expect(await presign(['--from', '-'])).toMatchObject({ code: 0, stdout: '', stderr: '0 URLs\n' })
  })
})

describe.concurrent('a line that cannot be presigned', () => {
  it.each([
    ['caf\uFFFD.jpg', 'It is no UTF-8'],
    ['{"url":', 'It is not JSON'],
    ['{"url":"https://b.s3.eu-west-1.amazonaws.com/a","key":"a"}', 'It has no url, or a key as well'],
    ['{"path":"a"}', 'It has an unknown field path'],
    ['{"key":"a","method":1}', 'It has a method that is no text'],
    ['{"key":"a","expires":"soon"}', '"expires" is no duration: soon'],
    ['{"key":"a","expires":true}', 'It has no lifetime in "expires"'],
    ['{"key":"a","headers":{"a":1}}', 'It has headers that are no texts'],
    ['{"key":"a","headers":7}', 'It has headers that are no texts'],
    ['https://example.com/', 'example.com does not tell service and region'],
    ['{"key":"a","expires":9999999}', '--expires must be 1 to 604800 whole seconds'],
  ])('is told by its number, and ends it: %s', async (line, message) => {
    const { code, stdout, stderr } = await presign(['--from', '-', BUCKET], `a\n${line}\nb\n`)
    expect([code, stdout.split('\n').length]).toEqual([2, 2])
    expect(stderr).toMatch(/^error: Line 2: .*\n {2}why: .*\n {2}fix: .*\n$/)
    expect(stderr).toContain(message)
  })

  it('is passed over with --keep-going, which the exit code tells', async () => {
    const { code, stdout, stderr } = await presign(
      ['--from', '-', '--keep-going', BUCKET],
      'a\n{\nb\n{"x":1}\n',
    )
    expect(stdout).toBe(await oneByOne([[`${BUCKET}a`], [`${BUCKET}b`]]))
    expect(code).toBe(2)
    expect(stderr.split('\n')).toEqual([
      'skipped line 2: It is not JSON',
      'skipped line 4: It has an unknown field x',
      '2 URLs, the first to end at 2026-11-22T13:34:56Z',
      '2 lines skipped',
      '',
    ])
  })

  it('is one JSON object on stderr with --json', async () => {
    const { stderr } = await presign(['--from', '-', '--keep-going', '--json', BUCKET], 'a\n{\n')
    expect(JSON.parse(stderr)).toMatchObject({ line: 2, error: { code: 'LINE_INVALID' } })
  })

  it('is warned of by its number, and once', async () => {
    const { stderr } = await presign(['--from', '-', BUCKET], 'a\nb/../c\nd/../e\n')
    expect(stderr).toMatch(
      /^warning: line 2: the path has dot segments.*\nDOT_SEGMENTS was about 2 lines\n3 URLs/,
    )
  })
})

describe.concurrent('a command line', () => {
  it.each([
    [[], 'There is no URL'],
    [['--keep-going', BUCKET], '--keep-going needs --from'],
    [['--from', 'nowhere'], '--from cannot read nowhere'],
    [['--from', '.'], '--from cannot read .'],
    [['--from', '-', BUCKET.slice(0, -1)], 'has no / at its end'],
  ])('that cannot be: %j', async (args, message) => {
    const { code, stderr } = await presign(args, 'a')
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('takes a key for no URL where there is nothing to put it behind', async () => {
    const { code, stderr } = await presign(['--from', '-'], 'a.png\n')
    expect([code, stderr]).toEqual([2, expect.stringContaining('Line 1: It is neither a URL nor JSON')])
  })

  it('takes a file of another kind for no list', async () => {
    const { code, stderr } = await presign(['--from', '-', BUCKET], 'a'.repeat(70_000))
    expect([code, stderr]).toEqual([2, expect.stringContaining('more than 65536 characters')])
  })

  it('ends where credentials end, whatever is to be passed over', async () => {
    const env = { ...KEY, AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: '2026-11-22T12:00:00Z' }
    const args = ['presign', '--from', '-', '--keep-going', '--at', '20261122T130000Z', BUCKET]
    const { code } = await countersign(args, { env, input: 'a\n' })
    expect(code).toBe(3)
  })
})

it('says nothing when its reader has read enough', async () => {
  const list = Array.from({ length: 20_000 }, (_, index) => `key-${index}`).join('\n')
  const home = makeHome({ list })
  const line = `"${process.execPath}" "${COMMAND}" presign --from list ${BUCKET} | head -1 | wc -l`
  const { stdout, stderr } = await runProgram('/bin/sh', ['-c', line], { env: KEY, home })
  expect([stdout.trim(), stderr]).toEqual(['1', ''])
})

it('presigns a list of any length, also one that is in more than one piece', async () => {
  const list = Array.from({ length: 30_000 }, (_, index) => `schlüssel/${index}`).join('\n')
  const { stdout, stderr } = await runCommand(['presign', '--at', AT, '--from', '-', BUCKET], {
    env: KEY,
    input: list,
  })
  const urls = stdout.split('\n').slice(0, -1)
  expect(urls.map((url) => url.split('?')[0])).toEqual(
    Array.from({ length: 30_000 }, (_, index) => `${BUCKET}schl%C3%BCssel/${index}`),
  )
  expect(stderr).toContain('30000 URLs')
})

it.each([
  [80, '41200 URLs, 20600 a second, 41 % [###############-----------------------]'],
  [50, '41200 URLs, 20600 a second, 41 % [#####---------]'],
  [40, '41200 URLs, 20600 a second, 41 % '],
])('shows how far it is in %i columns', (width, line) => {
  expect(formatListProgress(41_200, 0.41, 2000, width)).toBe(line)
  expect(formatListProgress(41_200, undefined, 2000, width)).toBe('41200 URLs, 20600 a second')
})
