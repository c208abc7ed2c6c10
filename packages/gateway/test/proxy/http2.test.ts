/** HTTP/2 towards clients, beside HTTP/1.1 on the same port. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as sendSecurely } from 'node:https'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { ServerResponse } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { signRequest } from 'countersign'
import { afterEach, describe, expect, it } from 'vitest'
import { describeWithTool } from '../../../../test/kit/tools.ts'
import { KEY, region, settingsFor } from '../running-gateway.ts'
import { startProxy, type RunningProxy } from './running-proxy.ts'

const file = (name: string): string =>
  fileURLToPath(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url))
const pem = (name: string): string => readFileSync(file(name), 'utf8')
const tls = { cert: pem('server'), key: pem('server-key') }
const HTTP2 = { tls: { certificate: '', key: '', clientAuthority: undefined, http2: true } }
const keys = { find: (id: string) => (id === KEY.accessKeyId ? { ...KEY, principal: 'ada' } : undefined) }

let proxy: RunningProxy
let client: ClientHttp2Session
afterEach(async () => {
  client.destroy()
  await proxy.close()
})

async function start(
  settings: Parameters<typeof startProxy>[0] = {},
  options: Parameters<typeof startProxy>[1] = {},
): Promise<void> {
  proxy = await startProxy({ ...HTTP2, ...settings }, { tls, keys, ...options })
  client = open()
}

function open(): ClientHttp2Session {
  const session = connect(`https://localhost:${proxy.port}`, { ca: pem('ca') })
  session.on('error', () => {})
  return session
}

/** Whether with an error or without. */
function closed(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.closed && session.destroyed) resolve()
    else session.once('close', resolve)
  })
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

async function read(stream: ClientHttp2Stream): Promise<Answer> {
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  return { status: Number(headers[':status']), headers, body: await text(stream) }
}

function ask(headers: Record<string, string | string[]> = {}, body?: Uint8Array): Promise<Answer> {
  const stream = client.request({ ':path': '/', ...headers })
  stream.end(body)
  return read(stream)
}

const last = (): Record<string, unknown> | undefined => proxy.lines.at(-1)

describe('a request over HTTP/2', () => {
  it('is signed and sent as one of HTTP/1.1 is', async () => {
    await start()
    const answer = await ask({ ':path': '/a%2Fb//c?x=%2F', 'x-amz-meta-a': 'one', cookie: ['a=1', 'b=2'] })
    expect(answer).toMatchObject({ status: 200, body: 'upstream' })
    const { target, headers, rawHeaders } = proxy.arrived[0]!
    expect(target).toBe('/a%2Fb//c?x=%2F')
    expect(headers).toMatchObject({ 'x-amz-meta-a': 'one', cookie: 'a=1; b=2' })
    expect(headers.host).toBe(new URL(proxy.upstream.origin).host)
    expect(rawHeaders.filter((name) => name.startsWith(':'))).toEqual([])
    expect(answer.headers['x-countersign-request-id']).toBe(last()?.['requestId'])
  })

  it('may have a body, with its length and without', async () => {
    await start()
    const body = Buffer.alloc(300_000, 7)
    expect(await ask({ ':method': 'PUT', 'content-length': '300000' }, body)).toMatchObject({ status: 200 })
    expect(await ask({ ':method': 'POST' }, body)).toMatchObject({ status: 200 })
    expect(proxy.arrived.map((arrived) => arrived.body.equals(body))).toEqual([true, true])
    expect(last()).toMatchObject({ bytesIn: 300_000 })
  })

  it('is one of many on a connection, each with its own answer', async () => {
    await start({}, { respond: (request, response) => void response.end(request.url) })
    const paths = Array.from({ length: 150 }, (_, index) => `/${index}`)
    const answers = await Promise.all(paths.map((path) => ask({ ':path': path })))
    expect(answers.map(({ body }) => body)).toEqual(paths)
    expect(client.remoteSettings.maxConcurrentStreams).toBe(100)
  })

  it('is refused as one of HTTP/1.1 is, also while its client is still sending', async () => {
    await start({ allow: { paths: ['/a'] } })
    expect(await ask()).toMatchObject({ status: 403, body: expect.stringContaining('No route allows GET') })
    const stream = client.request({ ':path': '/b', ':method': 'PUT' })
    stream.write(Buffer.alloc(100_000))
    expect(await read(stream)).toMatchObject({ status: 403 })
    if (!stream.closed) await once(stream, 'close')
    expect(await ask({ ':path': '/a' })).toMatchObject({ status: 200 })
    const tunnel = client.request({ ':method': 'CONNECT', ':authority': 'example.com:443' })
    expect(await read(tunnel)).toMatchObject({ status: 405 })
  })

  it('is not sent where its answer would show the signature: by TRACE, and TRACK, which other servers know', async () => {
    await start()
    for (const method of ['TRACE', 'TRACK', 'trace']) {
      expect(await ask({ ':path': '/', ':method': method })).toMatchObject({ status: 405 })
    }
    expect(proxy.arrived).toEqual([])
  })

  it('whose client wants to be told to go on is told so when its body is wanted', async () => {
    await start({ allow: { methods: ['PUT'] } })
    const stream = client.request({ ':path': '/', ':method': 'PUT', expect: '100-continue' })
    await once(stream, 'continue')
    stream.end('some')
    expect(await read(stream)).toMatchObject({ status: 200 })
    const refused = client.request({ ':path': '/', ':method': 'POST', expect: '100-continue' })
    let isAsked = false
    refused.once('continue', () => (isAsked = true))
    expect(await read(refused)).toMatchObject({ status: 403 })
    expect(isAsked).toBe(false)
  })

  it('may be signed by its client, whose signature is checked', async () => {
    await start({ verify: true, sign: { service: 's3' } })
    const url = `https://localhost:${proxy.port}/b/k?x=1`
    const body = Buffer.from('something')
    const signed = signRequest({ method: 'PUT', url, body }, { credentials: KEY, service: 's3', region })
    const headers = Object.fromEntries(signed.headers.filter(([name]) => name !== 'host'))
    const head = { ...headers, ':path': '/b/k?x=1', ':method': 'PUT' }
    expect(await ask(head, body)).toMatchObject({ status: 200 })
    expect(last()).toMatchObject({ principal: 'ada', status: 200 })
    expect(await ask({ ...head, ':path': '/b/k?x=2' }, body)).toMatchObject({ status: 403 })
    expect(await ask({ ...head, ':authority': 'other.example' }, body)).toMatchObject({ status: 403 })
    expect(await ask({ ...head, host: 'other.example' }, body)).toMatchObject({ status: 403 })
    expect(proxy.arrived).toHaveLength(1)
  })
})

describe('an answer over HTTP/2', () => {
  it('has its headers, save what is for one connection only', async () => {
    const respond = (_request: unknown, response: ServerResponse): void => {
      const headers = [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'X-One',
        '1',
        'x-one',
        '2',
        'Keep-Alive',
        'timeout=5',
      ]
      response.writeHead(404, 'Nothing here', headers).end('none')
    }
    await start({}, { respond })
    const { status, headers, body } = await ask()
    expect([status, body]).toEqual([404, 'none'])
    expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-one': '1, 2' })
    expect(headers).not.toHaveProperty('keep-alive')
    expect(await ask({ ':method': 'HEAD' })).toMatchObject({ status: 404, body: '' })
  })

  it('comes as it comes, and as fast as its client reads', async () => {
    let tell: ((text: string) => void) | undefined
    await start({}, { respond: (_, response) => void (tell = (event) => response.write(event)) })
    const stream = client.request({ ':path': '/events' })
    await expect.poll(() => tell).toBeDefined()
    tell!('first')
    expect(String((await once(stream, 'data'))[0])).toBe('first')
    tell!('second')
    expect(String((await once(stream, 'data'))[0])).toBe('second')
    stream.close(constants.NGHTTP2_CANCEL)
    await expect.poll(last).toMatchObject({ failure: 'CLIENT_GONE' })
    await proxy.close()
    const large = Buffer.alloc(5_000_000, 1)
    await start({}, { respond: (_, response) => void response.end(large) })
    const slow = client.request({ ':path': '/' })
    slow.pause()
    await once(slow, 'response')
    expect((await buffer(slow)).equals(large)).toBe(true)
  })

  it('is broken off where the upstream breaks off, and never looks whole', async () => {
    await start(
      {},
      {
        respond: (_, response) => {
          response.write('half')
          setImmediate(() => response.destroy())
        },
      },
    )
    const stream = client.request({ ':path': '/' })
    const failed = once(stream, 'error')
    stream.resume()
    expect((await failed)[0]).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR)
  })
})

describe('an upload over HTTP/2 that is broken off', () => {
  it.each([
    ['its stream', () => constants.NGHTTP2_CANCEL],
    ['its stream, as if all were well', () => constants.NGHTTP2_NO_ERROR],
    ['the connection', () => undefined],
  ])('with %s never reaches the upstream', async (_, codeOf) => {
    await start()
    const stream = client.request({ ':path': '/', ':method': 'POST' })
    stream.on('error', () => {})
    stream.write(Buffer.alloc(50_000))
    // It has come in as far as it was sent.
    await ask({ ':path': '/other' })
    const code = codeOf()
    if (code === undefined) client.destroy()
    else stream.close(code)
    await expect.poll(last).toMatchObject({ method: 'POST', failure: 'CLIENT_GONE' })
    expect(proxy.arrived.map(({ target }) => target)).toEqual(['/other'])
  })
})

describe('a client', () => {
  it('that speaks HTTP/1.1 is served on the same port, and so is one that knows nothing of ALPN', async () => {
    await start()
    for (const ALPNProtocols of [['http/1.1'], undefined]) {
      const options = { host: 'localhost', port: proxy.port, ca: pem('ca'), agent: false, ALPNProtocols }
      const [response] = (await once(sendSecurely(options).end(), 'response')) as [
        { statusCode: number; httpVersion: string; resume(): void },
      ]
      response.resume()
      expect([response.statusCode, response.httpVersion]).toEqual([200, '1.1'])
    }
  })

  it('gets HTTP/1.1 where HTTP/2 is not switched on', async () => {
    proxy = await startProxy({}, { tls })
    client = open()
    await closed(client)
    expect(client.alpnProtocol).toBeUndefined()
  })

  it('whose headers are too many or too long is refused', async () => {
    await start()
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-${index}`, 'a']))
    for (const headers of [many, { 'x-long': 'a'.repeat(200_000) }]) {
      const answer = await ask(headers).catch((error: Error) => error)
      expect(answer instanceof Error || Number(answer.status) >= 400).toBe(true)
      client.destroy()
      client = open()
    }
    expect(proxy.arrived).toEqual([])
    expect(await ask()).toMatchObject({ status: 200 })
  })

  it('with nothing under way is let go after a while', async () => {
    await start({ timeouts: { ...settingsFor('http://x').timeouts, keepAlive: 0.1 } })
    expect(await ask()).toMatchObject({ status: 200 })
    await once(client, 'close')
  })
})

describe('stopping', () => {
  it('lets streams under way end, and closes idle connections', async () => {
    let finish: (() => void) | undefined
    await start({}, { respond: (_, response) => void (finish = () => response.end('whole')) })
    const idle = open()
    await once(idle, 'connect')
    const answer = ask()
    await expect.poll(() => finish).toBeDefined()
    const stopped = proxy.gateway.stop()
    await once(idle, 'close')
    finish!()
    expect(await answer).toMatchObject({ status: 200, body: 'whole' })
    await stopped
  })

  it('does not wait for ever', async () => {
    await start({ timeouts: { ...settingsFor('http://x').timeouts, drain: 0.1 } }, { respond: () => {} })
    const stream = client.request({ ':path': '/' })
    stream.on('error', () => {})
    await expect.poll(() => proxy.arrived).toHaveLength(1)
    await proxy.gateway.stop()
  })
})

describeWithTool('curl', 'curl over HTTP/2', (curl) => {
  it('gets the same answers', async () => {
    await start()
    const url = `https://localhost:${proxy.port}/a?b=1`
    const format = '%{http_version} %{http_code}'
    const flags = ['-s', '--http2', '--cacert', file('ca'), '-d', 'x', '-w', format]
    const { stdout } = await promisify(execFile)(curl, [...flags, url])
    expect(stdout).toBe('upstream2 200')
    expect(proxy.arrived[0]?.body.toString()).toBe('x')
  })
})
