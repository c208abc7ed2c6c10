/** Upstreams behind a proxy, as the environment names it. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { Readable } from 'node:stream'
import { readNodeRequest } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'undici'
import { startProxy as startOtherProxy, type ProxyServer } from '../../../../test/kit/proxy-server.ts'
import { settingsFor } from '../running-gateway.ts'
import { ask, startProxy, type ProxyOptions, type RunningProxy } from './running-proxy.ts'
import { echo } from './web-socket.ts'

const pem = (name: string): string =>
  readFileSync(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url), 'utf8')
const certificate = { key: pem('server-key'), cert: pem('server') }
const upstreamTls = { ca: [pem('ca')] }
const USER = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
const NAME = 'signed.test'

let other: ProxyServer
let refusing: ProxyServer
let proxy: RunningProxy
beforeAll(async () => {
  ;[other, refusing] = await Promise.all([startOtherProxy(), startOtherProxy(407)])
})
afterAll(() => Promise.all([other.close(), refusing.close()]))
beforeEach(() => {
  other.asked.length = 0
  refusing.asked.length = 0
})
afterEach(() => proxy.close())

const withUser = ({ origin }: ProxyServer): string => origin.replace('//', '//me:p%40ss@')

async function start(
  environment: Record<string, string>,
  settings: Parameters<typeof startProxy>[0] = {},
  options: ProxyOptions = {},
): Promise<void> {
  proxy = await startProxy(settings, { hostname: NAME, environment, ...options })
}

const place = (): string => `${NAME}:${proxy.upstream.port}`

describe('an upstream of http', () => {
  it('is asked for by its whole URL, with requests as they were signed', async () => {
    await start({ HTTP_PROXY: withUser(other) })
    expect(await ask(proxy, { path: '/a//b?x=%2F' })).toMatchObject({ status: 200 })
    const body = Readable.from([Buffer.from('some'), Buffer.from('thing')])
    expect(await ask(proxy, { method: 'POST', body })).toMatchObject({ status: 200 })
    expect(other.asked).toEqual([
      `GET http://${place()}/a//b?x=%2F ${USER}`,
      `POST http://${place()}/ ${USER}`,
    ])
    expect(proxy.arrived.map(({ target }) => target)).toEqual(['/a//b?x=%2F', '/'])
    expect(proxy.arrived[1]?.body.toString()).toBe('something')
    expect(proxy.arrived[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(proxy.lines[0]).toMatchObject({ proxy: `127.0.0.1:${other.port}`, msg: 'behind a proxy' })
    expect(JSON.stringify(proxy.lines)).not.toMatch(/p@ss|p%40ss|Basic/)
  })

  it('that is signed for by another name is reached through a tunnel, and so is a WebSocket', async () => {
    await start({ HTTP_PROXY: other.origin }, { sign: { host: 'else.test' } })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.headers.host).toBe('else.test')
    expect(other.asked).toEqual([`CONNECT ${place()}`])
    await proxy.close()
    other.asked.length = 0
    await start({ HTTP_PROXY: other.origin })
    takeSockets()
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/feed`)
    const [{ data }] = (await once(socket, 'message')) as [{ data: unknown }]
    expect(data).toBe('hello')
    socket.close()
    await once(socket, 'close')
    expect(other.asked).toEqual([`CONNECT ${place()}`])
  })

  it.each([
    ['another address of the network', '0.0.0.0', {}, { upstreamProxy: 'off' as const }],
    ['what NO_PROXY names', '0.0.0.0', { NO_PROXY: 'x, 0.0.0.0' }, {}],
    ['this machine', 'localhost', {}, {}],
  ])('is asked straight where it is %s', async (_, hostname, environment, settings) => {
    await start({ HTTP_PROXY: other.origin, ...environment }, settings, { hostname })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(other.asked).toEqual([])
  })

  it('is not, where only its name is of the network', async () => {
    await start({ HTTP_PROXY: other.origin }, {}, { hostname: '0.0.0.0' })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(other.asked).toHaveLength(1)
  })
})

describe('an upstream of https', () => {
  const secure = { certificate, upstreamTls }

  it('is reached through one tunnel for all requests, of which the proxy reads nothing', async () => {
    await start({ HTTPS_PROXY: withUser(other) }, {}, secure)
    expect(await ask(proxy, { path: '/a?secret' })).toMatchObject({ status: 200 })
    expect(await ask(proxy, { method: 'PUT', body: Buffer.alloc(300_000) })).toMatchObject({ status: 200 })
    expect(other.asked).toEqual([`CONNECT ${place()} ${USER}`])
    expect(proxy.arrived).toHaveLength(2)
    expect(proxy.arrived[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('is still the one whose certificate counts', async () => {
    await start({ HTTPS_PROXY: other.origin }, { sign: { retries: 0 } }, { ...secure, hostname: 'else.test' })
    expect(await ask(proxy)).toMatchObject({ status: 502 })
    expect(proxy.lines.at(-1)?.['reason']).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(proxy.arrived).toEqual([])
  })

  it('is reached by a proxy that is spoken to over TLS itself', async () => {
    const front = createTlsServer(certificate, (client) => {
      client.pipe(connect(other.port, '127.0.0.1')).pipe(client)
      client.on('error', () => {})
    })
    await once(front.listen(0, '127.0.0.1'), 'listening')
    const { port } = front.address() as AddressInfo
    await start({ HTTPS_PROXY: `https://me:p%40ss@localhost:${port}` }, {}, secure)
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(other.asked).toEqual([`CONNECT ${place()} ${USER}`])
    await proxy.close()
    // Nobody vouches for that proxy.
    await start({ HTTPS_PROXY: `https://localhost:${port}` }, {}, { certificate })
    expect(await ask(proxy)).toMatchObject({ status: 502 })
    front.close()
  })

  it('that a client names is reached so, too', async () => {
    const allow = {
      hosts: ['*.s3.eu-west-1.amazonaws.com'],
      paths: [],
      methods: [],
      services: [],
      regions: [],
    }
    const { routes } = settingsFor('http://x', { sign: { retries: 0 } })
    const named = { ...routes[0]!, upstream: undefined, allow }
    await start({ HTTPS_PROXY: refusing.origin }, { allow, routes: [named] })
    const host = 'b.s3.eu-west-1.amazonaws.com'
    expect(await ask(proxy, { headers: { host } })).toMatchObject({ status: 502 })
    expect(refusing.asked).toEqual([`CONNECT ${host}:443`])
  })
})

describe('a proxy', () => {
  it('that refuses is told of in the log, and nothing goes another way', async () => {
    await start({ HTTPS_PROXY: withUser(refusing) }, {}, { certificate, upstreamTls })
    const { status, text } = await ask(proxy)
    expect([status, text]).toEqual([502, expect.not.stringContaining('407')])
    expect(proxy.lines.at(-1)).toMatchObject({ reason: 'The upstream failed: PROXY_REFUSED_407' })
    expect(refusing.asked).toHaveLength(1)
    expect(proxy.arrived).toEqual([])
    expect(JSON.stringify(proxy.lines)).not.toMatch(/p@ss|p%40ss|Basic/)
  })

  it('that does not answer is a time-out', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const timeouts = { ...settingsFor('http://x').timeouts, upstreamConnect: 0.1 }
    const { port } = silent.address() as AddressInfo
    await start(
      { HTTPS_PROXY: `http://127.0.0.1:${port}` },
      { timeouts, sign: { retries: 0 } },
      { certificate, upstreamTls },
    )
    expect(await ask(proxy)).toMatchObject({ status: 504 })
    silent.close()
  })

  it('that cannot be used is an error at the start', async () => {
    proxy = await startProxy()
    await expect(
      startProxy({}, { hostname: NAME, environment: { ALL_PROXY: 'socks5://me:p@a' } }),
    ).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(/NO_PROXY/) }),
    )
  })
})

/** The upstream takes WebSockets that are signed. */
function takeSockets(): void {
  const verifier = createVerifier({
    service: 'execute-api',
    region: '*',
    secrets: () => ({ secretAccessKey: 'the-real-secret' }),
  })
  proxy.upstream.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    verifier.verify(readNodeRequest(request)).then(
      () => echo(request, socket, 'hello'),
      () => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'),
    )
  })
}
