/** `-vvv`: the bytes of a request and of its answer, bounded, and without what is secret in them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeHome } from '../kit/run-command.ts'
import { startOpenServer, type OpenServer } from './kit/open-server.ts'
import { send, TEMPORARY } from './kit/send.ts'

const STS = `<AssumeRoleResponse><Credentials>
  <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
  <SecretAccessKey>TOPSECRET1</SecretAccessKey>
  <SessionToken>TOPSECRET2</SessionToken></Credentials></AssumeRoleResponse>`
const MADE = '{"AuthorizationToken": "TOPSECRET3", "Plaintext":"TOPSECRET4", "KeyId": "k"}'

let server: OpenServer
beforeAll(async () => {
  server = await startOpenServer(({ target }, response, count) => {
    if (target === '/sts') response.end(STS)
    else if (target === '/json') response.end(MADE)
    else if (target === '/binary') response.end(Buffer.from([0, 0xff, 92, 13, 10, 65]))
    else if (target === '/again' && count % 2 === 1) response.writeHead(503).end('later')
    else if (target === '/large') response.end('z'.repeat(100_000))
    else if (target === '/cut')
      response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy())
    else response.end('fine')
  })
})
afterAll(() => server.close())

const bytesOf = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => /^[<>] \| /.test(line))
    .join('\n')

describe('-vvv', () => {
  it('shows bytes of both ways, in their order, and leaves them alone', async () => {
    const { code, stdout, stderr } = await send(['-vvv', '-d', 'a\tb', `${server.origin}/binary`])
    expect([code, Buffer.from(stdout, 'utf8').length]).toEqual([0, 8])
    const shown = stderr.split('\n').filter((line) => /^[<>] (?:\||POST|HTTP)/.test(line))
    expect(shown).toEqual([
      '> POST /binary HTTP/1.1',
      '> | a\\tb',
      '< HTTP/1.1 200 OK',
      '< | \\x00\\xff\\\\\\r\\n',
      '< | A',
    ])
  })

  it.each([1, 2])('is more than -v %i times', async (times) => {
    const { stderr } = await send([`-${'v'.repeat(times)}`, '-d', 'body', `${server.origin}/`])
    expect([stderr.includes('> POST'), bytesOf(stderr)]).toEqual([true, ''])
  })

  it.each(['/sts', '/json'])('has no secret of %s in it', async (target) => {
    const { stdout, stderr } = await send(['-vvv', server.origin + target], { env: TEMPORARY })
    expect(stdout).toContain('TOPSECRET')
    expect(bytesOf(stderr)).toMatch(/\[redacted:sha256:[0-9a-f]{8}\]/)
    expect(stderr).not.toContain('TOPSECRET')
  })

  it.each([
    ['a form', 'a=1&Password=TOPSECRET&b=2', []],
    [
      'JSON that is cut off',
      `{"a":"${'x'.repeat(4070)}","SecretString":"TOPSECRET${'y'.repeat(20_000)}"}`,
      [],
    ],
    ['chunks', 'x'.repeat(100), ['--chunked']],
  ])('has no secret of %s in it', async (_, body, args) => {
    const home = makeHome({ body })
    const { code, stderr } = await send(['-vvv', ...args, '-T', 'body', `${server.origin}/k`], { home })
    const shown = bytesOf(stderr)
    expect([code, shown.includes('> | ')]).toEqual([0, true])
    expect(shown).not.toMatch(/TOPSECRET|yyyy|[0-9a-f]{64}/)
  })

  it('has none of a form with files', async () => {
    const args = ['-F', 'x-amz-signature=TOPSECRET', '-F', 'key=photo', `${server.origin}/form`]
    const { stderr } = await send(['-vvv', ...args])
    expect(bytesOf(stderr)).toContain('name="x-amz-signature"')
    expect(bytesOf(stderr)).toContain('photo')
    expect(stderr).not.toContain('TOPSECRET')
  })

  it('has no key and no token in it, wherever they stand', async () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
    const body = `${'x'.repeat(4080)}${secret} ${TEMPORARY['AWS_SESSION_TOKEN']}`
    const { code, stderr } = await send(['-vvv', '--data-binary', body, `${server.origin}/`], {
      env: TEMPORARY,
    })
    expect([code, bytesOf(stderr).includes('xxxx')]).toEqual([0, true])
    expect(stderr).not.toContain('wJalr')
    expect(stderr).not.toContain('AQoEXAMPLE')
  })

  it('is bounded, and says how much there was', async () => {
    const { stdout, stderr } = await send(['-vvv', `${server.origin}/large`])
    expect(stdout).toHaveLength(100_000)
    expect(stderr).toContain('< | … of 100000 bytes')
    expect(bytesOf(stderr).match(/z/g)).toHaveLength(4096)
  })

  it('tells of each attempt, and of an answer that breaks off', async () => {
    server.arrived.length = 0
    const again = await send(['-vvv', '--retry', '1', '-d', 'once', `${server.origin}/again`])
    expect(bytesOf(again.stderr)).toBe('> | once\n< | later\n> | once\n< | fine')
    const cut = await send(['-vvv', `${server.origin}/cut`])
    expect([cut.code, bytesOf(cut.stderr)]).toEqual([4, '< | half'])
  })

  it('reads a pipe no other way than without it', async () => {
    const { code, stderr } = await send(['-vvv', '-T', '-', '--chunked', `${server.origin}/k`], {
      input: 'piped',
    })
    expect([code, bytesOf(stderr)]).toEqual([0, expect.stringContaining('> | piped')])
    expect(server.arrived.at(-1)?.body).toContain('piped')
  })
})
