/**
 * What a guard does with uploads that it refuses: a client that asks first is asked for nothing, and one that sends at
 * once can read why, while nothing of what it sends is kept.
 */
import { createServer, request as sendHttp, type IncomingMessage, type RequestListener } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { connect, type AddressInfo, type Server, type Socket } from 'node:net'
import Fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { requireSignature as guardFastify } from '../../packages/countersign/src/servers/fastify.ts'
import { requireSignature as guardHttp2 } from '../../packages/countersign/src/servers/http2.ts'
import { requireSignature as guardKoa } from '../../packages/countersign/src/servers/koa.ts'
import { deferContinue, requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import { createShadow } from '../../packages/countersign/src/verify/index.ts'
import { signInHeader, verifierFor, withBadSignature, type SentMessage } from '../kit/messages.ts'
import { writeHttp1 } from '../kit/guarded-sockets.ts'

const MEBIBYTE = 1024 * 1024

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))))
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function lengthOf(body: AsyncIterable<Uint8Array> | undefined): Promise<number> {
  let length = 0
  for await (const chunk of body ?? []) length += chunk.length
  return length
}

const guard = requireSignature(verifierFor())
const handle: RequestListener = (request, response) =>
  guard(request, response, () => {
    void lengthOf(verifiedOf(request).body).then((length) => response.end(`took ${length}`))
  })

/** A client that sends its body only when it is told to, and what it was told. */
async function askFirst(port: number, message: SentMessage): Promise<string> {
  const bytes = writeHttp1({ ...message, headers: [...message.headers, ['expect', '100-continue']] })
  const head = bytes.indexOf('\r\n\r\n') + 4
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes.subarray(0, head)))
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString()
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(bytes.subarray(head))
    if (text.includes('took ')) socket.end()
  })
  await new Promise((resolve) => socket.on('close', resolve))
  return text
}

describe('an upload that asks first', () => {
  const put = signInHeader({ method: 'PUT', body: 'x'.repeat(100_000) })

  it('is told to go on where its head is good', async () => {
    const server = createServer(handle)
    deferContinue(server)
    const text = await askFirst(await listening(server), put)
    expect(text.match(/^HTTP\/1\.1 \d+|took \d+/gm)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200', 'took 100000'])
  })

  it('is not asked for a byte where it is not', async () => {
    const server = createServer(handle)
    deferContinue(server)
    let sent = 0
    server.on('connection', (socket) => socket.on('close', () => (sent = socket.bytesRead)))
    const bad = withBadSignature(put)
    expect(await askFirst(await listening(server), bad)).toMatch(/^HTTP\/1\.1 403 /)
    await expect.poll(() => sent).toBeGreaterThan(0)
    expect(sent).toBe(writeHttp1(bad).indexOf('\r\n\r\n') + 4 + 'expect: 100-continue\r\n'.length)
  })

  it('is told to go on by whoever looks only', async () => {
    const looking = requireSignature(createShadow(verifierFor()))
    const server = createServer((request, response) =>
      looking(
        request,
        response,
        () => void lengthOf(request).then((length) => response.end(`took ${length}`)),
      ),
    )
    deferContinue(server)
    expect(await askFirst(await listening(server), withBadSignature(put))).toContain('took 100000')
  })

  it('need not wait for it', async () => {
    const server = createServer(handle)
    deferContinue(server)
    const small = signInHeader({ method: 'PUT', body: 'abc' })
    const headers = [...small.headers, ['expect', '100-continue'], ['connection', 'close']] as const
    const port = await listening(server)
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(writeHttp1({ ...small, headers: [...headers] })),
    )
    expect(Buffer.concat(await socket.toArray()).toString()).toContain('took 3')
  })

  it('over HTTP/2, too', async () => {
    const guardIt = guardHttp2(verifierFor())
    const server = createHttp2Server((request, response) =>
      guardIt(request, response, () => {
        void lengthOf(verifiedOf(request).body).then((length) => response.end(`took ${length}`))
      }),
    )
    deferContinue(server)
    const session = connectHttp2(`http://127.0.0.1:${await listening(server)}`)
    const send = async (message: SentMessage): Promise<unknown[]> => {
      const fields = message.headers.map(
        ([name, value]) => [name === 'host' ? ':authority' : name, value] as const,
      )
      const path = { ':method': message.method, ':path': message.target, expect: '100-continue' }
      const stream = session.request({ ...Object.fromEntries(fields), ...path })
      const seen: unknown[] = []
      stream.on('continue', () => {
        seen.push(100)
        stream.end(message.body)
      })
      stream.on('response', (headers) => {
        seen.push(headers[':status'])
        if (!seen.includes(100)) stream.end()
      })
      await lengthOf(stream)
      return seen
    }
    const seen = [await send(put), await send(withBadSignature(put))]
    session.close()
    expect(seen).toEqual([[100, 200], [403]])
  })
})

/** The same server without and with frameworks. */
const SERVERS: readonly (readonly [name: string, start: () => Promise<Server>])[] = [
  ['http', async () => Promise.resolve(createServer(handle))],
  [
    'Koa',
    async () => {
      const app = new Koa()
      app.use(guardKoa(verifierFor()))
      return Promise.resolve(createServer(app.callback()))
    },
  ],
  [
    'Fastify',
    async () => {
      const app = Fastify()
      app.addHook('preParsing', guardFastify(verifierFor()))
      app.all('*', () => 'in')
      await app.ready()
      return app.server
    },
  ],
]

describe('an upload that does not wait', () => {
  const body = Buffer.alloc(8 * MEBIBYTE, 'x')
  const put = withBadSignature(signInHeader({ method: 'PUT', body: body.toString('latin1') }))

  /** Sends 8 MiB as Node's client does, and reads the answer. */
  async function upload(port: number): Promise<string> {
    return new Promise((resolve) => {
      const headers = Object.fromEntries(put.headers)
      const request = sendHttp({ port, method: 'PUT', path: put.target, headers }, (response) => {
        response.resume()
        resolve(String(response.statusCode))
        response.on('end', () => request.destroy())
      })
      request.on('error', (error) => resolve(String(error)))
      request.end(body)
    })
  }

  it.each(SERVERS)('can read why it was refused: %s', async (_name, start) => {
    const port = await listening(await start())
    const answers: string[] = []
    for (let i = 0; i < 16; i += 1) answers.push(await upload(port))
    expect(new Set(answers)).toEqual(new Set(['403']))
  })

  it.each(SERVERS)('can be all sent before a word of the answer is read: %s', async (_name, start) => {
    const bytes = writeHttp1(withBadSignature(signInHeader({ method: 'PUT', body: 'x'.repeat(600_000) })))
    const socket = connect(await listening(await start()), '127.0.0.1')
    const errors: unknown[] = []
    socket.on('error', (error) => errors.push(error))
    socket.pause()
    for (let at = 0; at < bytes.length; at += 60_000) {
      await new Promise((resolve) => socket.write(bytes.subarray(at, at + 60_000), resolve))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.resume()
    await new Promise((resolve) => (socket.closed ? resolve(null) : socket.on('close', resolve)))
    expect([text.slice(0, 12), errors]).toEqual(['HTTP/1.1 403', []])
  })

  it('and never ends is cut off, after little of it was read', async () => {
    const server = createServer(handle)
    let read = 0
    server.on('connection', (socket) => socket.on('close', () => (read = socket.bytesRead)))
    const port = await listening(server)
    const head = writeHttp1({
      ...put,
      body: undefined,
      headers: [...put.headers, ['content-length', '1e12']],
    })
    const text = head.toString('latin1').replace('1e12', '1000000000000')
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(text, 'latin1')
    const chunk = new Uint8Array(64 * 1024)
    const send = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    }
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.on('drain', send)
    socket.on('error', () => {})
    send()
    await new Promise((resolve) => socket.on('close', resolve))
    await expect.poll(() => read).toBeGreaterThan(MEBIBYTE)
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(read).toBeLessThan(2 * MEBIBYTE)
  })

  it('is not followed by another request on its connection', async () => {
    const served: (string | undefined)[] = []
    const server = createServer((request: IncomingMessage, response) =>
      guard(request, response, () => {
        served.push(request.url)
        response.end()
      }),
    )
    const port = await listening(server)
    const bytes = writeHttp1(withBadSignature(signInHeader({ method: 'PUT', body: 'x'.repeat(200_000) })))
    const next = writeHttp1(signInHeader({ method: 'GET', body: '' }))
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes.subarray(0, 100_000)))
    let text = ''
    socket.once('data', () => socket.write(Buffer.concat([bytes.subarray(100_000), next])))
    socket.on('data', (data) => (text += data.toString()))
    socket.on('error', () => {})
    await new Promise((resolve) => socket.on('close', resolve))
    expect([text.match(/HTTP\/1\.1 \d+/g), served]).toEqual([['HTTP/1.1 403'], []])
  })
})
