/** axios, with its own adapter for Node behind ours. */
import { text as textOf } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import axios, { AxiosError, isAxiosError } from 'axios'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSignedAxiosConfig } from '../../../packages/countersign/src/adapters/axios.ts'
import { AwsError } from '../../../packages/countersign/src/answers/index.ts'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../kit/trial-server.ts'
import { tryHttpClient } from './try-http-client.ts'

tryHttpClient('axios', (signer, options) => {
  const client = axios.create(createSignedAxiosConfig(axios, signer, options))
  return {
    async send({ url, method, headers = [], body, signal }) {
      const own: Record<string, string[]> = {}
      for (const [name, value] of headers) (own[name] ??= []).push(value)
      try {
        const request = { url, method, headers: own, data: body, signal, responseType: 'text' } as const
        const { status, data } = await client.request<string>({ ...request, transformResponse: [] } as never)
        return { status, text: data }
      } catch (error) {
        if (!isAxiosError(error) || !error.response) throw error
        const { status, data } = error.response
        return {
          status,
          text: String(data),
          error: error.cause instanceof AwsError ? error.cause : undefined,
        }
      }
    },
  }
})

describe('a signed axios', () => {
  const signer = createSigner({ credentials: KEY, service: 'execute-api', region: REGION })
  const client = axios.create({
    ...createSignedAxiosConfig(axios, signer, { maxDelay: 0.02 }),
    timeout: 5000,
  })
  let server: TrialServer
  beforeAll(async () => {
    server = await startTrialServer()
  })
  afterAll(async () => server.close())
  beforeEach(() => {
    server.take()
    server.takeRefused()
  })

  it('signs behind interceptors, base URL, parameters and transforms', async () => {
    const own = axios.create({
      ...createSignedAxiosConfig(axios, signer),
      baseURL: `${server.origin}/base/`,
      params: { q: "a b'c", list: [1, 2] },
    })
    own.interceptors.request.use((config) => {
      config.headers.set('x-amz-meta-a', 'late')
      return config
    })
    const { status, config } = await own.post('there', { a: 1 })
    expect([status, config.url, server.takeRefused()]).toEqual([200, 'there', []])
    const [arrived] = server.take()
    expect(arrived!.target).toMatch(/^\/base\/there\?q=a(%20|\+)b/)
    expect(arrived!.headers).toMatchObject({ 'content-type': ['application/json'], 'x-amz-meta-a': ['late'] })
    expect(JSON.parse(arrived!.body.toString())).toEqual({ a: 1 })
    expect(arrived!.verified.signedHeaders).toContain('x-amz-meta-a')
  })

  it('signs each attempt of whoever sends again', async () => {
    const config = createSignedAxiosConfig(axios, signer, { retries: 0 })
    const own = axios.create(config)
    own.interceptors.response.use(undefined, async (error: AxiosError) => own.request(error.config!))
    expect(await own.put(`${server.origin}/fail/503/1`, 'text')).toMatchObject({ status: 200 })
    expect(server.take().map(({ body }) => body.toString())).toEqual(['text', 'text'])
  })

  it('keeps the signature out of errors of the connection, whose configuration may be sent again', async () => {
    const own = axios.create({
      ...createSignedAxiosConfig(axios, signer, { retries: 0 }),
      baseURL: server.origin,
    })
    const error: unknown = await own.get('reset', { params: { a: 1 } }).catch((thrown: unknown) => thrown)
    expect(JSON.stringify(error)).not.toContain('AWS4-HMAC-SHA256')
    expect(error).toMatchObject({
      code: 'ECONNRESET',
      config: { url: 'reset', baseURL: server.origin, params: { a: 1 } },
    })
    expect((error as AxiosError).config!.validateStatus).toBeTypeOf('function')
  })

  it('signs whatever else axios would put into the place of the signature', async () => {
    const auth = { username: 'ada', password: 'of axios' }
    expect(await client.get(`${server.origin}/a`, { auth })).toMatchObject({ status: 200 })
  })

  it('throws its own error, with what AWS said', async () => {
    const error: unknown = await client.get(`${server.origin}/error/404`).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AxiosError)
    expect(error).toMatchObject({
      code: 'ERR_BAD_REQUEST',
      response: { status: 404, data: { message: 'no such thing' } },
      cause: { name: 'AwsError', code: 'NotFoundException' },
    })
    expect(JSON.stringify(error)).not.toContain('AWS4-HMAC-SHA256')
    expect(await client.get(`${server.origin}/error/404`, { validateStatus: null })).toMatchObject({
      status: 404,
    })
  })

  it('gives streams and bytes', async () => {
    const { data } = await client.get<Readable>(`${server.origin}/a`, { responseType: 'stream' })
    expect(await textOf(data)).toBe('hello, this is /a')
    const bytes = await client.get<Buffer>(`${server.origin}/fail/503/1`, { responseType: 'arraybuffer' })
    expect(bytes.data.toString()).toBe('hello, this is /fail/503/1')
    server.setAhead(3600)
    const later = await client.get<Readable>(`${server.origin}/b`, { responseType: 'stream' })
    expect([later.status, await textOf(later.data)]).toEqual([200, 'hello, this is /b'])
    server.setAhead(0)
  })

  it('follows nothing when it is told to, and refuses another host', async () => {
    const url = `${server.origin}/redirect/307?to=/there`
    const sent = client.get(url, { maxRedirects: 0 })
    await expect(sent).rejects.toMatchObject({ response: { status: 307 } })
    const named = client.get(`${server.origin}/`, { headers: { host: 'api.example.com' } })
    await expect(named).rejects.toMatchObject({ code: 'TRANSPORT_WOULD_ALTER' })
  })
})
