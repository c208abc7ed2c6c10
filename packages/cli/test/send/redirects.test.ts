import { describe, expect, it } from 'vitest'
import { kept } from './kit/kept.ts'
import { send, TEMPORARY } from './kit/send.ts'
import { startOpenServer, type OpenServer } from './kit/open-server.ts'
import { sent, startSignedServer, type SignedServer } from './kit/signed-server.ts'

/** Servers of a test's own. `/301/to?…` redirects to what stands behind the number; the other host is `foreign`. */
async function serve(): Promise<{ server: SignedServer; foreign: OpenServer }> {
  const server = await startSignedServer({
    answer: ({ method, target, body }, response) => {
      const [, status, to] = /^\/(\d+)(.*)$/.exec(target) ?? []
      if (status === undefined) response.end(`${method} ${target} ${body.toString()}`)
      else response.writeHead(Number(status), { location: decodeURIComponent(to!) }).end('moved')
    },
  })
  const foreign = await startOpenServer((_, response) => response.end('foreign'))
  return { server: kept(server), foreign: kept(foreign) }
}

const lines = ({ seen }: SignedServer): string[] =>
  seen.map(({ method, target, body }) => `${method} ${target} ${body.toString()}`)

describe.concurrent('within the host', () => {
  it.each([
    [301, [], 'GET /b '],
    [302, ['-d', 'x'], 'GET /b '],
    [303, ['-d', 'x'], 'GET /b '],
    [303, ['-T', '-'], 'GET /b '],
    [307, ['-d', 'x'], 'POST /b x'],
    [308, ['-T', '-'], 'PUT /b input'],
    [301, ['-T', '-'], 'PUT /b input'],
    [302, ['-X', 'POST', '-d', 'x'], 'POST /b x'],
    [302, ['-I'], 'HEAD /b '],
  ])('%i of %j leads to %j', async (status, args, last) => {
    const { server } = await serve()
    const run = await send(['-sSL', ...args, `${server.origin}/${status}/b`], { input: 'input' })
    expect([run.code, run.stderr, server.refused]).toEqual([0, '', []])
    expect(lines(server)).toHaveLength(2)
    expect(lines(server)[1]).toBe(last)
  })

  it.each([
    ['/302/x/y?q=1', '/x/y?q=1'],
    ['/302/a//b/%252E%252E/c', '/a//b/../c'],
    ['/a', undefined],
  ])('%j leads to %j', async (target, to) => {
    const { server } = await serve()
    await send(['-L', server.origin + target])
    expect(server.seen.at(-1)!.target).toBe(to ?? target)
    expect(server.refused).toEqual([])
  })

  it('is not followed without -L', async () => {
    const { server } = await serve()
    const run = await send([`${server.origin}/302/b`])
    expect([run.code, run.stdout, lines(server).length]).toEqual([0, 'moved', 1])
    expect(run.stderr).toContain('-L')
  })

  it('ends after --max-redirs', async () => {
    const { server } = await serve()
    const run = await send(['-L', '--max-redirs', '1', `${server.origin}/302/302/b`])
    expect([run.code, lines(server).length]).toEqual([22, 2])
    expect(run.stderr).toContain('--max-redirs is 1')
  })

  it('prints all heads with -i', async () => {
    const { server } = await serve()
    const { stdout } = await send(['-Li', `${server.origin}/302/b`])
    expect(stdout.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 302', 'HTTP/1.1 200'])
    expect(stdout).not.toContain('moved')
  })
})

describe.concurrent('to another host', () => {
  it.each([301, 302, 303, 307, 308])('%i is told and not followed', async (status) => {
    const { server, foreign } = await serve()
    const to = encodeURIComponent(`${foreign.origin}/x`)
    const run = await send(['-L', '-d', 'secret body', `${server.origin}/${status}${to}`], { env: TEMPORARY })
    expect([run.code, foreign.arrived, run.stdout]).toEqual([22, [], 'moved'])
    expect(run.stderr).toContain(`The redirect to 127.0.0.1:${foreign.port} is not followed`)
    expect(run.stderr).toContain('--location-trusted')
    expect(run.stderr).not.toContain(TEMPORARY['AWS_SESSION_TOKEN'])
  })

  it.each([
    'http://localhost:PORT/x',
    '//localhost:PORT/x',
    'http://127.0.0.1:PORT@example.com/x',
    'http://127.0.0.1:PORT.example.com/x',
    'file:///etc/passwd',
    'https://127.0.0.1:PORT/x',
  ])('as %j is not followed', async (to) => {
    const { server } = await serve()
    const place = encodeURIComponent(to.replace('PORT', String(server.port)))
    const run = await send(['-L', `${server.origin}/302${place}`], { env: TEMPORARY })
    expect([run.code, lines(server).length, server.refused]).toEqual([22, 1, []])
  })

  it('is followed when it is trusted', async () => {
    const { server, foreign } = await serve()
    const run = await send([
      '--location-trusted',
      `${server.origin}/302${encodeURIComponent(`${foreign.origin}/x`)}`,
    ])
    expect([run.code, run.stdout]).toEqual([0, 'foreign'])
    expect(foreign.arrived[0]!.headers.authorization).toContain('SignedHeaders=host;')
  })

  it('is no failure with --no-check-status', async () => {
    const { server, foreign } = await serve()
    const to = encodeURIComponent(`${foreign.origin}/x`)
    const run = await send(['-L', '--no-check-status', `${server.origin}/302${to}`])
    expect([run.code, foreign.arrived]).toEqual([0, []])
    expect(run.stderr).toContain('not followed')
  })
})

describe.concurrent('of S3', () => {
  const bucket = 'http://my.bucket.s3.amazonaws.com'

  /** S3, behind its names: the addresses are given by --resolve. */
  async function withS3(
    answer: Parameters<typeof startOpenServer>[0],
    run: (s3: OpenServer, resolve: string[]) => Promise<void>,
  ): Promise<void> {
    const s3 = await startOpenServer(answer)
    try {
      await run(s3, ['--resolve', `*:${s3.port}:127.0.0.1`])
    } finally {
      await s3.close()
    }
  }

  it('leads to the region of the bucket', async () => {
    await withS3(
      ({ headers }, response) => {
        if (headers.host!.includes('eu-west-1')) response.end('here')
        else {
          const location = `http://my.bucket.s3.eu-west-1.amazonaws.com:${s3Port(headers.host!)}/a//b/../c`
          response.writeHead(307, { location }).end('<Error><Code>TemporaryRedirect</Code></Error>')
        }
      },
      async ({ port, arrived }, resolve) => {
        const url = `${bucket}:${port}/a//b/../c`
        const run = await send(['-L', ...resolve, '-T', '-', url], { env: TEMPORARY, input: 'x' })
        expect([run.code, run.stdout]).toEqual([0, 'here'])
        expect(arrived.map(({ method, target, body }) => [method, target, body])).toEqual([
          ['PUT', '/a//b/../c', 'x'],
          ['PUT', '/a//b/../c', 'x'],
        ])
        expect(arrived[0]!.headers.authorization).toContain('/us-east-1/s3/aws4_request')
        expect(arrived[1]!.headers.authorization).toContain('/eu-west-1/s3/aws4_request')
      },
    )
  })

  it('may name the region alone', async () => {
    await withS3(
      ({ headers }, response) => {
        if (headers.host!.includes('eu-west-1')) response.end('here')
        else
          response
            .writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' })
            .end('<Error><Code>PermanentRedirect</Code></Error>')
      },
      async ({ port, arrived }, resolve) => {
        const run = await send(['-L', ...resolve, '-d', 'x', `${bucket}:${port}/a`])
        expect([run.code, run.stdout, arrived[1]!.method, arrived[1]!.body]).toEqual([0, 'here', 'POST', 'x'])
        expect(arrived[1]!.headers.host).toBe(`my.bucket.s3.eu-west-1.amazonaws.com:${port}`)
        const stopped = await send([...resolve, `${bucket}:${port}/a`])
        expect(stopped.code).toBe(22)
        expect(stopped.stderr).toContain('-L')
      },
    )
  })

  it.each([
    'other.s3.eu-west-1.amazonaws.com',
    's3.eu-west-1.amazonaws.com',
    'my.bucket.s3.eu-west-1.amazonaws.com.evil.example',
    'my.bucket.s3.cn-north-1.amazonaws.com.cn',
    'my.bucket.s3-website-us-east-1.amazonaws.com',
    'evil.my.bucket.s3.eu-west-1.amazonaws.com',
  ])('does not lead to %s', async (host) => {
    await withS3(
      ({ headers }, response) =>
        response.writeHead(307, { location: `http://${host}:${s3Port(headers.host!)}/a` }).end(),
      async ({ port, arrived }, resolve) => {
        const run = await send(['-L', ...resolve, `${bucket}:${port}/a`], { env: TEMPORARY })
        expect([run.code, arrived.length]).toEqual([22, 1])
      },
    )
  })

  it('leaves the tunnel of --connect to its own host', async () => {
    const { server, foreign } = await serve()
    const { arrived, port } = foreign
    const target = encodeURIComponent(`${bucket}:${port}/x`)
    const resolve = ['--resolve', `my.bucket.s3.amazonaws.com:${port}:127.0.0.1`]
    const args = ['--connect', `127.0.0.1:${server.port}`, ...resolve, '--location-trusted']
    await send([...args, `http://signed.example/302${target}`])
    expect(server.seen.map((seen) => sent(seen, 'host'))).toEqual(['signed.example'])
    expect(arrived.map(({ headers }) => headers.host)).toEqual([`my.bucket.s3.amazonaws.com:${port}`])
  })
})

function s3Port(host: string): string {
  return host.split(':')[1]!
}
