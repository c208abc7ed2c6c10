import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { exchangeBytes } from '../../../test/kit/servers.ts'
import { send, settingsFor, sign, startGateway, type RunningGateway } from './running-gateway.ts'

let running: RunningGateway
afterEach(() => running.close())

const { timeouts, limits } = settingsFor('http://x')
const last = (): Record<string, unknown> | undefined => running.lines.at(-1)

describe('an upstream', () => {
  it('that is not there is a bad gateway', async () => {
    running = await startGateway()
    await running.upstream.close()
    for (const [service, pattern] of [
      ['s3', /<Code>BadGateway<\/Code>/],
      ['execute-api', /^\{"message":"The upstream cannot be reached"\}$/],
    ] as const) {
      const { status, body } = await send(sign({ url: `${running.origin}/` }, service))
      expect(status).toBe(502)
      expect(body).toMatch(pattern)
    }
    expect(last()).toMatchObject({ failure: 'UPSTREAM_UNAVAILABLE' })
  })

  it('that does not answer is a time-out', async () => {
    running = await startGateway({ timeouts: { ...timeouts, upstreamFirstByte: 0.05 } }, () => {})
    const { status } = await send(sign({ url: `${running.origin}/` }))
    expect(status).toBe(504)
    expect(last()).toMatchObject({ failure: 'UPSTREAM_TIMED_OUT' })
  })

  it('that takes too long in all is a time-out', async () => {
    running = await startGateway({ timeouts: { ...timeouts, total: 0.05 } }, () => {})
    const { status } = await send(sign({ url: `${running.origin}/` }))
    expect(status).toBe(504)
    expect(last()).toMatchObject({ failure: 'EXCHANGE_TIMED_OUT' })
  })

  it('that dies while it answers takes the response down, so that half of it is not taken for the whole', async () => {
    running = await startGateway({}, (request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('half', () => request.socket.destroy())
    })
    await expect(send(sign({ url: `${running.origin}/` }))).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect.poll(last).toMatchObject({ failure: 'UPSTREAM_UNAVAILABLE', bytesOut: 4 })
  })

  it('that dies in a chunked response does so, too', async () => {
    running = await startGateway({}, (request, response) => {
      response.write('half', () => request.socket.destroy())
    })
    await expect(send(sign({ url: `${running.origin}/` }))).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('that ends its connection with the last of a response is handed on whole', async () => {
    const whole = 'x'.repeat(300_000)
    running = await startGateway({}, (request) => {
      request.socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${whole}`)
    })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(sign({ url: `${running.origin}/` }))),
    )
    for (const { status, body } of answers) expect([status, body.length]).toEqual([200, whole.length])
  })

  it('that gives its reason in letters beyond ASCII is handed on with them, byte for byte', async () => {
    running = await startGateway({}, (request) => {
      request.socket.end('HTTP/1.1 404 找不到 ¿dónde?\r\ncontent-length: 4\r\n\r\nnone')
    })
    const { method, url, headers } = sign({ url: `${running.origin}/` })
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const { text } = await exchangeBytes(
      running.port,
      `${method} ${new URL(url).pathname} HTTP/1.1\r\nconnection: close\r\n${lines}\r\n`,
    )
    expect(Buffer.from(text, 'latin1').toString()).toMatch(/^HTTP\/1\.1 404 找不到 ¿dónde\?\r\n[^]*none$/)
  })

  it('that tells the length of what has not been modified is handed on', async () => {
    running = await startGateway({}, (_request, response) => {
      response.writeHead(304, { 'content-length': '1000', etag: '"a"' }).end()
    })
    const { status, headers } = await send(sign({ url: `${running.origin}/` }))
    expect([status, headers['content-length'], headers.etag]).toEqual([304, '1000', '"a"'])
  })

  it('whose reason cannot be handed on is a bad gateway', async () => {
    running = await startGateway({}, (request) => {
      request.socket.end('HTTP/1.1 200 bell\x07\r\ncontent-length: 4\r\n\r\nnone')
    })
    expect((await send(sign({ url: `${running.origin}/` }))).status).toBe(502)
  })

  it.each([
    ['a little of it', 200_000, 'the next request is answered'],
    ['much of it', 50_000_000, 'the connection ends'],
  ])('that answers before it has the body, with %s to come: %s', async (_name, length, ending) => {
    const upstream = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno'))
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port } = upstream.address() as AddressInfo
    const [route] = settingsFor(`http://127.0.0.1:${port}`).routes
    running = await startGateway({ routes: [route!] })
    const head = (more: string): string => {
      const url = `${running.origin}/k`
      const signed = sign(
        { method: 'PUT', url, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
        's3',
      )
      const lines = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      return `PUT /k HTTP/1.1\r\n${lines}${more}\r\n`
    }
    const client = connect(running.port, '127.0.0.1')
    client.on('error', () => {})
    let text = ''
    client.on('data', (chunk) => (text += chunk.toString()))
    client.write(`${head(`content-length: ${length}\r\n`)}x`)
    await expect.poll(() => text).toMatch(/403 No[^]*no$/)
    client.write('x'.repeat(length - 1) + head('content-length: 0\r\n'))
    if (ending === 'the connection ends') await expect.poll(() => client.closed).toBe(true)
    else await expect.poll(() => text).toMatch(/403 No[^]*403 No[^]*no$/)
    client.destroy()
    upstream.close()
  })

  it('that closed an idle connection is asked again', async () => {
    const sockets: Socket[] = []
    let answers = 0
    const upstream = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', () => {
        answers += 1
        // The second request comes over the same connection, which breaks just then.
        if (answers === 2) socket.destroy()
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      })
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as { port: number }
    running = await startGateway({ routes: settingsFor(`http://127.0.0.1:${port}`).routes })
    for (const path of ['/1', '/2', '/3']) {
      expect(await send(sign({ url: running.origin + path }))).toMatchObject({ status: 200, body: 'ok' })
    }
    expect(sockets).toHaveLength(2)
    for (const socket of sockets) socket.destroy()
    upstream.close()
  })
})

describe('a client', () => {
  const headTo = (path: string): string => {
    const signed = sign({ url: running.origin + path }).headers
    return `GET ${path} HTTP/1.1\r\n${signed.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`
  }

  it('that goes away while the upstream works ends its request there', async () => {
    let isEnded = false
    running = await startGateway({}, (_request, response) => {
      response.on('close', () => (isEnded = !response.writableFinished))
      response.write('first')
    })
    const { method, url, headers } = sign({ url: `${running.origin}/` })
    const outgoing = sendRequest(url, { method, agent: false, headers: Object.fromEntries(headers) })
    outgoing.on('error', () => {})
    outgoing.on('response', (response) => response.once('data', () => outgoing.destroy()))
    outgoing.end()
    await expect.poll(() => isEnded).toBe(true)
    await expect.poll(last).toMatchObject({ failure: 'CLIENT_GONE' })
  })

  it('that goes away with several requests under way ends all of them', async () => {
    running = await startGateway({}, () => {})
    const client = connect(running.port, '127.0.0.1')
    client.write(`${headTo('/1')}\r\n${headTo('/2')}\r\n`)
    await expect.poll(() => running.arrived).toHaveLength(2)
    client.destroy()
    await expect
      .poll(() => running.lines.map(({ failure }) => failure))
      .toEqual(['CLIENT_GONE', 'CLIENT_GONE'])
  })

  it('that reads nothing is given up', async () => {
    running = await startGateway({ timeouts: { ...timeouts, bodyIdle: 0.1 } }, (_request, response) => {
      response.on('error', () => {})
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
        response.once('drain', more)
      }
      more()
    })
    const { method, url, headers } = sign({ url: `${running.origin}/` })
    const outgoing = sendRequest(url, { method, agent: false, headers: Object.fromEntries(headers) })
    outgoing.on('error', () => {})
    // It never reads.
    outgoing.on('response', (response) => response.pause())
    outgoing.end()
    await expect.poll(last).toMatchObject({ failure: 'CLIENT_GONE' })
    expect(last()?.['bytesOut']).toBeLessThan(20 * 1024 * 1024)
    outgoing.destroy()
  })

  const offer =
    'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: a\r\nsec-websocket-version: 13\r\n'

  it.each([
    ['a WebSocket', offer],
    ['HTTP/2', 'connection: Upgrade\r\nupgrade: h2c\r\n'],
  ])('that asks for %s before it has been answered is answered, and no more', async (_name, headers) => {
    running = await startGateway({}, (request, response) => {
      setTimeout(() => response.end(request.url), 50)
    })
    const bytes = `${headTo('/1')}\r\n${headTo('/2')}\r\n${headTo('/3')}${headers}\r\n`
    const { text, isClosed } = await exchangeBytes(running.port, bytes)
    expect([text.match(/\/\d$|\/\d(?=HTTP)/g), isClosed]).toEqual([['/1', '/2'], true])
    expect(running.arrived.map(({ target }) => target).toSorted()).toEqual(['/1', '/2'])
  })

  it('that resets its connection before it gets its WebSocket does no harm', async () => {
    running = await startGateway({}, () => {})
    const client = connect(running.port, '127.0.0.1')
    client.on('error', () => {})
    client.write(`${headTo('/feed')}${offer}\r\n`)
    await expect.poll(() => running.arrived).toHaveLength(1)
    client.resetAndDestroy()
    await expect.poll(last).toMatchObject({ failure: 'CLIENT_GONE' })
  })

  it.each([
    ['that is no HTTP', 'nonsense\r\n\r\n', '400 Bad Request'],
    [
      'with two lengths',
      'PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      '400 ',
    ],
    [
      'with a length and chunks',
      'PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400 ',
    ],
    ['with endless headers', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`, '431 '],
    ['with 201 headers', `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(200)}\r\n`, '400 '],
    ['for a tunnel', 'CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\n\r\n', ''],
  ])('%s is refused', async (_name, bytes, status) => {
    running = await startGateway()
    const { text } = await exchangeBytes(
      running.port,
      bytes.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'),
    )
    expect(text.startsWith(status && `HTTP/1.1 ${status}`)).toBe(true)
    expect(text).not.toMatch(/^HTTP\/1\.1 [23]/)
    expect(running.arrived).toHaveLength(0)
  })

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\n\r\n'],
    ['a WebSocket', `GET / HTTP/1.1\r\nhost: x\r\n${offer}\r\n`],
  ])('that is refused %s and does not hang up is hung up on', async (_name, bytes) => {
    running = await startGateway()
    const client = connect({ port: running.port, host: '127.0.0.1', allowHalfOpen: true })
    client
      .on('error', () => {})
      .resume()
      .write(bytes)
    await once(client, 'end')
    await expect
      .poll(() => {
        client.write('more')
        return client.closed
      })
      .toBe(true)
  })

  it('too slow with its head is given up', async () => {
    running = await startGateway({ timeouts: { ...timeouts, header: 0.1 } })
    const { text, isClosed } = await exchangeBytes(running.port, 'GET / HTTP/1.1\r\nhost:')
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(isClosed).toBe(true)
  })

  it('is one of so many at once and no more', async () => {
    running = await startGateway({ limits: { ...limits, connections: 3 } })
    const open = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = connect(running.port, '127.0.0.1')
        await new Promise((resolve) => socket.once('connect', resolve))
        return socket
      }),
    )
    await expect(send(sign({ url: `${running.origin}/` }))).rejects.toBeInstanceOf(Error)
    for (const socket of open) socket.destroy()
    await expect
      .poll(async () => (await send(sign({ url: `${running.origin}/` })).catch(() => undefined))?.status)
      .toBe(200)
  })
})

describe('stopping', () => {
  it('lets requests under way end, takes no new ones, and says so to whoever asks', async () => {
    let answer: (() => void) | undefined
    running = await startGateway({}, (_request, response) => {
      answer = () => void response.end('late')
    })
    expect((await fetch(`${running.healthOrigin}/readyz`)).status).toBe(200)
    const underWay = send(sign({ url: `${running.origin}/` }))
    await expect.poll(() => answer).toBeDefined()
    const stopped = running.gateway.stop()
    await expect.poll(async () => (await fetch(`${running.healthOrigin}/readyz`)).status).toBe(503)
    expect((await fetch(`${running.healthOrigin}/livez`)).status).toBe(200)
    await expect(send(sign({ url: `${running.origin}/` }))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    answer?.()
    expect(await underWay).toMatchObject({ status: 200, body: 'late' })
    await stopped
    await expect(fetch(`${running.healthOrigin}/livez`)).rejects.toBeInstanceOf(Error)
  })

  it('does not wait for ever', async () => {
    running = await startGateway({ timeouts: { ...timeouts, drain: 0.05 } }, () => {})
    const underWay = send(sign({ url: `${running.origin}/` }))
    underWay.catch(() => {})
    await expect.poll(() => running.arrived.length).toBe(1)
    await running.gateway.stop()
    await expect(underWay).rejects.toBeInstanceOf(Error)
  })

  it('is done at once when connections are idle', async () => {
    running = await startGateway()
    const sockets = Array.from({ length: 20 }, () => connect(running.port, '127.0.0.1'))
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    for (const socket of sockets) socket.on('error', () => {})
    await running.gateway.stop()
    for (const socket of sockets) socket.destroy()
    expect(running.lines).toEqual([])
  })
})

describe('an address', () => {
  it('that is taken is an error with a name', async () => {
    running = await startGateway()
    const { port } = running
    const second = startGateway({ listen: { host: '127.0.0.1', port } })
    await expect(second).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ADDRESS_UNAVAILABLE',
      message: `Cannot listen on 127.0.0.1:${port}: it is in use`,
    })
  })
})
