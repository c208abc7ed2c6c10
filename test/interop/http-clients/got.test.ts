/** got, with its own retries and redirects: 14 on Node 20, 16 on Node 24. */
import type { OptionsInit } from 'got'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSignedGotOptions } from '../../../packages/countersign/src/adapters/got.ts'
import { AwsError } from '../../../packages/countersign/src/answers/index.ts'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../kit/trial-server.ts'
import { importClient } from './import-client.ts'
import { tryHttpClient } from './try-http-client.ts'

const { default: got, HTTPError } = await importClient<typeof import('got')>('got')

/** POST is not among those that got sends again by itself. */
const RETRY = { limit: 2, methods: ['GET', 'POST'], backoffLimit: 20 } as const

tryHttpClient('got', (signer, options) => {
  const client = got.extend(createSignedGotOptions(signer, options), {
    retry: { ...RETRY, methods: [...RETRY.methods] },
  })
  return {
    async send({ url, method = 'GET', headers = [], body, signal }) {
      const own: Record<string, string[]> = {}
      for (const [name, value] of headers) (own[name] ??= []).push(value)
      const init = { method, headers: own, signal, ...(body !== undefined && { body }) } as OptionsInit
      try {
        const { statusCode, body: text } = await client(url, {
          ...init,
          isStream: false,
          resolveBodyOnly: false,
          responseType: 'text',
        })
        return { status: statusCode, text }
      } catch (error) {
        if (!(error instanceof HTTPError)) throw error
        const { statusCode: status, body: text } = error.response
        return {
          status,
          text: String(text),
          error: error.cause instanceof AwsError ? error.cause : undefined,
        }
      }
    },
  }
})

describe('a signed got', () => {
  const signer = createSigner({ credentials: KEY, service: 'execute-api', region: REGION })
  const client = got.extend(createSignedGotOptions(signer))
  let server: TrialServer
  beforeAll(async () => {
    server = await startTrialServer()
  })
  afterAll(async () => server.close())
  beforeEach(() => {
    server.take()
    server.takeRefused()
  })

  it('signs behind prefix, parameters, JSON and forms', async () => {
    const prefixed = client.extend({ prefixUrl: `${server.origin}/base` })
    const searchParams = { q: "a b'c" }
    expect(await prefixed.post('there', { json: { a: 1 }, searchParams }).text()).toContain(
      'hello, this is /base/there?q=',
    )
    expect(await prefixed.put('there', { form: { a: 'b c' } }).text()).toBe('hello, this is /base/there')
    const [first, second] = server.take()
    expect([first!.body.toString(), second!.body.toString()]).toEqual(['{"a":1}', 'a=b+c'])
    expect(second!.headers['content-type']).toEqual(['application/x-www-form-urlencoded'])
    expect(server.takeRefused()).toEqual([])
  })

  it('throws its own error, with what AWS said', async () => {
    const error: unknown = await client(`${server.origin}/error/404`).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HTTPError)
    expect(error).toMatchObject({ cause: { name: 'AwsError', code: 'NotFoundException', requestId: 'id-1' } })
  })

  it.each([true, () => true])(
    'refuses a redirect to another host that followRedirect lets through',
    async (all) => {
      const other = await startTrialServer()
      const to = `http://localhost:${other.port}/x`
      const url = `${server.origin}/redirect/307?to=${encodeURIComponent(to)}`
      await expect(client(url, { followRedirect: all })).rejects.toMatchObject({
        code: 'TRANSPORT_WOULD_ALTER',
      })
      expect([other.take(), other.takeRefused()]).toEqual([[], []])
      const within = client(`${server.origin}/redirect/307?to=/there`, { followRedirect: all })
      expect(await within.text()).toBe('hello, this is /there')
      await other.close()
    },
  )

  it('refuses another host', async () => {
    const named = client(`${server.origin}/`, { headers: { host: 'api.example.com' } })
    await expect(named).rejects.toMatchObject({ code: 'TRANSPORT_WOULD_ALTER' })
  })
})
