/** `countersign verify`: captured requests, good and bad, and what their owners are told. */
import { describe, expect, it } from 'vitest'
import { SigningKey } from 'countersign'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const TABLES = 'https://dynamodb.us-west-2.amazonaws.com/'

async function capture(
  args: readonly string[],
  env: Readonly<Record<string, string>> = KEY,
): Promise<Buffer> {
  const { bytes, code } = await countersign(['sign', '--at', AT, '--format', 'http', ...args], { env })
  expect(code).toBe(0)
  return bytes
}

async function verify(
  input: Uint8Array | string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = KEY,
): Promise<Run> {
  return countersign(['verify', '--at', AT, ...args], { env, input })
}

describe.concurrent('good requests', () => {
  it.each([
    ['a header signature', ['-d', '{}', '-H', 'content-type: application/x-amz-json-1.0', TABLES], KEY],
    ['a session token', [TABLES], TEMPORARY_KEY],
    ['an S3 path as it stands', ['https://b.s3.eu-west-1.amazonaws.com/a//b/%2e%2e/ü?acl'], KEY],
  ])('are valid: %s', async (_, args, env) => {
    const { code, stdout, stderr } = await verify(await capture(args, env), [], env)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    expect(stdout).toMatch(/^valid\n\n(?:ok {4}.+\n)+$/)
  })

  it('may have line ends of either kind, folded lines, and a body of any bytes', async () => {
    const body = Uint8Array.from([13, 10, 13, 10, 0, 255])
    const home = makeHome({ body })
    const { bytes } = await countersign(
      [
        'sign',
        '--at',
        AT,
        '--format',
        'http',
        '-H',
        'x-amz-meta-a: b c',
        '-T',
        'body',
        'https://b.s3.eu-west-1.amazonaws.com/k',
      ],
      { env: KEY, home },
    )
    const head = bytes.subarray(0, -body.length).toString('latin1')
    const folded = head.replaceAll('\r\n', '\n').replace('b c', 'b\n  c')
    for (const text of [head, folded]) {
      expect((await verify(Buffer.concat([Buffer.from(text), body]))).code).toBe(0)
    }
  })

  it('may be presigned URLs, in a file', async () => {
    const { stdout } = await countersign(['presign', '--at', AT, 'https://b.s3.eu-west-1.amazonaws.com/k'], {
      env: KEY,
    })
    const target = stdout.trim().slice('https://b.s3.eu-west-1.amazonaws.com'.length)
    const home = makeHome({
      'request.http': `GET ${target} HTTP/1.1\nHost: b.s3.eu-west-1.amazonaws.com\n\n`,
    })
    const { code } = await countersign(['verify', 'request.http', '--at', '20261122T130000Z'], {
      env: KEY,
      home,
    })
    expect(code).toBe(0)
    const late = await countersign(['verify', 'request.http', '--at', '20261122T140000Z'], { env: KEY, home })
    expect([late.code, late.stdout]).toEqual([5, expect.stringContaining('FAIL  presigned expiry')])
  })

  it('are verified with a derived key in place of the secret', async () => {
    const key = SigningKey.derive(KEY.AWS_SECRET_ACCESS_KEY, {
      date: '20261122',
      region: 'us-west-2',
      service: 'dynamodb',
    })
    const home = makeHome({ key: `${key.export()}\n` })
    const input = await capture([TABLES])
    const args = ['verify', '--at', AT, '--access-key-id', 'AKIDEXAMPLE', '--signing-key', 'key']
    const { code } = await countersign(args, { home, input })
    expect(code).toBe(0)
  })

  it('lose a line end that an editor added, with a warning', async () => {
    const { code, stderr } = await verify(
      Buffer.concat([await capture(['-d', '{}', TABLES]), Buffer.from('\n')]),
    )
    expect([code, stderr]).toEqual([0, expect.stringContaining('the line end behind the body is left out')])
  })
})

describe.concurrent('bad requests', () => {
  it('show the canonical request and the string to sign, never the signature that was computed', async () => {
    const good = (await capture(['-d', '{}', TABLES])).toString()
    const { code, stdout } = await verify(good.replace('{}', '[]'))
    expect(code).toBe(5)
    expect(stdout).toContain('FAIL  signature: ')
    expect(stdout).toContain('(SIGNATURE_MISMATCH)')
    expect(stdout).toContain('# canonical request\nPOST\n/\n\nhost:dynamodb.us-west-2.amazonaws.com\n')
    expect(stdout).toContain('# string to sign\nAWS4-HMAC-SHA256\n20261122T123456Z\n')
    // What it should have been for the altered body.
    const computed = /Signature=(\w+)/.exec((await capture(['-d', '[]', TABLES])).toString())?.[1] ?? ''
    expect(computed).toMatch(/^[0-9a-f]{64}$/)
    expect(stdout).not.toContain(computed)
  })

  it('are reported as one object with --json', async () => {
    const good = (await capture(['-d', '{}', TABLES])).toString()
    const { code, stdout, stderr } = await verify(good.replace('{}', '[]'), ['--json'])
    expect([code, stderr]).toEqual([5, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign/verify/1',
      verdict: 'invalid',
      mechanism: 'header',
      accessKeyId: 'AKIDEXAMPLE',
      scope: { date: '20261122', region: 'us-west-2', service: 'dynamodb' },
      findings: expect.arrayContaining([
        {
          check: 'signature',
          isOk: false,
          code: 'SIGNATURE_MISMATCH',
          message: expect.any(String) as string,
        },
      ]) as unknown,
      why: expect.arrayContaining([
        { what: 'region', value: 'us-west-2', from: "the request's own scope" },
      ]) as unknown,
    })
  })

  it.each([
    ['the clock alone', ['--at', '20261122T124500Z'], 6],
    ['a wider clock', ['--at', '20261122T124500Z', '--max-clock-skew', '15m'], 0],
    ['another region', ['--region', 'eu-west-1'], 5],
    ['another service', ['--service', 's3'], 5],
    ['another region and the clock', ['--at', '20261122T124500Z', '--region', 'eu-west-1'], 5],
  ])('end as the cause has it: %s', async (_, args, expected) => {
    const { code } = await verify(await capture([TABLES]), args)
    expect(code).toBe(expected)
  })

  it('of a key that there are no credentials of are 3, and say so', async () => {
    const input = await capture([TABLES])
    const other = { AWS_ACCESS_KEY_ID: 'AKIAOTHERONE', AWS_SECRET_ACCESS_KEY: 'x' }
    const { code, stdout } = await verify(input, [], other)
    expect(code).toBe(3)
    expect(stdout).toContain(
      'It was signed with the key …MPLE, and the credentials are of …RONE (KEY_UNKNOWN)',
    )
    expect(stdout).toMatch(/^unproven\n/)
    expect((await verify(input, [], {})).code).toBe(3)
  })

  it('keep their session token out of what is shown', async () => {
    const good = (await capture(['-d', '{}', TABLES], TEMPORARY_KEY)).toString()
    for (const format of [[], ['--json'], ['-vvv']]) {
      const { code, stdout, stderr } = await verify(good.replace('{}', '[]'), format, TEMPORARY_KEY)
      expect(code).toBe(5)
      expect(stdout).toMatch(/x-amz-security-token:\[redacted:sha256:[0-9a-f]{8}\]/)
      expect(stdout + stderr).not.toContain('AQoEXAMPLE')
    }
    const { stdout } = await verify(good, [], { ...KEY, AWS_SESSION_TOKEN: 'another' })
    expect(stdout).toContain('FAIL  session token')
  })

  it.each([
    ['nothing', '', 2],
    ['prose', 'Dear Sir or Madam,\n', 2],
    ['no header', 'GET / HTTP/1.1\nnonsense\n\n', 2],
    ['no signature', 'GET / HTTP/1.1\nHost: x\n\n', 5],
    ['two hosts', 'GET / HTTP/1.1\nHost: x\nHost: y\n\n', 5],
    ['half an Authorization header', 'GET / HTTP/1.1\nHost: x\nAuthorization: AWS4-HMAC-SHA256 Cred\n\n', 5],
  ])('end with a code for %s', async (_, input, expected) => {
    const { code, stderr } = await verify(input)
    expect(code).toBe(expected)
    expect(stderr).not.toContain('INTERNAL')
  })

  it('warn of a body that is shorter than its head says, and of a transfer coding', async () => {
    const good = (await capture(['-d', '{}', TABLES])).toString()
    expect((await verify(good.slice(0, -1))).stderr).toContain(
      'content-length says 2 bytes, and the body has 1',
    )
    const coded = good.replace('content-length: 2', 'transfer-encoding: chunked')
    expect((await verify(coded)).stderr).toContain('transfer-encoding is not decoded')
  })
})
