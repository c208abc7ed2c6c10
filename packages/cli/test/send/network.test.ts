import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND, countersign, KEY, makeHome } from '../kit/run-command.ts'
import { SCOPE, send } from './kit/send.ts'

/** It takes connections and never answers. */
let silent: Server
const sockets = new Set<Socket>()
let url: string
beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.resume()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})

describe.concurrent('network errors end with 4 and say what it was:', () => {
  it('a name without an address', async () => {
    const { code, stderr } = await send(['http://nothing.invalid/'])
    expect(code).toBe(4)
    expect(stderr).toMatch(
      /^error: nothing\.invalid has no address\n  why: (?:ENOTFOUND|EAI_\w+): .*\n  fix: .*\n$/,
    )
  })

  it('a port where nobody listens', async () => {
    const { code, stderr } = await send(['http://127.0.0.1:1/'])
    expect(code).toBe(4)
    expect(stderr).toMatch(/^error: 127\.0\.0\.1:1 takes no connection\n  why: ECONNREFUSED/)
  })

  it('no answer in time', async () => {
    const { code, stderr } = await send(['-m', '0.2', '-w', '%{http_code}', url])
    expect(code).toBe(4)
    expect(stderr).toContain('did not answer in time')
  })

  it('no handshake in time', async () => {
    const { code, stderr } = await send(['--connect-timeout', '0.2', url.replace('http:', 'https:')])
    expect(code).toBe(4)
    expect(stderr).toContain('did not answer in time')
  })

  it('no tunnel in time', async () => {
    const { code, stderr } = await send(['--max-time', '0.2', '-x', url, 'https://example.com/'])
    expect(code).toBe(4)
    expect(stderr).toContain('did not answer in time')
  })

  it('in JSON too', async () => {
    const { code, stdout, stderr } = await send(['--json', 'http://127.0.0.1:1/'])
    expect([code, stdout]).toEqual([4, ''])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'NETWORK_CONNECT' } })
  })

  it('with what was to be written out', async () => {
    const { code, stdout } = await send(['-s', '-w', '%{http_code} %{exitcode}', 'http://127.0.0.1:1/'])
    expect([code, stdout]).toEqual([4, '000 4'])
  })
})

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i', async (signal, code) => {
    const env = { PATH: process.env['PATH'], HOME: makeHome(), ...KEY }
    const connected = once(silent, 'connection')
    const child = spawn(process.execPath, [COMMAND, 'send', ...SCOPE, url], { env, stdio: 'ignore' })
    await connected
    child.kill(signal)
    expect((await once(child, 'exit')) as unknown[]).toEqual([code, null])
  })
})

/** Nothing listens there, and nothing is sent. */
const ANYWHERE = 'http://127.0.0.1:1/'

describe.concurrent('a command line that cannot be meant', () => {
  it.each([
    [['--nope', ANYWHERE], 'unknown option'],
    [['--heade', 'a: b', ANYWHERE], 'did you mean one of --head, --header?'],
    [[], 'argument'],
    [[ANYWHERE, ANYWHERE], 'argument'],
    [['-d', 'x', '-T', 'y', ANYWHERE], 'each a body'],
    [['-d', 'x', '-F', 'a=b', ANYWHERE], 'each a body'],
    [['-I', '-d', 'x', ANYWHERE], 'do not go together'],
    [['-o', 'x', '-O', ANYWHERE], 'both name a file'],
    [['-F', 'x', ANYWHERE], '--form cannot be read'],
    [['-F', 'a=@x;headers=y', ANYWHERE], 'not supported'],
    [['-H', 'no header', ANYWHERE], 'no header'],
    [['-H', 'X: ü', ANYWHERE], 'ASCII'],
    [['--resolve', 'x', ANYWHERE], '--resolve'],
    [['--resolve', 'a:99999:127.0.0.1', ANYWHERE], '--resolve'],
    [['--connect', 'x', ANYWHERE], '--connect'],
    [['--retry', '-1', ANYWHERE], 'number'],
    [['--max-time', 'x', ANYWHERE], 'seconds'],
    [['--max-time', '0', ANYWHERE], 'seconds'],
    [['--user', 'x', ANYWHERE], 'ID:SECRET'],
    [['--user', 'x:y', '--profile', 'z', ANYWHERE], 'both name the credentials'],
    [['-w', '@nothing', ANYWHERE], 'no such file'],
    [['--sign-host', 'a', '-H', 'Host: b', ANYWHERE], 'both name the host'],
    [['-X', 'A B', ANYWHERE], 'token'],
    [['example.com'], 'absolute URL'],
    [['example.com:8080/a?b'], 'write it as https://example.com:8080/a'],
    [['ftp://example.com/'], 'absolute URL'],
    [['http://exa mple.com/'], 'URL'],
    [['http://example.com:99999/'], 'URL'],
  ])('%j is told with 2', async (args, why) => {
    const { code, stderr } = await send(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: [^\n]*\n  why: [^\n]*\n  fix: [^\n]*\n$/)
    expect(stderr).toContain(why)
  })

  it('has no scope', async () => {
    const { code, stderr } = await countersign(['send', 'http://files.example.com/'], { env: KEY })
    expect(code).toBe(2)
    expect(stderr).toContain('--service')
  })

  it('shows no secret of --user', async () => {
    const { stderr } = await send(['--user', 'AKIAEXAMPLE:topsecret', '--nope', ANYWHERE])
    expect(stderr).not.toContain('topsecret')
  })
})
