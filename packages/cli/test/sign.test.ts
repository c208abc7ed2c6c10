/** `countersign sign`: what it prints is what botocore signed, in each of its forms, and what curl sends with it. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from 'countersign/verify'
import { readNodeRequest } from 'countersign/servers/node'
import { describeWithTool } from '../../../test/kit/tools.ts'
import { countersign, KEY, makeHome, runProgram, TEMPORARY_KEY } from './kit/run-command.ts'
import { answersOf, AT, REQUESTS } from './kit/vectors.ts'

const SQS = 'https://sqs.eu-west-1.amazonaws.com/'

describe.concurrent('known answers of botocore', () => {
  it('has some', () => {
    expect(REQUESTS).toHaveLength(15)
  })

  it.each(REQUESTS)(
    '$name',
    async ({ name, method, url, service, region, headers = [], body, isTemporary }) => {
      const { code, stdout } = await countersign(
        [
          'sign',
          '--at',
          AT,
          '-X',
          method,
          '--service',
          service,
          '--region',
          region,
          ...headers.flatMap(([header, value]) => ['-H', `${header}:${value}`]),
          ...(body === undefined ? [] : ['--data-raw', body]),
          url,
        ],
        { env: isTemporary ? TEMPORARY_KEY : KEY },
      )
      expect(code).toBe(0)
      const authorization = /^authorization: (.*)$/m.exec(stdout)?.[1]
      const expected = answersOf('botocore').find((answer) => answer.name === name)?.authorization
      expect(authorization?.split(/, ?/)).toEqual(expected?.split(/, ?/))
      if (isTemporary) expect(stdout).toContain(`x-amz-security-token: ${TEMPORARY_KEY.AWS_SESSION_TOKEN}\n`)
    },
  )
})

describe.concurrent('what is printed', () => {
  it('is the headers alone, byte for byte, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await countersign(['sign', '--at', AT, SQS], { env: KEY })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      'x-amz-date: 20261122T123456Z\nauthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=accf00593d63da6bd8f2e0f4d43a38742cb539ce4d0d36d517f6a3e2dc02397d\n',
    )
  })

  it('says with -v how service, region and credentials were found out', async () => {
    const { stderr } = await countersign(['sign', '-v', '--at', AT, SQS], { env: KEY })
    expect(stderr).toBe(
      'credentials=key …MPLE (from environment)\nservice=sqs (from host sqs.eu-west-1.amazonaws.com)\nregion=eu-west-1 (from host sqs.eu-west-1.amazonaws.com)\n',
    )
  })

  it('says with -vv what was signed, without the token', async () => {
    const { stderr } = await countersign(['sign', '-vv', '--at', AT, SQS], { env: TEMPORARY_KEY })
    expect(stderr).toMatch(
      /\n# canonical request\nGET\n\/\n\nhost:sqs[^]*x-amz-security-token:\[redacted:sha256:\w{8}\]\n/,
    )
    expect(stderr).toContain('\n# string to sign\nAWS4-HMAC-SHA256\n')
    expect(stderr).not.toContain('AQoEXAMPLE')
  })

  it('is one object with --json, with why', async () => {
    const { stdout, stderr } = await countersign(
      ['sign', '--json', '--at', AT, '-H', 'x-amz-meta-a: b', SQS],
      {
        env: KEY,
      },
    )
    expect(stderr).toBe('')
    const { headers, added, ...rest } = JSON.parse(stdout) as Record<string, [string, string][]>
    expect(rest).toEqual({
      schema: 'countersign/sign/1',
      method: 'GET',
      url: SQS,
      scope: { date: '20261122', region: 'eu-west-1', service: 'sqs' },
      signedHeaders: ['host', 'x-amz-date', 'x-amz-meta-a'],
      validUntil: '2026-11-22T12:39:56Z',
      why: [
        { what: 'credentials', value: 'key …MPLE', from: 'environment' },
        { what: 'service', value: 'sqs', from: 'host sqs.eu-west-1.amazonaws.com' },
        { what: 'region', value: 'eu-west-1', from: 'host sqs.eu-west-1.amazonaws.com' },
      ],
      warnings: [],
    })
    expect(headers?.map(([name]) => name)).toEqual(['host', 'x-amz-date', 'x-amz-meta-a', 'authorization'])
    expect(added?.map(([name]) => name)).toEqual(['x-amz-date', 'authorization'])
  })

  it('is the raw request with --format http, which verify takes', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const home = makeHome({ body })
    const { bytes } = await countersign(
      [
        'sign',
        '--at',
        AT,
        '--format',
        'http',
        '--data-binary',
        '@body',
        'https://b.s3.eu-west-1.amazonaws.com/k',
      ],
      { env: KEY, home },
    )
    expect(bytes.subarray(-256).equals(body)).toBe(true)
    expect(bytes.toString('latin1')).toMatch(
      /^POST \/k HTTP\/1\.1\r\nhost: b\.s3\.eu-west-1\.amazonaws\.com\r\n/,
    )
    expect(bytes.toString('latin1')).toContain('\r\ncontent-length: 256\r\n\r\n')
    const { code, stdout } = await countersign(['verify', '--at', AT], { env: KEY, input: bytes })
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'valid'])
  })

  it('streams a file that is uploaded, and hashes it', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024 + 7, 'countersign')
    const home = makeHome({ 'a b.bin': body })
    const url = 'https://b.s3.eu-west-1.amazonaws.com/folder/'
    const { bytes } = await countersign(['sign', '--at', AT, '--format', 'http', '-T', 'a b.bin', url], {
      env: KEY,
      home,
    })
    expect(bytes.subarray(-body.length).equals(body)).toBe(true)
    expect(bytes.subarray(0, 40).toString()).toMatch(/^PUT \/folder\/a%20b\.bin HTTP\/1\.1\r\n/)
    const { code } = await countersign(['verify', '--at', AT], { env: KEY, input: bytes })
    expect(code).toBe(0)
  })
})

describe.concurrent('bodies, headers and queries', () => {
  const URL_S3 = 'https://b.s3.eu-west-1.amazonaws.com/k'
  const requestOf = async (
    args: string[],
    options: Parameters<typeof countersign>[1] = {},
  ): Promise<string> => {
    const { bytes, stderr } = await countersign(['sign', '--at', AT, '--format', 'http', ...args], {
      env: KEY,
      ...options,
    })
    expect(stderr).toBe('')
    return bytes.toString('latin1')
  }

  it('joins pieces of data with &, and strips line ends from @file alone with -d', async () => {
    const home = makeHome({ data: 'x=1\r\ny\n' })
    expect(await requestOf(['-d', 'a=b', '-d', '@data', '--data-binary', '@data', URL_S3], { home })).toMatch(
      /\r\n\r\na=b&x=1y&x=1\r\ny\n$/,
    )
    expect(await requestOf(['--data-raw', '@data', '--data-urlencode', 'n=ä b', URL_S3], { home })).toMatch(
      /\r\n\r\n@data&n=%C3%A4\+b$/,
    )
  })

  it('reads data from standard input', async () => {
    expect(await requestOf(['-d', '@-', URL_S3], { input: 'in\nput\n' })).toMatch(/\r\n\r\ninput$/)
    expect(await requestOf(['-T', '-', URL_S3], { input: 'in\nput\n' })).toMatch(
      /^PUT [^]*\r\n\r\nin\nput\n$/,
    )
  })

  it('says that a folder is none to be uploaded', async () => {
    const { code, stderr } = await countersign(['sign', '-T', '.', URL_S3], { env: KEY })
    expect([code, stderr]).toEqual([2, expect.stringContaining('why: it is a folder')])
  })

  it('puts data into the query with -G, and with --url-query', async () => {
    expect(await requestOf(['-G', '-d', 'a=1', '--url-query', 'n=b c', `${URL_S3}?z=2#f`])).toMatch(
      /^GET \/k\?z=2&n=b%20c&a=1 HTTP/,
    )
  })

  it('takes headers in all of the spellings of curl, and adds no content type', async () => {
    const text = await requestOf(['-H', 'X-A: b: c', '-H', 'X-B:d', '-H', 'X-C;', '-d', 'x', URL_S3])
    expect(text).toContain('\r\nx-a: b: c\r\nx-b: d\r\nx-c: \r\n')
    expect(text).not.toContain('content-type')
  })

  it('leaves the body out of the signature where that is asked for, but not over http', async () => {
    expect(await requestOf(['--unsigned-payload', '-d', 'x', URL_S3])).toContain(
      'x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n',
    )
    const { code, stderr } = await countersign(
      ['sign', '--unsigned-payload', '-d', 'x', '--service', 's3', '--region', 'x', 'http://localhost/'],
      { env: KEY },
    )
    expect([code, stderr]).toEqual([2, expect.stringContaining('PAYLOAD_UNSIGNED_OVER_HTTP')])
  })

  it.each([
    ['minimal', 'host;x-amz-content-sha256;x-amz-date'],
    ['sdk', 'host;x-amz-content-sha256;x-amz-date;x-other'],
    ['all', 'accept;host;x-amz-content-sha256;x-amz-date;x-other'],
    ['accept', 'accept;host;x-amz-content-sha256;x-amz-date'],
    ['accept,x-*', 'accept;host;x-amz-content-sha256;x-amz-date;x-other'],
  ])('signs the headers of --sign-headers %s', async (set, signed) => {
    const text = await requestOf(['--sign-headers', set, '-H', 'accept: a', '-H', 'x-other: o', URL_S3])
    expect(text).toContain(`SignedHeaders=${signed},`)
  })
})

describeWithTool('curl', 'a line for curl', (curl) => {
  let server: Server
  let origin: string
  let arrived: { isValid: boolean; body: Buffer; request: IncomingMessage } | undefined
  const verifier = createVerifier({
    service: 's3',
    region: 'local',
    secrets: () => ({
      secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY,
      sessionToken: TEMPORARY_KEY.AWS_SESSION_TOKEN,
    }),
  })

  beforeAll(async () => {
    server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const body = Buffer.concat(chunks)
        const message = { ...readNodeRequest(request), body }
        const isValid = await verifier.verify(message).then(
          () => true,
          () => false,
        )
        arrived = { isValid, body, request }
        response.end()
      })()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.close()
  })

  it.each([
    ['a plain GET', ['/a/b']],
    ['dots, brackets and quotes in the target', ["/a/../b/it's?q=[1]&r={2}"]],
    [
      'a body with quotes, blanks and line ends',
      ['-d', `it's "quoted" $HOME \\ \`x\``, '--data-raw', 'ü\n', '/k'],
    ],
    [
      'an empty header, and a content type',
      ['-H', 'x-amz-meta-e;', '-H', 'content-type: a/b', '-d', 'x', '/k'],
    ],
    ['HEAD', ['-X', 'HEAD', '/k']],
    ['DELETE with a body', ['-X', 'DELETE', '-d', 'x', '/k']],
    ['an upload', ['-T', 'file', '/k']],
    ['a host that is not that of the URL', ['-H', 'host: other.example', '/k']],
  ])('sends what was signed: %s', async (_, args) => {
    arrived = undefined
    const home = makeHome({ file: Uint8Array.from([0, 1, 255]) })
    const path = args.at(-1) ?? ''
    const { stdout, stderr } = await countersign(
      [
        'sign',
        '--format',
        'curl',
        '--service',
        's3',
        '--region',
        'local',
        ...args.slice(0, -1),
        origin + path,
      ],
      { env: TEMPORARY_KEY, home },
    )
    expect(stderr.replace(/^warning: the path has dot segments.*\n/, '')).toBe('')
    expect(stdout).toMatch(/^# stops being valid at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\ncurl /)
    expect(stdout).not.toContain(KEY.AWS_SECRET_ACCESS_KEY)
    const run = await runProgram('/bin/sh', ['-c', stdout.replace('\ncurl ', `\n${curl} -sS `)], { home })
    expect(run.stderr).toBe('')
    expect(arrived).toMatchObject({ isValid: true })
    expect((arrived as unknown as { request: IncomingMessage }).request.headers['content-type']).toBe(
      args.includes('content-type: a/b') ? 'a/b' : undefined,
    )
  })

  it('is refused for a body that no line can hold', async () => {
    const { code, stderr, stdout } = await countersign(
      ['sign', '--format', 'curl', '--data-binary', '@-', 'https://b.s3.eu-west-1.amazonaws.com/k'],
      { env: KEY, input: Uint8Array.from([0xff, 0]) },
    )
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--format http')
  })
})
