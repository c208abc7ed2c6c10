/** `countersign presign`: the URLs are those of the AWS Common Runtime, and `presign check` reads them. */
import { describe, expect, it } from 'vitest'
import { countersign, KEY, TEMPORARY_KEY, type Run } from './kit/run-command.ts'
import { answersOf, AT, REQUESTS } from './kit/vectors.ts'

const OBJECT = 'https://b.s3.eu-west-1.amazonaws.com/k'

function parametersOf(url: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(url.split('?')[1]))
}

async function presign(args: readonly string[], env: Readonly<Record<string, string>> = KEY): Promise<Run> {
  return countersign(['presign', '--at', AT, ...args], { env })
}

describe.concurrent('known answers of the AWS Common Runtime', () => {
  const answers = answersOf('crt').filter(({ presigned }) => presigned !== undefined)

  it('has some', () => {
    expect(answers.length).toBeGreaterThan(10)
  })

  it.each(answers)('$name', async ({ name, presigned = '' }) => {
    const request = REQUESTS.find((own) => own.name === name)!
    const { code, stdout } = await presign(
      [
        '--expires',
        '10m',
        '-X',
        request.method,
        '--service',
        request.service,
        '--region',
        request.region,
        ...(request.headers ?? []).flatMap(([header, value]) => ['-H', `${header}: ${value}`]),
        request.url,
      ],
      request.isTemporary ? TEMPORARY_KEY : KEY,
    )
    expect(code).toBe(0)
    expect(parametersOf(stdout.trim())).toEqual(parametersOf(presigned))
  })
})

describe.concurrent('what is printed', () => {
  it('is the URL on stdout; what must be sent and the end on stderr', async () => {
    const { stdout, stderr } = await presign(['-X', 'PUT', '-H', 'content-type: text/plain', OBJECT])
    expect(stdout).toMatch(/^https:\/\/b\.s3\.eu-west-1\.amazonaws\.com\/k\?X-Amz-\S+\n$/)
    expect(stderr).toBe(
      'PUT, valid until 2026-11-22T13:34:56Z (1 hour)\nsend with it:\n  content-type: text/plain\n',
    )
  })

  it('is one object with --json', async () => {
    const { stdout, stderr } = await presign(['--json', '--expires', '7d', '-H', 'x-amz-meta-a: b', OBJECT])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      schema: 'countersign/presign/1',
      url: expect.stringContaining('X-Amz-Expires=604800') as string,
      method: 'GET',
      headers: [['x-amz-meta-a', 'b']],
      expiresAt: '2026-11-29T12:34:56Z',
      scope: { date: '20261122', region: 'eu-west-1', service: 's3' },
      signedHeaders: ['host', 'x-amz-meta-a'],
      why: expect.arrayContaining([
        { what: 'region', value: 'eu-west-1', from: 'host b.s3.eu-west-1.amazonaws.com' },
      ]) as unknown,
      warnings: [],
    })
  })

  it('tells of credentials that end before the URL would', async () => {
    const document = JSON.stringify({
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(Date.now() + 1800_500).toISOString(),
    })
    const { stdout, stderr } = await countersign(['presign', '--credentials', '-', OBJECT], {
      input: document,
    })
    const seconds = Number(parametersOf(stdout.trim())['X-Amz-Expires'])
    expect(seconds).toBeLessThanOrEqual(1801)
    expect(seconds).toBeGreaterThan(1700)
    expect(stderr).toContain('warning: the credentials end before the time that was asked for')
  })

  it.each(['0', '8d', '1.5', 'soon', '-1'])('is an error for --expires %s', async (time) => {
    const { code, stdout, stderr } = await presign([`--expires=${time}`, OBJECT])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--expires')
  })
})

describe.concurrent('presign check', () => {
  const made = presign(['--expires', '1h', '-H', 'x-amz-meta-a: b', OBJECT], TEMPORARY_KEY)

  async function check(change: (url: string) => string, at: string, ...args: string[]): Promise<Run> {
    const url = change((await made).stdout.trim())
    return countersign(['presign', 'check', '--at', at, ...args, url])
  }

  it('says what a URL is for and how long it lives, without its signature and its token', async () => {
    const { code, stdout, stderr } = await check((url) => url, '20261122T130000Z')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^valid\nkey {6}AKIDEXAMPLE\nscope {4}20261122\/eu-west-1\/s3\nfrom {5}2026-11-22T12:34:56Z\nuntil {4}2026-11-22T13:34:56Z \(34 minutes 56 seconds left\)\nsend {5}x-amz-meta-a\nurl {6}https:/,
    )
    expect(stdout).toMatch(/X-Amz-Security-Token=\[redacted:sha256:[0-9a-f]{8}\]/)
    expect(stdout).toMatch(/X-Amz-Signature=\[redacted:sha256:[0-9a-f]{8}\]/)
    expect(stdout).not.toMatch(/[0-9a-f]{64}|AQoEXAMPLE/)
  })

  it.each([
    ['its last second', '20261122T133456Z', 0, 'valid'],
    ['the second after', '20261122T133457Z', 5, 'expired'],
    ['a clock that is five minutes behind', '20261122T122956Z', 0, 'valid'],
    ['a clock that is more behind', '20261122T122955Z', 6, 'not yet valid'],
  ])('at %s', async (_, at, expected, state) => {
    const { code, stdout } = await check((url) => url, at, '--json')
    const report = JSON.parse(stdout) as Record<string, unknown>
    expect([code, report['state'], report['schema']]).toEqual([
      expected,
      state,
      'countersign/presign-check/1',
    ])
  })

  it.each([
    ['& written as &amp;', (url: string) => url.replaceAll('&', '&amp;')],
    ['& written as \\u0026', (url: string) => url.replaceAll('&', '\\u0026')],
    ['encoded twice', (url: string) => url.replaceAll('%', '%25')],
    ['encoded as a whole', (url: string) => encodeURIComponent(url)],
    ['quotes or brackets around it', (url: string) => `<"${url}">`],
    ['blanks or line ends in it', (url: string) => `${url.slice(0, 90)}\n  ${url.slice(90)}`],
    ['backslashes before its signs', (url: string) => url.replaceAll(/[?&=]/g, '\\$&')],
  ])('repairs a URL with %s', async (damage, change) => {
    const whole = JSON.parse((await check((url) => url, AT, '--json')).stdout) as { url: string }
    const { code, stdout, stderr } = await check(change, AT, '--json')
    expect([code, stderr]).toEqual([5, ''])
    expect(JSON.parse(stdout)).toMatchObject({ state: 'damaged', damages: [damage], url: whole.url })
  })

  it('reads a URL from standard input', async () => {
    const { stdout: input } = await made
    const { code } = await countersign(['presign', 'check', '--at', AT, '-'], { input })
    expect(code).toBe(0)
  })

  it.each([
    ['no URL', () => 'hello', 'no signature'],
    ['a plain URL', () => OBJECT, 'no signature'],
    ['one with a parameter missing', (url: string) => url.replace(/X-Amz-Date=[^&]*&/, ''), 'X-Amz-Date'],
    ['one with a lifetime that is none', (url: string) => url.replace('=3600', '=x'), 'X-Amz-Expires'],
    ['one that was cut off', (url: string) => url.replace(/(Signature=.{9}).*/, '$1'), 'cut off'],
    ['one of another day', (url: string) => url.replace('%2F20261122', '%2F20261123'), 'scope'],
    ['one of SigV2', () => `${OBJECT}?AWSAccessKeyId=a&Signature=b&Expires=1`, 'SigV2'],
  ])('is 5 for %s', async (_, change, why) => {
    const { code, stdout, stderr } = await check(change, AT, '--json')
    expect([code, stdout]).toEqual([5, ''])
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'URL_MALFORMED', why: expect.stringContaining(why) as string },
    })
  })

  it('reads a token with an escape that is none', async () => {
    const { code, stdout } = await check((url) => url.replace(/Token=[^&]*/, 'Token=%zz'), AT)
    expect([code, stdout]).toEqual([0, expect.stringContaining('Token=[redacted')])
  })
})
