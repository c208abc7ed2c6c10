/** undici, with the interceptor: 7 on Node 20, 8 on Node 24. */
import { buffer } from 'node:stream/consumers'
import { connect, type AddressInfo } from 'node:net'
import type { Dispatcher } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSigningInterceptor } from '../../../packages/countersign/src/adapters/undici.ts'
import { parseAwsError } from '../../../packages/countersign/src/answers/index.ts'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../kit/trial-server.ts'
import { importClient } from './import-client.ts'
import { tryHttpClient } from './try-http-client.ts'

const { Agent, interceptors, request: undiciRequest } = await importClient<typeof import('undici')>('undici')

tryHttpClient('undici', (signer, options) => {
  const agent = new Agent().compose(createSigningInterceptor(signer, options))
  return {
    async send({ url, method = 'GET', headers = [], body, signal }) {
      const [, origin = '', path = ''] = /^(\w+:\/\/[^/]*)([^#]*)/.exec(url) ?? []
      const answer = await agent.request({
        origin,
        path,
        method,
        headers: headers.flat(),
        body: body as string,
        signal,
      })
      const text = (await buffer(answer.body)).toString()
      const { statusCode: status } = answer
      const error = status >= 400 ? parseAwsError({ status, headers: answer.headers, body: text }) : undefined
      return { status, text, error }
    },
    close: async () => agent.destroy(),
  }
})

describe('the interceptor', () => {
  const signer = createSigner({ credentials: KEY, service: 'execute-api', region: REGION })
  let server: TrialServer
  let other: TrialServer
  beforeAll(async () => {
    server = await startTrialServer()
    other = await startTrialServer()
  })
  afterAll(async () => {
    await Promise.all([server.close(), other.close()])
  })
  beforeEach(() => {
    server.take()
  })
  const agentOf = (): Dispatcher => new Agent().compose(createSigningInterceptor(signer))

  it('signs for the host of a header, and connects to the origin', async () => {
    const agent = agentOf()
    const headers = { host: 'api.example.com' }
    const answer = await agent.request({ origin: server.origin, path: '/a', method: 'GET', headers })
    expect([answer.statusCode, await answer.body.text()]).toEqual([200, 'hello, this is /a'])
    expect(server.take()[0]!.headers['host']).toEqual(['api.example.com'])
    await agent.close()
  })

  it('signs for a host that the agent connects to somewhere else', async () => {
    const agent = new Agent({
      connect(_options, callback) {
        const socket = connect(server.port, '127.0.0.1', () => callback(null, socket))
      },
    }).compose(createSigningInterceptor(signer))
    const answer = await agent.request({ origin: 'http://api.example.com', path: '/a', method: 'GET' })
    expect(answer.statusCode).toBe(200)
    await answer.body.dump()
    expect(server.take()[0]!.headers['host']).toEqual(['api.example.com'])
    await agent.destroy()
  })

  it('signs each attempt of undici itself, and each of its redirects within the host', async () => {
    const agent = new Agent().compose(
      createSigningInterceptor(signer, { retries: 0, maxRedirects: 0 }),
      interceptors.retry({ minTimeout: 1, methods: ['PUT'] }),
      interceptors.redirect({ maxRedirections: 2 }),
    )
    for (const path of ['/fail/503/1', '/redirect/307?to=/there']) {
      const answer = await agent.request({ origin: server.origin, path, method: 'PUT', body: 'text' })
      expect(answer.statusCode).toBe(200)
      await answer.body.dump()
      expect(server.take().map(({ body }) => body.toString())).toEqual(['text', 'text'])
    }
    expect(server.takeRefused()).toEqual([])
    await agent.destroy()
  })

  it.each([[[]], [[interceptors.retry()]]])(
    'refuses a redirect of undici itself to another host',
    async (between) => {
      const agent = new Agent().compose(
        createSigningInterceptor(signer, { maxRedirects: 0 }),
        ...between,
        interceptors.redirect({ maxRedirections: 2 }),
      )
      const path = `/redirect/307?to=${encodeURIComponent(`http://localhost:${other.port}/x`)}`
      const sent = agent.request({ origin: server.origin, path, method: 'GET' })
      await expect(sent).rejects.toMatchObject({ code: 'TRANSPORT_WOULD_ALTER' })
      expect([other.take(), other.takeRefused()]).toEqual([[], []])
      await agent.destroy()
    },
  )

  it('follows redirects itself where it is composed last, and sends nothing to another host', async () => {
    const agent = new Agent().compose(
      interceptors.redirect({ maxRedirections: 2 }),
      createSigningInterceptor(signer),
    )
    const get = async (to: string): Promise<number> => {
      const path = `/redirect/307?to=${encodeURIComponent(to)}`
      const answer = await agent.request({ origin: server.origin, path, method: 'GET' })
      await answer.body.dump()
      return answer.statusCode
    }
    expect([await get('/there'), server.takeRefused()]).toEqual([200, []])
    expect(await get(`http://localhost:${other.port}/x`)).toBe(307)
    expect([other.take(), other.takeRefused()]).toEqual([[], []])
    await agent.destroy()
  })

  it('takes a query that is given apart, and headers of all forms', async () => {
    const agent = agentOf()
    const origin = server.origin
    const query = { 'a b': ["'c'", 1], d: true }
    for (const headers of [{ 'x-a': '1' }, ['x-a', '1'], new Map([['x-a', '1']])]) {
      const answer = await agent.request({ origin, path: '/q', query, method: 'GET', headers })
      expect(await answer.body.text()).toBe('hello, this is /q?a%20b=%27c%27&a%20b=1&d=true')
      expect([headers, server.take()[0]!.headers['x-a']]).toEqual([headers, ['1']])
    }
    await agent.destroy()
  })

  it('throws what AWS said, when it is told to', async () => {
    const agent = new Agent().compose(createSigningInterceptor(signer, { throwOnError: true }))
    const sent = agent.request({ origin: server.origin, path: '/error/404', method: 'GET' })
    await expect(sent).rejects.toMatchObject({
      name: 'AwsError',
      code: 'NotFoundException',
      requestId: 'id-1',
    })
    await agent.destroy()
  })

  it('refuses upgrades', async () => {
    const agent = agentOf()
    const sent = agent.request({
      origin: server.origin,
      path: '/',
      method: 'GET',
      upgrade: 'websocket',
    })
    await expect(sent).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await agent.destroy()
  })

  it('hands on a long answer bit by bit, as fast as it is read', async () => {
    const { createServer } = await import('node:http')
    const long = createServer((_, response) => response.end(Buffer.alloc(8_000_000, 'x')))
    await new Promise<void>((resolve) => long.listen(0, '127.0.0.1', resolve))
    const agent = agentOf()
    const url = `http://127.0.0.1:${(long.address() as AddressInfo).port}/`
    const answer = await undiciRequest(url, { dispatcher: agent })
    let length = 0
    for await (const chunk of answer.body) {
      length += (chunk as Buffer).length
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(length).toBe(8_000_000)
    await agent.destroy()
    long.close()
  })
})
