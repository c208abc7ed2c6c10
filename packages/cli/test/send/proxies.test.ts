import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startProxy, type ProxyServer } from '../../../../test/kit/proxy-server.ts'
import { send } from './kit/send.ts'
import { sent, startSignedServer, tlsFile, type SignedServer } from './kit/signed-server.ts'

const TRUST = ['--cacert', tlsFile('ca.pem')]

let plain: SignedServer
let secure: SignedServer
let proxy: ProxyServer
let closed: ProxyServer
beforeAll(async () => {
  ;[plain, secure, proxy, closed] = await Promise.all([
    startSignedServer(),
    startSignedServer({ tls: 'plain' }),
    startProxy(),
    startProxy(407),
  ])
})
afterAll(async () => {
  await Promise.all([plain, secure, proxy, closed].map((server) => server.close()))
})
beforeEach(() => {
  plain.seen.length = 0
  secure.seen.length = 0
  proxy.asked.length = 0
})

describe('--proxy', () => {
  it('reads plain requests, whose target stays as it was signed', async () => {
    const run = await send(['-x', proxy.origin, '-d', 'x', `${plain.origin}/a//b/../c?x=1`])
    expect([run.code, run.stderr, plain.refused]).toEqual([0, '', []])
    expect(proxy.asked).toEqual([`POST ${plain.origin}/a//b/../c?x=1`])
    expect(plain.seen[0]!.target).toBe('/a//b/../c?x=1')
    expect(plain.seen[0]!.body.toString()).toBe('x')
  })

  it('passes TLS on, and repeated headers with it', async () => {
    const args = ['-H', 'x-amz-meta-a: 1', '-H', 'x-amz-meta-a: 2']
    const run = await send(['-x', `127.0.0.1:${proxy.port}`, ...TRUST, ...args, `${secure.origin}/a`])
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(proxy.asked).toEqual([`CONNECT localhost:${secure.port}`])
    const values = secure.seen[0]!.headers.filter(([name]) => name === 'x-amz-meta-a')
    expect(values.map(([, value]) => value)).toEqual(['1', '2'])
  })

  it('gets its user, and the server does not', async () => {
    const withUser = proxy.origin.replace('//', '//me:p%40ss@')
    const user = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
    await send(['-x', withUser, `${plain.origin}/a`])
    await send(['-x', withUser, ...TRUST, `${secure.origin}/a`])
    expect(proxy.asked).toEqual([`GET ${plain.origin}/a ${user}`, `CONNECT localhost:${secure.port} ${user}`])
    for (const { seen } of [plain, secure]) expect(sent(seen[0]!, 'proxy-authorization')).toBeUndefined()
  })

  it('makes a tunnel where another host is signed than reached', async () => {
    const run = await send(['-x', proxy.origin, '--sign-host', 'other.example', `${plain.origin}/a`])
    expect([run.code, proxy.asked]).toEqual([0, [`CONNECT 127.0.0.1:${plain.port}`]])
    expect(sent(plain.seen[0]!, 'host')).toBe('other.example')
    proxy.asked.length = 0
    await send(['-x', proxy.origin, '--connect', `127.0.0.1:${plain.port}`, 'http://other.example/b'])
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${plain.port}`])
  })

  it('that makes no tunnel ends it with 4', async () => {
    const { code, stderr } = await send(['-x', closed.origin, ...TRUST, `${secure.origin}/a`])
    expect([code, secure.seen]).toEqual([4, []])
    expect(stderr).toContain('the proxy answered 407')
  })

  it.each(['socks5://127.0.0.1:1', 'ftp://x', '://', 'http://'])('does not take %j', async (url) => {
    const { code, stderr } = await send(['-x', url, `${plain.origin}/a`])
    expect([code, plain.seen]).toEqual([2, []])
    expect(stderr).toContain('proxy')
  })
})

describe('the environment', () => {
  it.each([
    ['HTTP_PROXY', {}, true],
    ['http_proxy', {}, true],
    ['ALL_PROXY', {}, true],
    ['HTTPS_PROXY', {}, false],
    ['HTTP_PROXY', { NO_PROXY: '127.0.0.1' }, false],
    ['HTTP_PROXY', { NO_PROXY: 'example.com, 127.0.0.0/8' }, false],
    ['HTTP_PROXY', { NO_PROXY: '127.0.0.1:1' }, true],
    ['HTTP_PROXY', { no_proxy: '*' }, false],
    ['HTTP_PROXY', { NO_PROXY: '.0.1' }, false],
    ['HTTP_PROXY', { NO_PROXY: '7.0.0.1' }, true],
  ])('%s with %j: %s', async (name, more, isUsed) => {
    const { code } = await send([`${plain.origin}/a`], { env: { [name]: proxy.origin, ...more } })
    expect([code, plain.seen.length, proxy.asked.length]).toEqual([0, 1, isUsed ? 1 : 0])
  })

  it('names the proxy of TLS', async () => {
    await send([...TRUST, `${secure.origin}/a`], { env: { HTTPS_PROXY: proxy.origin } })
    expect(proxy.asked).toEqual([`CONNECT localhost:${secure.port}`])
  })

  it('gives way to -x ""', async () => {
    await send(['-x', '', `${plain.origin}/a`], { env: { HTTP_PROXY: proxy.origin } })
    expect([plain.seen.length, proxy.asked]).toEqual([1, []])
  })
})
