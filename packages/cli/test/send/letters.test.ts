import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countersign, KEY, makeHome } from '../kit/run-command.ts'
import { kept } from './kit/kept.ts'
import { send } from './kit/send.ts'
import { sent, startSignedServer, type SignedServer } from './kit/signed-server.ts'

/** A server of a test's own. */
async function serve(): Promise<SignedServer> {
  const server = await startSignedServer({
    answer: ({ target }, response) => {
      if (target.startsWith('/missing')) response.statusCode = 404
      response.setHeader('x-test', ['one', 'two'])
      response.end(`body of ${target}`)
    },
  })
  return kept(server)
}

/** The one request that arrived, and the run that made it. */
async function sendOne(
  server: SignedServer,
  args: readonly string[],
  options: Parameters<typeof send>[1] = {},
) {
  const run = await send(args, options)
  expect(run.stderr).toBe('')
  expect(run.code).toBe(0)
  expect(server.seen).toHaveLength(1)
  return { run, seen: server.seen[0]! }
}

describe.concurrent('data', () => {
  it.each([
    [['-d', 'a=1', '-d', 'b=2'], 'a=1&b=2'],
    [['-da=1'], 'a=1'],
    [['--data', 'x'], 'x'],
    [['--data-raw', '@x'], '@x'],
    [['-d', '@lines.txt'], 'onetwo'],
    [['--data-binary', '@lines.txt'], 'one\r\ntwo\n'],
    [['--data-urlencode', 'n=ä b'], 'n=%C3%A4+b'],
    [['--data-urlencode', 'n@lines.txt', '-d', 'z'], 'n=one%0D%0Atwo%0A&z'],
    [['-d', ''], ''],
  ])('%j is posted', async (args, body) => {
    const server = await serve()
    const home = makeHome({ 'lines.txt': 'one\r\ntwo\n' })
    const { seen } = await sendOne(server, [...args, `${server.origin}/`], { home })
    expect(seen.method).toBe('POST')
    expect(seen.body.toString()).toBe(body)
    expect(sent(seen, 'content-type')).toBeUndefined()
  })

  it('is never read as text', async () => {
    const server = await serve()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const { seen } = await sendOne(server, ['--data-binary', '@-', `${server.origin}/`], { input: bytes })
    expect(seen.body).toEqual(bytes)
  })

  it("of curl's --json is application/json", async () => {
    const server = await serve()
    const { seen, run } = await sendOne(server, ['--json', '{"a":1}', `${server.origin}/`])
    expect(seen.body.toString()).toBe('{"a":1}')
    expect(sent(seen, 'content-type')).toBe('application/json')
    expect(sent(seen, 'accept')).toBe('application/json')
    expect(run.stdout).toBe('body of /')
  })

  it('leaves types alone that were given or taken out', async () => {
    const server = await serve()
    await send([
      '--json',
      '{}',
      '-H',
      'Content-Type: application/x-ndjson',
      '-H',
      'Accept:',
      `${server.origin}/`,
    ])
    expect(sent(server.seen[0]!, 'content-type')).toBe('application/x-ndjson')
    expect(sent(server.seen[0]!, 'accept')).toBeUndefined()
  })

  it('goes into the query with -G', async () => {
    const server = await serve()
    const { seen } = await sendOne(server, [
      '-G',
      '-d',
      'a=1',
      '--data-urlencode',
      'b=x y+z',
      `${server.origin}/p?q=0`,
    ])
    expect(seen.method).toBe('GET')
    expect(seen.target).toBe('/p?q=0&a=1&b=x%20y%2Bz')
    expect(seen.body).toHaveLength(0)
  })

  it('goes into the query with --url-query', async () => {
    const server = await serve()
    const { seen } = await sendOne(server, [
      '--url-query',
      'name=ä&b',
      '--url-query',
      '+raw=%20',
      `${server.origin}/`,
    ])
    expect(seen.target).toBe('/?name=%C3%A4%26b&raw=%20')
  })
})

describe.concurrent('methods and headers', () => {
  it.each([
    [['-X', 'DELETE'], 'DELETE'],
    [['-XPUT'], 'PUT'],
    [['-X', 'PATCH', '-d', 'x'], 'PATCH'],
    [['--request', 'PROPFIND'], 'PROPFIND'],
    [['-I'], 'HEAD'],
  ])('%j is sent as %s', async (args, method) => {
    const server = await serve()
    const { seen } = await sendOne(server, [...args, `${server.origin}/`])
    expect(seen.method).toBe(method)
  })

  it('adds nothing that was not asked for', async () => {
    const server = await serve()
    const { seen } = await sendOne(server, [`${server.origin}/`])
    expect(seen.headers.map(([name]) => name)).toEqual([
      'host',
      'connection',
      'x-amz-content-sha256',
      'x-amz-date',
      'authorization',
    ])
  })

  it('sends repeated, empty and odd headers as they are', async () => {
    const server = await serve()
    const lines = [
      'X-Amz-Meta-A: 1',
      'x-amz-meta-a:2',
      'X-Empty;',
      'Link: <a: b: c>',
      'X-Amz-Meta-B:   a   b ',
    ]
    const { seen } = await sendOne(server, [...lines.flatMap((line) => ['-H', line]), `${server.origin}/`])
    const own = seen.headers.filter(([name]) => /^(?:x-amz-meta|x-empty|link)/.test(name))
    expect(own).toEqual([
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-a', '2'],
      ['x-empty', ''],
      ['link', '<a: b: c>'],
      ['x-amz-meta-b', 'a   b'],
    ])
  })

  it('signs another host than it reaches', async () => {
    const server = await serve()
    const { seen } = await sendOne(server, ['--sign-host', 'Files.Example.com:8443', `${server.origin}/a`])
    expect(sent(seen, 'host')).toBe('Files.Example.com:8443')
    server.seen.length = 0
    const { seen: other } = await sendOne(server, ['-H', 'Host: files.example.com', `${server.origin}/b`])
    expect(sent(other, 'host')).toBe('files.example.com')
  })

  it('reaches another host than it signs', async () => {
    const server = await serve()
    const url = 'http://files.example.com/a'
    await sendOne(server, ['--connect', `127.0.0.1:${server.port}`, url])
    const resolve = `files.example.com:${server.port}:127.0.0.1`
    await send(['--resolve', resolve, `http://files.example.com:${server.port}/b`])
    expect(server.seen.map((seen) => sent(seen, 'host'))).toEqual([
      'files.example.com',
      `files.example.com:${server.port}`,
    ])
  })
})

describe.concurrent('forms', () => {
  it('sends text, files and the text of files', async () => {
    const server = await serve()
    const home = makeHome({ 'a.txt': 'text', 'b.bin': Buffer.from([0, 255, 10]) })
    const { seen } = await sendOne(
      server,
      [
        '-F',
        'plain=ü',
        '-F',
        'file=@a.txt',
        '-F',
        'bin=@b.bin;type=x/y;filename="q\\"x.z"',
        '-F',
        'c=<a.txt',
        `${server.origin}/`,
      ],
      { home },
    )
    const type = sent(seen, 'content-type')!
    expect(type).toMatch(/^multipart\/form-data; boundary=-+[0-9a-f]{24}$/)
    const form = await new Response(new Uint8Array(seen.body), {
      headers: { 'content-type': type },
    }).formData()
    expect(form.get('plain')).toBe('ü')
    expect(form.get('c')).toBe('text')
    const [file, bin] = [form.get('file') as File, form.get('bin') as File]
    expect([file.name, file.type, await file.text()]).toEqual(['a.txt', 'text/plain', 'text'])
    expect([bin.name, bin.type]).toEqual(['q"x.z', 'x/y'])
    expect(Buffer.from(await bin.arrayBuffer())).toEqual(Buffer.from([0, 255, 10]))
  })
})

describe.concurrent('answers', () => {
  it('prints heads and bodies', async () => {
    const server = await serve()
    const { run } = await sendOne(server, ['-i', `${server.origin}/a`])
    expect(run.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\nx-test: one\r\nx-test: two\r\n[^]*\r\n\r\nbody of \/a$/)
  })

  it('prints the head alone with -I', async () => {
    const server = await serve()
    const { run } = await sendOne(server, ['-I', `${server.origin}/a`])
    expect(run.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/)
    expect(run.stdout).not.toContain('body of')
  })

  it('writes files', async () => {
    const server = await serve()
    const home = makeHome()
    const { run } = await sendOne(server, ['-o', 'out', `${server.origin}/a`], { home })
    expect(run.stdout).toBe('')
    expect(readFileSync(join(home, 'out'), 'utf8')).toBe('body of /a')
    await send(['-sSO', `${server.origin}/folder/name%20x?q=1`], { home })
    expect(readFileSync(join(home, 'name%20x'), 'utf8')).toBe('body of /folder/name%20x?q=1')
  })

  it.each(['/', '/a/', '/..', '/a/..?x=/y', ''])('names no file after %j', async (path) => {
    const server = await serve()
    const { code, stderr } = await send(['-O', server.origin + path])
    expect(code).toBe(2)
    expect(stderr).toContain('no file name')
  })

  it('writes out what was asked for', async () => {
    const server = await serve()
    const format = '\\n%{http_code}|%{method}|%{size_upload}|%{url_effective}|%header{X-Test}|%{nope}%%'
    const run = await send(['-w', format, '-d', 'abc', `${server.origin}/a`])
    expect(run.stdout).toBe(`body of /a\n200|POST|3|${server.origin}/a|one|%`)
    expect(run.stderr).toContain('nope')
    const home = makeHome({ format: '%{response_code} %{size_download}' })
    const { stdout } = await send(['-s', '-o', 'x', '-w', '@format', `${server.origin}/a`], { home })
    expect(stdout).toBe('200 10')
  })

  it.each([
    [[], 22, 'body of /missing'],
    [['-f'], 22, ''],
    [['--fail-with-body'], 22, 'body of /missing'],
    [['--no-check-status'], 0, 'body of /missing'],
    [['--no-check-status', '--fail'], 22, ''],
    [['-f', '-w', '%{http_code} %{exitcode}'], 22, '404 22'],
  ])('of an error status with %j end with %i', async (args, code, body) => {
    const server = await serve()
    const run = await send([...args, `${server.origin}/missing`])
    expect([run.code, run.stdout]).toEqual([code, body])
    if (code === 0) expect(run.stderr).toBe('')
    else expect(run.stderr).toMatch(/^error: .*404.*\n  why: .*\n  fix: .*\n$/)
  })

  it.each([
    [['-s'], ''],
    [['-sS'], 'error'],
  ])('with %j are silent or not', async (args, said) => {
    const server = await serve()
    const { code, stderr } = await send([...args, `${server.origin}/missing`])
    expect(code).toBe(22)
    expect(stderr.slice(0, 5)).toBe(said)
  })
})

describe.concurrent("a pasted line of curl's", () => {
  it('is sent, and its secret warned of', async () => {
    const server = await serve()
    const { AWS_SECRET_ACCESS_KEY: secret } = KEY
    const scope = 'aws:amz:us-east-1:s3'
    const line = [
      '-sSL',
      '--aws-sigv4',
      scope,
      '--user',
      `ASIAEXAMPLE:${secret}`,
      '-H',
      'X-Amz-Security-Token: TOKEN',
    ]
    const run = await countersign(['send', ...line, `${server.origin}/a`])
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/^warning: --user [^\n]*--secret-stdin[^\n]*\n$/)
    expect(run.stderr).not.toContain(secret)
    expect(sent(server.seen[0]!, 'x-amz-security-token')).toBe('TOKEN')
  })

  it.each(['goog', 'aws:gcp', 'osc:osc:r:s', 'aws:amz:r:s:more'])('for %s is refused', async (scope) => {
    const server = await serve()
    const { code, stderr } = await send(['--aws-sigv4', scope, `${server.origin}/`])
    expect(code).toBe(2)
    expect(stderr).toContain('aws:amz')
  })
})
