import { once } from 'node:events'
import { request as sendRequest, type IncomingMessage, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { Readable, type Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'undici'
import { readNodeRequest } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { exchangeBytes } from '../../../../test/kit/servers.ts'
import { settingsFor } from '../running-gateway.ts'
import { ask, startProxy, type RunningProxy } from './running-proxy.ts'
import { echo } from './web-socket.ts'

let proxy: RunningProxy
afterEach(() => proxy.close())

const { timeouts } = settingsFor('http://x')
const last = (): Record<string, unknown> | undefined => proxy.lines.at(-1)

/** The response to a GET, as soon as its head is here. */
function open(path = '/'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sendRequest({ host: '127.0.0.1', port: proxy.port, path, agent: false }, resolve)
      .once('error', reject)
      .end()
  })
}

describe('an answer', () => {
  it('of events comes event by event', async () => {
    let say: (text: string) => void = () => {}
    proxy = await startProxy(
      {},
      {
        respond(_request, response) {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          say = (text) => void response.write(`data: ${text}\n\n`)
          response.flushHeaders()
        },
      },
    )
    const response = await open()
    expect(response.headers['content-type']).toBe('text/event-stream')
    for (const text of ['one', 'two', 'three']) {
      const next = once(response, 'data')
      say(text)
      expect(String((await next)[0])).toBe(`data: ${text}\n\n`)
    }
    response.destroy()
  })

  it('ends at the client where the upstream dies in the middle of it', async () => {
    proxy = await startProxy(
      {},
      {
        respond(request, response) {
          response.writeHead(200, { 'content-length': '1000' })
          response.write('half', () => request.socket.destroy())
        },
      },
    )
    await expect(ask(proxy)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect.poll(last).toMatchObject({ failure: 'UPSTREAM_UNAVAILABLE', bytesOut: 4 })
  })

  it('waits for a client that reads slowly, and gives up on one that reads nothing', async () => {
    const chunk = Buffer.alloc(64 * 1024)
    let sent = 0
    proxy = await startProxy(
      { timeouts: { ...timeouts, bodyIdle: 0.3 } },
      {
        respond(_request, response) {
          const more = (): void => {
            for (let i = 0; i < 1000 && response.write(chunk); i += 1) sent += chunk.length
          }
          response.on('drain', more)
          more()
        },
      },
    )
    const response = await open()
    response.pause()
    await expect.poll(last, { timeout: 5000 }).toMatchObject({ failure: 'CLIENT_GONE' })
    // What fits into buffers on the way, and no more.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    response.destroy()
  })
})

describe('a client', () => {
  it('that goes in the middle of its upload ends it at the upstream, too', async () => {
    proxy = await startProxy({ sign: { service: 's3' } })
    const outgoing = sendRequest({
      host: '127.0.0.1',
      port: proxy.port,
      method: 'PUT',
      path: '/b/k',
      headers: { 'content-length': '100000000' },
      agent: false,
    })
    outgoing.on('error', () => {})
    outgoing.write(Buffer.alloc(3_000_000))
    await expect.poll(() => proxy.upstream.server.listening).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 100))
    outgoing.destroy()
    await expect.poll(last).toMatchObject({ failure: 'CLIENT_GONE' })
    await expect.poll(() => proxy.refused).toHaveLength(1)
    expect(proxy.arrived).toEqual([])
    expect(await ask(proxy)).toMatchObject({ status: 200 })
  })

  it('that sends nothing more is told so', async () => {
    proxy = await startProxy({ timeouts: { ...timeouts, bodyIdle: 0.1 }, sign: { service: 's3' } })
    const head = 'PUT /b/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf'
    expect((await exchangeBytes(proxy.port, head)).text).toMatch(/^HTTP\/1\.1 408 /)
    expect(proxy.arrived).toEqual([])
  })

  it('among a thousand idle ones is served; nobody is left behind', async () => {
    proxy = await startProxy()
    const sockets = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const socket = connect(proxy.port, '127.0.0.1').on('error', () => {})
        await once(socket, 'connect')
        return socket
      }),
    )
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    // Idle connections must not hold it up when it stops.
    const began = Date.now()
    await proxy.gateway.stop()
    expect(Date.now() - began).toBeLessThan(5000)
    await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true)
  })
})

describe('an upstream', () => {
  it('that is not there is a bad gateway, after three attempts', async () => {
    proxy = await startProxy({}, { origin: 'http://127.0.0.1:9' })
    expect(await ask(proxy)).toMatchObject({ status: 502 })
    expect(last()).toMatchObject({ failure: 'UPSTREAM_UNAVAILABLE', attempts: 3 })
  })

  it('that does not answer is a time-out', async () => {
    proxy = await startProxy({ timeouts: { ...timeouts, upstreamFirstByte: 0.05 } }, { respond: () => {} })
    expect(await ask(proxy)).toMatchObject({ status: 504 })
  })

  it('that is overloaded is asked again, with another signature', async () => {
    let count = 0
    const dates = new Set<string | undefined>()
    proxy = await startProxy(
      {},
      {
        respond({ headers }, response) {
          dates.add(headers.authorization)
          count += 1
          response.writeHead(count < 3 ? 503 : 200).end(`answer ${count}`)
        },
      },
    )
    const body = Buffer.from('the same again')
    expect(await ask(proxy, { method: 'PUT', body })).toMatchObject({ status: 200, text: 'answer 3' })
    expect(proxy.arrived.map((arrived) => arrived.body.toString())).toEqual(Array(3).fill('the same again'))
    expect(last()).toMatchObject({ attempts: 3, status: 200 })
  })

  it('that stays so is what the client hears of; what cannot be sent again is not', async () => {
    proxy = await startProxy(
      {},
      { respond: (_request, response) => void response.writeHead(503).end('busy') },
    )
    expect(await ask(proxy)).toMatchObject({ status: 503, text: 'busy' })
    expect(proxy.arrived).toHaveLength(3)
    expect(await ask(proxy, { method: 'POST', body: Buffer.from('x') })).toMatchObject({ status: 503 })
    expect(proxy.arrived).toHaveLength(4)
    await proxy.close()
    proxy = await startProxy(
      { sign: { service: 's3' } },
      { respond: (_request, response) => void response.writeHead(503).end('busy') },
    )
    const headers = { 'content-length': '3000000' }
    const body = Readable.from([Buffer.alloc(3_000_000)])
    expect(await ask(proxy, { method: 'PUT', path: '/b/k', headers, body })).toMatchObject({ status: 503 })
    expect(proxy.arrived).toHaveLength(1)
  })

  it('whose clock is another is signed for by that', async () => {
    const now = (): Date => new Date(Date.now() - 3_600_000)
    proxy = await startProxy(
      {},
      {
        now,
        respond: (_request, response) => {
          response.setHeader('date', now().toUTCString())
          response.end('upstream')
        },
      },
    )
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(last()).toMatchObject({ attempts: 2 })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(last()).not.toHaveProperty('attempts')
    const metrics = await (await fetch(`${proxy.healthOrigin}/metrics`)).text()
    expect(metrics).toMatch(/countersign_clock_offset_seconds\{host="127\.0\.0\.1:\d+"\} -360\d/)
  })

  it('that redirects is the client’s to follow, unless the settings say otherwise and it is the same host', async () => {
    const respond: RequestListener = ({ url }, response) => {
      if (url === '/new') return response.end('new')
      const location = url === '/away' ? 'https://other.example/' : '/new'
      return response.writeHead(307, { location }).end()
    }
    proxy = await startProxy({}, { respond })
    expect(await ask(proxy)).toMatchObject({ status: 307, headers: { location: '/new' } })
    await proxy.close()
    proxy = await startProxy({ sign: { redirects: true } }, { respond })
    expect(await ask(proxy)).toMatchObject({ status: 200, text: 'new' })
    expect(await ask(proxy, { path: '/away' })).toMatchObject({ status: 307 })
    expect(proxy.refused).toEqual([])
  })
})

describe('a WebSocket', () => {
  const verifier = createVerifier({
    service: ['execute-api', 'transcribe'],
    region: '*',
    secrets: () => ({ secretAccessKey: 'the-real-secret' }),
  })

  /** The upstream takes WebSockets that are signed. */
  function takeSockets(): IncomingMessage[] {
    const taken: IncomingMessage[] = []
    const take = async (request: IncomingMessage, socket: Duplex): Promise<void> => {
      await verifier.verify(readNodeRequest(request))
      taken.push(request)
      if (request.url === '/no') socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone')
      else echo(request, socket, 'hello')
    }
    proxy.upstream.server.on('upgrade', (request: IncomingMessage, socket) => {
      take(request, socket).catch(() => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'))
    })
    return taken
  }

  it('is opened with a signed request, and then passes both ways', async () => {
    proxy = await startProxy()
    const taken = takeSockets()
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/feed?a=1`, {
      headers: { origin: `http://127.0.0.1:${proxy.port}` },
    })
    const messages: string[] = []
    socket.addEventListener('message', ({ data }) => messages.push(String(data)))
    await once(socket, 'open')
    socket.send('abc')
    socket.send('x'.repeat(200_000))
    await expect.poll(() => messages).toEqual(['hello', 'ABC', 'X'.repeat(200_000)])
    socket.close()
    await once(socket, 'close')
    expect(taken[0]).toMatchObject({ url: '/feed?a=1', headers: { upgrade: 'websocket' } })
    expect(taken[0]?.headers.authorization).toMatch(/SignedHeaders=host;x-amz-date,/)
    await expect.poll(last).toMatchObject({ status: 101, msg: 'forwarded' })
  })

  it('is opened with a presigned URL where the service wants that', async () => {
    proxy = await startProxy({ sign: { service: 'transcribe' } })
    const taken = takeSockets()
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/stream?language-code=en-GB`)
    await once(socket, 'message')
    socket.close()
    await once(socket, 'close')
    expect(taken[0]?.url).toMatch(/^\/stream\?language-code=en-GB&X-Amz-Algorithm=.*&X-Amz-Expires=60&/)
    expect(taken[0]?.headers.authorization).toBeUndefined()
  })

  it('that the upstream does not want is answered as the upstream does', async () => {
    proxy = await startProxy()
    takeSockets()
    const head =
      'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13'
    const { text, isClosed } = await exchangeBytes(proxy.port, `GET /no HTTP/1.1\r\n${head}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
    expect(text).toMatch(/none$/)
    expect(isClosed).toBe(true)
  })

  it('is refused without credentials', async () => {
    proxy = await startProxy({}, { credentials: () => () => Promise.reject(new Error('none')) })
    const taken = takeSockets()
    const head = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a'
    expect((await exchangeBytes(proxy.port, `GET / HTTP/1.1\r\n${head}\r\n\r\n`)).text).toMatch(
      /^HTTP\/1\.1 503 /,
    )
    expect(taken).toEqual([])
  })

  it('ends with the proxy, after the time to drain', async () => {
    proxy = await startProxy({ timeouts: { ...timeouts, drain: 0.1 } })
    takeSockets()
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`)
    await once(socket, 'message')
    const closed = once(socket, 'close')
    await proxy.gateway.stop()
    await closed
  })

  it('is the only thing to upgrade to: an offer of HTTP/2 is answered with HTTP/1.1', async () => {
    proxy = await startProxy()
    const head =
      'Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk'
    const { text } = await exchangeBytes(proxy.port, `GET / HTTP/1.1\r\n${head}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toMatch(/upstream/)
  })
})
