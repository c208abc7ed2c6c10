import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeWithTool } from '../../../../test/kit/tools.ts'
import { COMMAND, countersign, KEY, makeHome, runProgram } from '../kit/run-command.ts'
import { startOpenServer } from './kit/open-server.ts'
import { SCOPE, send, TEMPORARY } from './kit/send.ts'
import { startSignedServer, type SignedServer } from './kit/signed-server.ts'

const BINARY = Buffer.from([0xff, 0, 1, 2, 0xfe])

let server: SignedServer
beforeAll(async () => {
  server = await startSignedServer({
    answer: ({ target, body }, response) => {
      if (target === '/binary') response.end(BINARY)
      else if (target === '/missing') response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
      else if (target === '/endless') response.write(Buffer.alloc(16 * 1024 * 1024))
      else response.setHeader('set-cookie', 'session=cookiesecret').end(body.length > 0 ? body : 'tèxt')
    },
  })
})
afterAll(() => server.close())
beforeEach(() => {
  server.seen.length = 0
})

describe('--json', () => {
  it('is one object', async () => {
    const run = await send(['--json', '-d', 'x', `${server.origin}/a`], { env: TEMPORARY })
    expect([run.code, run.stderr]).toEqual([0, ''])
    const document = JSON.parse(run.stdout) as Record<string, unknown>
    expect(document).toMatchObject({
      schema: 'countersign/send/1',
      request: { method: 'POST', url: `${server.origin}/a` },
      response: { status: 200, reason: 'OK', body: 'x' },
      attempts: 1,
      redirects: 0,
      why: [{ what: 'credentials' }],
      warnings: [],
    })
    expect(document['error']).toBeUndefined()
    const { headers } = document['request'] as { headers: [string, string][] }
    expect(headers.find(([name]) => name === 'x-amz-security-token')![1]).toMatch(
      /^\[redacted:sha256:[0-9a-f]{8}\]$/,
    )
    expect(headers.find(([name]) => name === 'authorization')![1]).toMatch(
      /Signature=\[redacted:sha256:[0-9a-f]{8}\]$/,
    )
  })

  it('holds binary bodies in base64, and none that went into a file', async () => {
    const binary = JSON.parse((await send(['--json', `${server.origin}/binary`])).stdout) as {
      response: object
    }
    expect(binary.response).toMatchObject({ body: BINARY.toString('base64'), bodyEncoding: 'base64' })
    const file = JSON.parse((await send(['--json', '-o', 'out', `${server.origin}/a`])).stdout) as {
      response: object
    }
    expect(file.response).toMatchObject({ bodyFile: 'out' })
    expect(file.response).not.toHaveProperty('body')
  })

  it('tells the error on both streams', async () => {
    const run = await send(['--json', `${server.origin}/missing`])
    expect(run.code).toBe(22)
    const { error } = JSON.parse(run.stdout) as { error: object }
    expect(error).toMatchObject({ code: 'HTTP_STATUS', why: 'NoSuchKey' })
    expect(JSON.parse(run.stderr)).toEqual({ error })
  })

  it("is told from curl's, and goes with it", async () => {
    const run = await send(['--json', '{"a":1}', '--json', `${server.origin}/a`])
    expect(JSON.parse(run.stdout)).toMatchObject({ response: { body: '{"a":1}' } })
    const wrong = await send(['--json', '{"a":1}', '--nope', `${server.origin}/a`])
    expect(wrong.stderr).toMatch(/^error: /)
    const both = await send(['--json', '-w', 'x', `${server.origin}/a`])
    expect([both.code, (JSON.parse(both.stderr) as { error: { code: string } }).error.code]).toEqual([
      2,
      'USAGE',
    ])
  })

  it('shows a request that is not sent', async () => {
    const run = await send(['--json', '--dry-run=canonical', `${server.origin}/a`], { env: TEMPORARY })
    const document = JSON.parse(run.stdout) as { steps: { canonicalRequest: string } }
    expect(document).toMatchObject({ dryRun: true, request: { method: 'GET' } })
    expect(document.steps.canonicalRequest).toMatch(/^GET\n\/a\n\nhost:/)
    expect(run.stdout).not.toContain(TEMPORARY['AWS_SESSION_TOKEN'])
    expect(server.seen).toEqual([])
  })
})

describe('-v', () => {
  const SECRETS = [KEY.AWS_SECRET_ACCESS_KEY, TEMPORARY['AWS_SESSION_TOKEN']!, 'cookiesecret', 'sse-c-key']

  it.each(['-v', '-vv'])('%s shows heads without secrets', async (flag) => {
    const headers = [
      '-H',
      'x-amz-server-side-encryption-customer-key: sse-c-key',
      '-H',
      'Cookie: a=cookiesecret',
    ]
    const run = await send([flag, ...headers, `${server.origin}/a?b`], { env: TEMPORARY })
    expect([run.code, run.stdout]).toEqual([0, 'tèxt'])
    expect(run.stderr).toContain('> GET /a?b HTTP/1.1\n> host: 127.0.0.1:')
    expect(run.stderr).toContain('< HTTP/1.1 200 OK\n')
    expect(run.stderr).toContain('credentials=key …MPLE')
    expect(run.stderr.includes('* canonical request\n*   GET\n*   /a\n*   b=\n')).toBe(flag === '-vv')
    const signature = /Signature=(\w{64})/.exec(
      server.seen[0]!.headers.find(([name]) => name === 'authorization')![1],
    )
    for (const secret of [...SECRETS, signature![1]!]) expect(run.stderr).not.toContain(secret)
  })

  it('shows no signature of a place that is redirected to', async () => {
    const open = await startOpenServer((_, response) =>
      response
        .writeHead(302, { location: 'https://x.test/?X-Amz-Signature=abcdef&X-Amz-Security-Token=tok' })
        .end(),
    )
    const run = await send(['-vL', open.origin])
    await open.close()
    expect(run.code).toBe(22)
    expect(run.stderr).toContain('X-Amz-Signature=[redacted')
    expect(run.stderr).not.toMatch(/abcdef|=tok/)
  })
})

describe('a server that writes to terminals', () => {
  it('moves no cursor', async () => {
    const answer =
      'HTTP/1.1 302 \x9b2JFound\r\nx-a: \x9b31m\r\nlocation: /\x9b2J\xc2\x9b2J\r\ncontent-length: 0\r\n\r\n'
    const open = createServer((socket) => socket.once('data', () => socket.end(answer, 'latin1')))
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(open.address() as AddressInfo).port}/`
    const run = await send(['-vL', '--max-redirs', '1', url])
    open.close()
    expect(run.code).toBe(22)
    expect(run.stderr).toContain('< x-a:  31m')
    expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

describeWithTool('bash', 'a line of --print-curl', (bash) => {
  it.each([
    [['/a?x=1&y=[2]'], '', ''],
    [['/a/../b'], '', ''],
    [['/a', '-d', 'it\'s a "body" $HOME'], '', 'it\'s a "body" $HOME'],
    [['/a', '-X', 'DELETE', '-H', 'X-Empty;'], '', ''],
    [['/a', '-d', ''], '', ''],
    [['/up', '-T', 'file'], '', 'content'],
    [['/up', '-T', '-'], 'from a pipe', 'from a pipe'],
    [['/a', '-F', 'x=y'], '', 'form-data; name="x"'],
    [['/a', '--sign-host', 'other.example'], '', ''],
  ])('sends what %j is', async ([path, ...args], input, body) => {
    const home = makeHome({ file: 'content' })
    const shown = await send(['--print-curl', ...args, server.origin + path!], { input, home })
    expect([shown.code, shown.stderr, server.seen]).toEqual([0, '', []])
    expect(shown.stdout).not.toContain(KEY.AWS_SECRET_ACCESS_KEY)
    expect(shown.stdout).toMatch(/^# stops being valid at 20\d\d-/)
    const run = await runProgram(bash, ['-c', shown.stdout], { home })
    expect(run.code).toBe(0)
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]!.body.toString()).toContain(body)
  })

  it('goes the way that was given', async () => {
    const { host } = new URL(server.origin)
    const elsewhere = [`--connect`, host, 'http://elsewhere.example/a']
    const { stdout } = await send(['--print-curl', ...elsewhere])
    expect((await runProgram(bash, ['-c', stdout])).code).toBe(0)
    expect(server.seen).toHaveLength(1)
    const way = [
      '-k',
      '-x',
      'http://ada:TOPSECRET@proxy.example:3128',
      '--resolve',
      'a.example:443:192.0.2.1',
    ]
    const home = makeHome({ 'c.pem': '-----BEGIN CERTIFICATE-----\n' })
    const line = ['--print-curl', ...way, '--cert', 'c.pem:TOPSECRET', `${server.origin}/a`]
    const shown = await send(line, { home })
    expect(shown.stdout).toContain(
      'curl --resolve a.example:443:192.0.2.1 -x http://ada@proxy.example:3128 --cert c.pem -k -H ',
    )
    expect(shown.stdout).not.toContain('TOPSECRET')
  })

  it('is a field of JSON', async () => {
    const { stdout } = await send(['--print-curl', '--json', `${server.origin}/a`])
    expect((JSON.parse(stdout) as { curl: string }).curl).toContain(`curl -H`)
  })

  it('cannot hold everything', async () => {
    const home = makeHome({ 'file.bin': BINARY })
    const form = await send(['--print-curl', '-F', 'a=@file.bin', `${server.origin}/`], { home })
    const binary = await send(['--print-curl', '--data-binary', '@file.bin', `${server.origin}/`], { home })
    expect([form.code, binary.code]).toEqual([2, 2])
  })
})

describeWithTool('script', 'a terminal', (script) => {
  /** What a person would see. */
  async function atTerminal(args: readonly string[]): Promise<{ code: number | null; seen: string }> {
    const words = [process.execPath, COMMAND, 'send', ...SCOPE, ...args].map((word) => `'${word}'`)
    const run = await runProgram(script, ['-qec', words.join(' '), '/dev/null'], {
      env: { ...KEY, TERM: 'dumb' },
    })
    return { code: run.code, seen: run.stdout }
  }

  it('gets no binary data unless it is forced', async () => {
    const refused = await atTerminal([`${server.origin}/binary`])
    expect(refused.code).toBe(2)
    expect(refused.seen).toContain('terminal')
    expect(refused.seen).not.toContain('\0')
    const forced = await atTerminal(['-o', '-', `${server.origin}/binary`])
    expect([forced.code, forced.seen.includes('\0')]).toEqual([0, true])
  })

  it('is told where things came from', async () => {
    const { seen } = await atTerminal([`${server.origin}/a`])
    expect(seen).toMatch(/credentials=key …MPLE \(from environment\)\r\n[^]*tèxt/)
  })
})

describe('a reader that went away', () => {
  it('is no error', async () => {
    const env = { PATH: process.env['PATH'], HOME: makeHome(), ...KEY }
    const args = [COMMAND, 'send', ...SCOPE, `${server.origin}/endless`]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect([(await once(child, 'close'))[0], said]).toEqual([0, ''])
  })
})

describe('help', () => {
  it('tells the two kinds of --json, and the letters', async () => {
    const { code, stdout } = await countersign(['help', 'send'])
    expect(code).toBe(0)
    expect(stdout).toContain("it is curl's")
    for (const letter of 'XHdFTGIiosSOvLkwfmxEu') expect(stdout).toContain(`  -${letter}, --`)
  })
})
