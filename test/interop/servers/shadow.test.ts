/** Guards with a shadow in place of a verifier: handlers find every request as if there were no guard. */
import { createServer as createHttp2Server, connect as connectHttp2 } from 'node:http2'
import type { IncomingMessage, RequestListener } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express, { type Handler } from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signRequest } from '../../../packages/countersign/src/index.ts'
import { requireSignature as guardFastify } from '../../../packages/countersign/src/servers/fastify.ts'
import { requireSignature as guardFetch } from '../../../packages/countersign/src/servers/fetch.ts'
import { requireSignature as guardHono } from '../../../packages/countersign/src/servers/hono.ts'
import {
  requireSignature as guardHttp2,
  requireStreamSignature,
} from '../../../packages/countersign/src/servers/http2.ts'
import { requireSignature as guardKoa } from '../../../packages/countersign/src/servers/koa.ts'
import { requireSignature as guardLambda } from '../../../packages/countersign/src/servers/lambda.ts'
import { requireSignature as guardNode, verifiedOf } from '../../../packages/countersign/src/servers/node.ts'
import { createShadow, createVerifier, type Shadow } from '../../../packages/countersign/src/verify/index.ts'
import { exchangeBytes, startServer, type Listening } from '../../kit/servers.ts'
import { CREDENTIALS, signedText, type SignedText } from './signed-text.ts'

const LONG = 'x'.repeat(3_000_000)

let shadow: Shadow
let told: string[]
let faults: unknown[]
beforeEach(() => {
  told = []
  faults = []
  const verifier = createVerifier({
    service: 's3',
    region: 'us-east-1',
    secrets: async (id) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (id === 'AKIDOUTAGE') throw new Error('the store is down')
      return { ...CREDENTIALS, principal: 'ada' }
    },
  })
  shadow = createShadow(verifier, {
    onRefused: ({ code }) => told.push(code),
    onFault: (error) => faults.push(error),
  })
})

function whoOf(request: object): string {
  try {
    const verified = verifiedOf(request)
    expect([verified.body, verified.covered.body]).toEqual([undefined, undefined])
    return String(verified.principal)
  } catch {
    return 'nobody'
  }
}

const answer = (request: object, body: string): string => `${whoOf(request)} ${body.length} ${body.slice(-3)}`

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const parser = express.text({ type: () => true, limit: '10mb' })

/** Starts Express with its own parser behind the guard, which may come late. */
async function startExpress(before: Handler[] = []): Promise<Listening<unknown>> {
  const app = express()
  app.use(
    ...before,
    guardNode(shadow),
    parser,
    (request: IncomingMessage & { body?: unknown }, response: { end(text: string): void }) => {
      response.end(answer(request, typeof request.body === 'string' ? request.body : ''))
    },
  )
  return startServer(app)
}

async function startKoa(): Promise<Listening<unknown>> {
  const app = new Koa()
  app.use(guardKoa(shadow))
  app.use(async (context) => {
    context.body = answer(context, await textOf(context.req))
  })
  return startServer(app.callback())
}

async function startFastify(): Promise<Listening<unknown>> {
  const app = Fastify({ bodyLimit: 10_000_000 })
  app.addHook('preParsing', guardFastify(shadow))
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.all('*', (request) => answer(request, typeof request.body === 'string' ? request.body : ''))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { server: app, port, origin: '', close: () => app.close() }
}

function listenerOf(serve: Parameters<typeof getRequestListener>[0]): RequestListener {
  const listener = getRequestListener(serve)
  return (request, response) => void listener(request, response)
}

async function startHono(): Promise<Listening<unknown>> {
  const app = new Hono()
  app.use(guardHono(shadow))
  app.all('*', async (c) => c.text(answer(c, await c.req.text())))
  return startServer(listenerOf((request, env) => app.fetch(request, env)))
}

async function startFetch(): Promise<Listening<unknown>> {
  const handler = guardFetch(shadow)(async (request) => new Response(answer(request, await request.text())))
  return startServer(listenerOf(async (request) => handler(request)))
}

const open: Listening<unknown>[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()))
})

async function ask(server: Listening<unknown>, ...texts: string[]): Promise<(string | undefined)[]> {
  open.push(server)
  const answers = []
  for (const text of texts) {
    const { text: all } = await exchangeBytes(server.port, text)
    answers.push(
      `${all.slice(9, 12)} ${all
        .split('\r\n\r\n')
        .at(-1)
        ?.replace(/^\w+\r\n|\r\n.*$/g, '')}`,
    )
  }
  return answers
}

const put = (body: string, more: SignedText = {}): string => signedText({ method: 'PUT', body, ...more })
const UNSIGNED = 'PUT /b/k HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc'
const CHUNKED = UNSIGNED.replace('content-length: 3', 'transfer-encoding: chunked').replace(
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
)

describe.each([
  ['Express', startExpress],
  ['Koa', startKoa],
  ['Fastify', startFastify],
  ['Hono on Node', startHono],
  ['a fetch handler', startFetch],
])('%s', (_name, start) => {
  it('handles whatever comes with its whole body, and knows who it was where that is known', async () => {
    const answers = await ask(
      await start(),
      signedText(),
      put('abc'),
      UNSIGNED,
      CHUNKED,
      put('abc').replace(/abc$/, 'abd'),
      put('abc').replace(/Signature=./, 'Signature=x'),
      put(LONG),
    )
    expect(answers).toEqual([
      '200 ada 0 ',
      '200 ada 3 abc',
      '200 nobody 3 abc',
      '200 nobody 3 abc',
      '200 nobody 3 abd',
      '200 nobody 3 abc',
      '200 ada 3000000 xxx',
    ])
    const missing = 'SIGNATURE_MISSING'
    expect(told.slice(0, 3)).toEqual([missing, missing, 'PAYLOAD_MISMATCH'])
    expect(shadow.counts()).toMatchObject({ letIn: 3, refused: 4, faults: 0 })
  })

  it('learns while its handler reads that a long body is another than was signed', async () => {
    expect(await ask(await start(), put(LONG).replace(/x$/, 'y'))).toEqual(['200 ada 3000000 xxy'])
    await expect.poll(() => told).toEqual(['PAYLOAD_MISMATCH'])
    expect(shadow.counts()).toMatchObject({ letIn: 0, refused: 1 })
  })

  it('goes on when its look-up of keys fails', async () => {
    const text = put('abc').replace('AKIDEXAMPLE', 'AKIDOUTAGE')
    expect(await ask(await start(), text)).toEqual(['200 nobody 3 abc'])
    expect(faults).toMatchObject([{ message: 'the store is down' }])
  })
})

describe('a guard that looks', () => {
  const wait: Handler = (_request, _response, next) => void setTimeout(() => next(), 30)

  it('finds a body that had begun to arrive before, or was there', async () => {
    const bodies = ['abc', 'y'.repeat(500_000), LONG]
    expect(await ask(await startExpress([wait]), ...bodies.map((body) => put(body)))).toEqual([
      '200 ada 3 abc',
      '200 ada 500000 yyy',
      '200 ada 3000000 xxx',
    ])
    expect(told).toEqual([])
  })

  it('leaves a body alone that a parser has read before, and tells of it', async () => {
    expect(await ask(await startExpress([parser]), put('abc'))).toEqual(['200 nobody 3 abc'])
    expect(faults).toMatchObject([{ code: 'BODY_ALREADY_READ' }])
  })

  it('takes several requests on a connection, and pieces that come slowly', async () => {
    const server = await startExpress()
    open.push(server)
    const socket = connect(server.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    const kept = put('abcdef').replace('connection: close\r\n', '')
    socket.write(kept.slice(0, -4))
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.write(kept.slice(-4, -1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.write(kept.slice(-1) + kept + put('ghi'))
    await new Promise((resolve) => socket.on('close', resolve))
    expect(text.match(/ada \d+ [a-z]+/g)).toEqual(['ada 6 def', 'ada 6 def', 'ada 3 ghi'])
    expect(shadow.counts()).toMatchObject({ letIn: 3, refused: 0 })
  })

  it('goes on after a client that went away in its body', async () => {
    const server = await startExpress()
    const text = put('x'.repeat(2000))
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text.slice(0, -100)))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.resetAndDestroy()
    expect(await ask(server, put('abc'))).toEqual(['200 ada 3 abc'])
    expect([told, shadow.counts().refused]).toEqual([[], 0])
  })

  it('lets go on what a proxy in front says wrongly', async () => {
    const trustedProxies = { addresses: ['127.0.0.1'], headers: ['x-forwarded-host' as const] }
    const guard = guardNode(shadow, { trustedProxies })
    const server = await startServer((request, response) =>
      guard(
        request,
        response,
        () => void textOf(request).then((body) => response.end(answer(request, body))),
      ),
    )
    const text = UNSIGNED.replace('host: h', 'host: h\r\nx-forwarded-host: a/b')
    expect(await ask(server, text)).toEqual(['200 nobody 3 abc'])
    expect([told, shadow.counts().refused]).toEqual([['REQUEST_MALFORMED'], 1])
  })

  it('hands events of Lambda to their handler', async () => {
    const handler = guardLambda(shadow)(async (event) => Promise.resolve(whoOf(event)))
    const event = {
      version: '2.0',
      rawPath: '/b/k',
      rawQueryString: '',
      headers: { host: 'h' },
      requestContext: { http: { method: 'PUT' }, domainName: 'x.lambda-url.us-east-1.on.aws' },
      body: LONG,
    }
    expect([await handler(event), told]).toEqual(['nobody', ['SIGNATURE_MISSING']])
  })
})

describe('HTTP/2', () => {
  it.each(['requests', 'streams'])('%s', async (kind) => {
    const server = createHttp2Server()
    if (kind === 'requests') {
      const guard = guardHttp2(shadow)
      server.on('request', (request, response) =>
        guard(
          request,
          response,
          () => void textOf(request).then((body) => response.end(answer(request, body))),
        ),
      )
    } else {
      const guard = requireStreamSignature(shadow)
      server.on('stream', (stream, _headers, _flags, rawHeaders: string[] = []) =>
        guard(stream, rawHeaders, () => {
          stream.respond({ ':status': 200 })
          void textOf(stream).then((body) => stream.end(answer(stream, body)))
        }),
      )
    }
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const send = async (body: string, sent = body): Promise<string> => {
      const url = 'http://h/b/k'
      const options = { credentials: CREDENTIALS, service: 's3', region: 'us-east-1' }
      const { headers } = signRequest({ method: 'PUT', url, body }, options)
      const fields = headers.map(([name, value]) => [name === 'host' ? ':authority' : name, value] as const)
      const stream = session.request({ ...Object.fromEntries(fields), ':method': 'PUT', ':path': '/b/k' })
      stream.end(sent)
      return textOf(stream)
    }
    const answers = [await send('abc'), await send('abc', 'abd'), await send(LONG), await send('')]
    session.close()
    await new Promise((resolve) => void server.close(resolve))
    expect(answers).toEqual(['ada 3 abc', 'nobody 3 abd', 'ada 3000000 xxx', 'ada 0 '])
    expect(told).toEqual(['PAYLOAD_MISMATCH'])
  })
})
