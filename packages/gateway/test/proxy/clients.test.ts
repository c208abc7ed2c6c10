import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { EventEmitter, once } from 'node:events'
import { request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request as sendSecurely, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { settingsFor } from '../running-gateway.ts'
import { ask, startProxy, type RunningProxy } from './running-proxy.ts'

const tlsFile = (name: string): string =>
  fileURLToPath(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url))
const pem = (name: string): string => readFileSync(tlsFile(name), 'utf8')

let proxy: RunningProxy
afterEach(() => proxy.close())

const TOKEN = 'a-token-of-enough-letters'

describe('a client', () => {
  it('needs a token where there are some, in either header', async () => {
    proxy = await startProxy({}, { tokens: [TOKEN, 'another-token-of-enough'] })
    const other = [{}, { authorization: `Bearer ${TOKEN}x` }, { authorization: `Basic ${TOKEN}` }]
    for (const headers of other) {
      const { status, text } = await ask(proxy, { headers })
      expect([status, text]).toEqual([401, expect.stringContaining('wants a bearer token')])
    }
    for (const headers of [
      { authorization: `Bearer ${TOKEN}` },
      { 'proxy-authorization': `bearer ${TOKEN}`, authorization: 'AWS4-HMAC-SHA256 Credential=DUMMY' },
      { authorization: 'Bearer another-token-of-enough' },
    ]) {
      expect(await ask(proxy, { headers })).toMatchObject({ status: 200 })
    }
    expect(JSON.stringify([proxy.arrived, proxy.lines])).not.toContain(TOKEN)
    await proxy.gateway.reload({ tokens: ['a-new-token-of-enough-letters'] })
    expect(await ask(proxy, { headers: { authorization: `Bearer ${TOKEN}` } })).toMatchObject({ status: 401 })
  })

  it('is no web page of another host, nor one whose host is made to point here', async () => {
    proxy = await startProxy()
    const here = `127.0.0.1:${proxy.port}`
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' },
      { host: `evil.example:${proxy.port}`, origin: `http://evil.example:${proxy.port}` },
      { host: '127.0.0.1.evil.example' },
    ]) {
      expect(await ask(proxy, { headers }), JSON.stringify(headers)).toMatchObject({
        status: 403,
      })
    }
    for (const headers of [
      { origin: `http://${here}`, 'sec-fetch-site': 'same-origin' },
      { host: `localhost:${proxy.port}` },
      { host: '[::1]' },
      { host: new URL(proxy.upstream.origin).host },
    ]) {
      expect(await ask(proxy, { headers }), JSON.stringify(headers)).toMatchObject({
        status: 200,
      })
    }
  })

  it('may be anyone who can open the socket, which is its owner', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
    const socketPath = join(folder, 'proxy.sock')
    try {
      proxy = await startProxy({ listen: { host: `unix:${socketPath}`, port: 0 } })
      expect(statSync(socketPath).mode & 0o777).toBe(0o600)
      const status = await new Promise((resolve, reject) => {
        sendRequest({ socketPath, path: '/' }, (response) => resolve(response.statusCode))
          .once('error', reject)
          .end()
      })
      expect(status).toBe(200)
      await expect(startProxy({ listen: { host: `unix:${socketPath}`, port: 0 } })).rejects.toMatchObject({
        code: 'ADDRESS_UNAVAILABLE',
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('asks for no tunnel', async () => {
    proxy = await startProxy()
    const status = await new Promise((resolve, reject) => {
      sendRequest({ host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path: 'example.com:443' })
        .once('connect', (response: IncomingMessage) => resolve(response.statusCode))
        .once('error', reject)
        .end()
    })
    expect(status).toBe(405)
  })
})

describe('a request whose answer would show its signature and the token', () => {
  it.each([{}, { allow: { methods: ['TRACE'] } }])(
    'is not sent, whatever is allowed: %j',
    async (settings) => {
      proxy = await startProxy(settings, { sessionToken: 'token-of-the-session' })
      const { status, text } = await ask(proxy, { method: 'TRACE' })
      expect([status, text]).toEqual([405, expect.stringContaining('method is not allowed')])
      expect([proxy.arrived, proxy.refused]).toEqual([[], []])
      expect(proxy.lines.at(-1)).toMatchObject({ status: 405, failure: 'METHOD_REFUSED' })
    },
  )
})

describe('over TLS', () => {
  const tls = { cert: pem('server'), key: pem('server-key') }

  function askSecurely(options: RequestOptions = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      sendSecurely(
        { host: '127.0.0.1', port: proxy.port, ca: pem('ca'), agent: false, ...options },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
        .once('error', reject)
        .end()
    })
  }

  it('it is the same', async () => {
    proxy = await startProxy({}, { tls })
    expect(await askSecurely()).toBe(200)
  })

  it('clients need a certificate where an authority is set', async () => {
    const settings = { tls: { certificate: '', key: '', clientAuthority: 'ca.pem', http2: false } }
    proxy = await startProxy(settings, { tls: { ...tls, ca: pem('ca') } })
    await expect(askSecurely()).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/i)
    expect(await askSecurely({ cert: pem('client'), key: pem('client-key') })).toBe(200)
    expect(proxy.arrived).toHaveLength(1)
  })

  it('a new certificate counts for the next connection', async () => {
    proxy = await startProxy({}, { tls })
    expect(await askSecurely()).toBe(200)
    await proxy.gateway.reload({ tls: { cert: pem('aws-hosts'), key: pem('aws-hosts-key') } })
    // Nobody here vouches for the new one.
    await expect(askSecurely()).rejects.toThrow('self-signed certificate')
  })
})

describe('stopping, over TLS', () => {
  const tls = { cert: pem('server'), key: pem('server-key') }

  it('lets requests under way end, and waits for nobody who says nothing', async () => {
    const upstream = new EventEmitter()
    const respond = (_request: IncomingMessage, response: ServerResponse): void => {
      upstream.once('finish', () => response.end('whole'))
      upstream.emit('begun')
    }
    proxy = await startProxy({}, { tls, respond })
    const silent = connect(proxy.port, '127.0.0.1').resume()
    await once(silent, 'connect')
    const agent = new Agent({ keepAlive: true })
    const begun = once(upstream, 'begun')
    const answer = once(
      sendSecurely({ host: '127.0.0.1', port: proxy.port, ca: pem('ca'), agent }).end(),
      'response',
    ) as Promise<[IncomingMessage]>
    await begun
    const stopped = proxy.gateway.stop()
    expect((await fetch(`${proxy.healthOrigin}/readyz`)).status).toBe(503)
    if (!silent.closed) await once(silent, 'close')
    upstream.emit('finish')
    const [response] = await answer
    expect((await buffer(response)).toString()).toBe('whole')
    await stopped
    agent.destroy()
  })

  it('is not held up by a handshake that is not finished', async () => {
    proxy = await startProxy({ timeouts: { ...settingsFor('http://x').timeouts, header: 0.1 } }, { tls })
    const silent = connect(proxy.port, '127.0.0.1')
    await once(silent.resume(), 'close')
  })
})

describe('what is allowed', () => {
  it('are paths, and none that could be read as others', async () => {
    proxy = await startProxy({ allow: { paths: ['/logs/*', '/_search'], methods: ['GET', 'HEAD'] } })
    for (const path of ['/logs/a', '/logs/a%2Fb?x=1', '/_search?q=../x', '/logs/100%25']) {
      expect(await ask(proxy, { path }), path).toMatchObject({ status: 200 })
    }
    proxy.arrived.length = 0
    for (const path of [
      '/',
      '/other',
      '/logs',
      '/logs/../_security',
      '/logs/%2e%2e/_security',
      '/logs/%252e%252e/_security',
      '/logs/..%2f_security',
      '/logs/..\\_security',
      '/logs/..;/x',
      '/logs/%FF',
      '/_searchx',
      '//logs/a',
    ]) {
      const { status, text } = await ask(proxy, { path })
      expect([status, path]).toEqual([403, path])
      expect(text).toContain('No route allows GET')
    }
    expect(await ask(proxy, { path: '/logs/a#b' })).toMatchObject({ status: 403 })
    expect(await ask(proxy, { path: '/logs/a', method: 'DELETE' })).toMatchObject({ status: 403 })
    expect(proxy.arrived).toEqual([])
  })

  it('is no target with a fragment, which would be signed without it', async () => {
    proxy = await startProxy({})
    expect(await ask(proxy, { method: 'PUT', path: '/a#b' })).toMatchObject({ status: 400 })
    expect(await ask(proxy, { path: '/a?b#c' })).toMatchObject({ status: 400 })
    expect(proxy.arrived).toEqual([])
  })

  it('is told in the dialect of what is signed for', async () => {
    proxy = await startProxy({ allow: { paths: ['/a'] }, sign: { service: 's3' } })
    const { text, headers } = await ask(proxy)
    expect(headers['content-type']).toBe('application/xml')
    expect(text).toContain('<Code>AccessDenied</Code><Message>No route allows GET')
  })

  it('are services and regions', async () => {
    proxy = await startProxy({ allow: { services: ['s3'], regions: ['us-east-1'] } })
    expect(await ask(proxy)).toMatchObject({ status: 403, text: expect.stringContaining('execute-api') })
    expect(proxy.arrived).toEqual([])
  })

  it('are hosts that clients name, and no others', async () => {
    const allow = { hosts: ['*.s3.eu-west-1.amazonaws.com'] }
    proxy = await startProxy({
      allow,
      routes: [
        {
          upstream: undefined,
          connect: { host: '127.0.0.1', port: 9 },
          allow: { hosts: allow.hosts, paths: [], methods: [], services: [], regions: [] },
          sign: {
            service: undefined,
            region: undefined,
            host: undefined,
            profile: undefined,
            algorithm: 'v4',
            payload: 'auto',
            headers: ['minimal'],
            setHeaders: {},
            retries: 0,
            redirects: false,
            presigned: false,
          },
        },
      ],
    })
    for (const host of [
      'evil.example',
      'b.s3.eu-west-1.amazonaws.com.evil.example',
      '169.254.169.254',
      'b.s3.us-east-1.amazonaws.com',
    ]) {
      expect(await ask(proxy, { headers: { host } }), host).toMatchObject({ status: 403 })
    }
    // It would go there, where nothing listens.
    expect(await ask(proxy, { headers: { host: 'b.s3.eu-west-1.amazonaws.com' } })).toMatchObject({
      status: 502,
    })
    expect(proxy.lines.at(-1)).toMatchObject({
      upstream: 'b.s3.eu-west-1.amazonaws.com',
      signedFor: 'eu-west-1/s3',
    })
    expect(await ask(proxy, { path: 'http://b.s3.eu-west-1.amazonaws.com/k' })).toMatchObject({ status: 502 })
    expect(
      await ask(proxy, { path: 'http://evil.example/k', headers: { host: 'b.s3.eu-west-1.amazonaws.com' } }),
    ).toMatchObject({ status: 403 })
  })
})
