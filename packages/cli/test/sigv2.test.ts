/** Version 2 on the command line: known answers, and servers that take what is sent where they list it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SigningKey } from 'countersign'
import { s3V2, sigV2 } from 'countersign/sigv2'
import { sigV4 } from 'countersign/verify'
import { describeVectors, expectCases, loadVectors } from '../../../test/kit/vectors.ts'
import { countersign, KEY, makeHome, TEMPORARY_KEY } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'
import { sent, startSignedServer, tlsFile, type SignedServer } from './send/kit/signed-server.ts'

const STORE = 'https://store.example/bucket/key'
const QUERY_API = 'https://sdb.amazonaws.com/?Action=ListDomains&Version=2009-04-15'
const DATED = ['--at', AT]

describeVectors('known answers of the documentation of S3', () => {
  interface Case {
    readonly name: string
    readonly credentials: { accessKeyId: string; secretAccessKey: string }
    readonly request: { method: string; target: string; headers: readonly (readonly [string, string])[] }
    readonly flags?: object
    readonly stringToSign: string
    readonly signature: string
  }
  const { cases } = loadVectors<{ cases: readonly Case[] }>('sigv2.json')
  const sayable = cases.filter(
    ({ name, request: { headers }, flags }) =>
      name.startsWith('S3 docs (johnsmith)') &&
      flags === undefined &&
      headers.some(([header]) => header.toLowerCase() === 'date') &&
      headers.some(([header, value]) => header === 'Host' && value.endsWith('.amazonaws.com')),
  )

  it.concurrent.each(expectCases(sayable).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { accessKeyId, secretAccessKey } = one.credentials
    const { method, target, headers } = one.request
    const host = headers.find(([name]) => name === 'Host')![1]
    const given = headers
      .filter(([name]) => name !== 'Host' && name !== 'Content-Length')
      .flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const args = [
      'canon',
      '--json',
      '--algorithm',
      's3v2',
      '-X',
      method,
      ...given,
      `https://${host}${target}`,
    ]
    const { code, stdout } = await countersign(args, {
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ stringToSign: one.stringToSign, signature: one.signature })
  })
})

describe('what servers take', () => {
  let server: SignedServer
  beforeAll(async () => {
    server = await startSignedServer({
      tls: 'plain',
      service: ['s3', 'sdb'],
      algorithms: [sigV4, s3V2, sigV2],
    })
  })
  afterAll(() => server.close())
  beforeEach(() => {
    server.seen.length = 0
    server.refused.length = 0
  })

  const send = (...args: string[]): ReturnType<typeof countersign> =>
    countersign(['send', '--cacert', tlsFile('ca.pem'), ...args], { env: KEY })

  it('version 2 of S3, with a body', async () => {
    const home = makeHome({ data: 'hello' })
    const args = ['send', '--cacert', tlsFile('ca.pem'), '--algorithm', 's3v2', '-T', 'data']
    const { code, stderr } = await countersign([...args, `${server.origin}/bucket/key?acl`], {
      env: KEY,
      home,
    })
    expect([code, stderr, server.refused]).toEqual([0, '', []])
    expect(sent(server.seen[0]!, 'authorization')).toMatch(/^AWS AKIDEXAMPLE:/)
    expect(server.seen[0]!.body.toString()).toBe('hello')
  })

  it('SigV2 in a URL, and in a form', async () => {
    expect((await send('--algorithm', 'v2', `${server.origin}/?Action=ListDomains`)).code).toBe(0)
    expect((await send('--algorithm', 'v2', '-d', 'Action=ListDomains', `${server.origin}/`)).code).toBe(0)
    expect(server.refused).toEqual([])
    expect(server.seen[0]!.target).toContain('&Signature=')
    expect(server.seen[1]!.body.toString()).toMatch(/^Action=ListDomains&.*&Signature=/)
    expect(sent(server.seen[1]!, 'content-length')).toBe(String(server.seen[1]!.body.length))
  })

  it('nothing of it where they do not list it, and the fix says how to look closer', async () => {
    const strict = await startSignedServer({ tls: 'plain' })
    const { code, stderr } = await send('--algorithm', 's3v2', `${strict.origin}/bucket/key`)
    await strict.close()
    expect([code, strict.seen]).toEqual([5, []])
    expect(stderr).toContain('fix: countersign canon -X GET --algorithm s3v2 https://localhost:')
  })

  it('presigned URLs', async () => {
    const { stdout } = await countersign(['presign', '--algorithm', 's3v2', `${server.origin}/bucket/key`], {
      env: KEY,
    })
    const url = new URL(stdout.trim())
    expect([...url.searchParams.keys()]).toEqual(['AWSAccessKeyId', 'Expires', 'Signature'])
    const report = await countersign(['verify', '--algorithm', 's3v2', '--url', url.href], { env: KEY })
    expect([report.code, report.stdout.split('\n')[0]]).toEqual([0, 'valid'])
  })
})

describe.concurrent('verify and canon', () => {
  it.each([
    ['s3v2', STORE, []],
    ['v2', QUERY_API, []],
    ['v2', 'https://sdb.amazonaws.com/', ['-d', 'Action=ListDomains']],
  ])('read what sign wrote with %s for %s %j', async (algorithm, url, args) => {
    const own = ['--algorithm', algorithm, ...DATED]
    const { stdout: input } = await countersign(['sign', ...own, ...args, '--format', 'http', url], {
      env: TEMPORARY_KEY,
    })
    const verify = (...more: string[]): ReturnType<typeof countersign> =>
      countersign(['verify', ...more], { env: TEMPORARY_KEY, input })
    const good = await verify(...own)
    expect([good.code, good.stdout.split('\n')[0]]).toEqual([0, 'valid'])
    const late = await verify('--algorithm', algorithm, '--at', '20261122T140000Z')
    expect(late.code).toBe(6)
    const other = await countersign(['verify', ...own], {
      env: { ...TEMPORARY_KEY, AWS_SECRET_ACCESS_KEY: 'another' },
      input,
    })
    expect(other.code).toBe(5)
    expect(other.stdout).toContain('# string to sign\n')
    expect(other.stdout).not.toContain('# canonical request')
    expect(other.stdout + other.stderr).not.toContain(TEMPORARY_KEY.AWS_SESSION_TOKEN)
    expect(other.stdout + other.stderr).not.toContain(encodeURIComponent(TEMPORARY_KEY.AWS_SESSION_TOKEN))
    expect((await verify(...DATED)).code).toBe(5)
  })

  it('canon takes a URL apart, without a token', async () => {
    const { stdout } = await countersign(['presign', '--algorithm', 's3v2', ...DATED, STORE], {
      env: TEMPORARY_KEY,
    })
    const { code, stdout: steps } = await countersign([
      'canon',
      '--algorithm',
      's3v2',
      ...DATED,
      stdout.trim(),
    ])
    expect(code).toBe(0)
    expect(steps).toMatch(
      /^# string to sign\nGET\n\n\n1795354496\nx-amz-security-token:\[redacted:.*\n\/bucket\/key\n$/,
    )
  })

  it('canon shows no token of its own either', async () => {
    for (const [algorithm, url] of [
      ['s3v2', STORE],
      ['v2', QUERY_API],
    ] as const) {
      const { stdout } = await countersign(['canon', '--algorithm', algorithm, url], { env: TEMPORARY_KEY })
      expect(stdout).toContain('[redacted:sha256:')
      const token = TEMPORARY_KEY.AWS_SESSION_TOKEN
      expect([stdout.includes(token), stdout.includes(encodeURIComponent(token))]).toEqual([false, false])
    }
  })
})

describe.concurrent('what cannot be', () => {
  it.each([
    [['sign', '--algorithm', 'v2', QUERY_API], '--format curl'],
    [['sign', '--algorithm', 's3v2', '--region', 'eu-west-1', STORE], 'leave them out'],
    [['sign', '--algorithm', 's3v2', '--region-set', '*', STORE], '--algorithm v4a'],
    [
      ['sign', '--algorithm', 's3v2', 'https://a.mrap.accesspoint.s3-global.amazonaws.com/'],
      '--algorithm v4a',
    ],
    [['sign', '--algorithm', 'v2', '--format', 'curl', `${QUERY_API}&Action=x`], 'version 4'],
    [['presign', '--algorithm', 'v2', '-X', 'POST', QUERY_API], 'leave out -X'],
    [['canon', '--ladder', '--algorithm', 's3v2', STORE], 'leave out --ladder'],
    [['send', '--algorithm', 's3v2', '--chunked', '-T', 'data', STORE], 'leave out --chunked'],
  ])('is told: %j', async (args, fix) => {
    const { code, stdout, stderr } = await countersign(args, { env: KEY, home: makeHome({ data: 'x' }) })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })

  it('is signing with a derived key', async () => {
    const scope = { date: new Date(), region: 'eu-west-1', service: 's3' }
    const key = SigningKey.derive(KEY.AWS_SECRET_ACCESS_KEY, scope).export()
    const home = makeHome({ key })
    const args = [
      'sign',
      '--algorithm',
      's3v2',
      '--access-key-id',
      'AKIDEXAMPLE',
      '--signing-key',
      'key',
      STORE,
    ]
    const { code, stderr } = await countersign(args, { home })
    expect(code).toBe(2)
    expect(stderr).toContain('--secret-stdin in the place of --signing-key')
  })
})
