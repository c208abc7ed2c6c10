import { describe, expect, it, vi } from 'vitest'
import { startServer } from '../../../../test/kit/servers.ts'
import { createSignedFetch } from '../adapters/fetch.ts'
import { createBearerSigner, type BearerToken } from './index.ts'

const URL_OF_MODEL = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/a%20b/invoke?x=ä+b'
const START = Date.UTC(2026, 10, 22, 12)
const MINUTE = 60_000

describe('createBearerSigner', () => {
  it('sends the token, and never a signature beside it', async () => {
    const signed = await createBearerSigner({ token: 'abc+/=' }).sign({
      method: 'post',
      url: URL_OF_MODEL,
      headers: {
        Authorization: 'AWS4-HMAC-SHA256 Credential=x',
        'X-Amz-Date': '20261122T120000Z',
        'x-amz-security-token': 't',
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-target': 'y',
      },
      body: '{}',
    })
    expect(signed).toMatchObject({
      method: 'POST',
      url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/a%20b/invoke?x=%C3%A4+b',
      headers: [
        ['host', 'bedrock-runtime.us-east-1.amazonaws.com'],
        ['x-amz-target', 'y'],
        ['authorization', 'Bearer abc+/='],
      ],
      signature: '',
      signedHeaders: [],
    })
    expect(Buffer.from(signed.body as Uint8Array).toString()).toBe('{}')
  })

  it('sends with fetch to a server on this machine', async () => {
    const server = await startServer((request, response) => {
      let size = 0
      request.on('data', (piece: Buffer) => (size += piece.length))
      request.on('end', () => response.end(`${request.headers.authorization} ${request.url} ${size}`))
    })
    const send = createSignedFetch(createBearerSigner({ token: async () => ({ token: 't1' }) }))
    const form = new FormData()
    form.set('a', 'b')
    const answers = []
    for (const body of ['xyz', new Blob(['xy']), form, new Blob(['12345']).stream()]) {
      const init: RequestInit & { duplex: string } = { method: 'POST', body, duplex: 'half' }
      answers.push(await (await send(`${server.origin}/p?q=1`, init)).text())
    }
    expect(answers).toEqual([
      'Bearer t1 /p?q=1 3',
      'Bearer t1 /p?q=1 2',
      expect.stringMatching(/^Bearer t1 .* \d{3}$/),
      'Bearer t1 /p?q=1 5',
    ])
    await server.close()
  })

  it.each([
    'http://example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example/',
    'ws://10.0.0.1/',
  ])('refuses %s unless it is allowed', async (url) => {
    const request = { method: 'GET', url }
    const refused = createBearerSigner({ token: 'secret-token' }).sign(request)
    await expect(refused).rejects.toMatchObject({ code: 'PLAIN_HTTP_REFUSED' })
    await expect(refused).rejects.not.toThrow('secret-token')
    const allowed = createBearerSigner({ token: 't', allowPlainHttp: true })
    expect((await allowed.sign(request)).headers).toContainEqual(['authorization', 'Bearer t'])
  })

  it.each([
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'http://127.9.9.9:1/',
    'http://[::1]:1/',
    'wss://example.com/',
  ])('lets %s through', async (url) => {
    const { headers } = await createBearerSigner({ token: 't' }).sign({ method: 'GET', url })
    expect(headers).toContainEqual(['authorization', 'Bearer t'])
  })

  it.each(['?X-Amz-Signature=1', '?a=1&x-amz-credential=2', '?AWSAccessKeyId=1&Signature=2'])(
    'refuses a URL that is presigned: %s',
    async (query) => {
      const request = { method: 'GET', url: `https://b.s3.amazonaws.com/${query}` }
      await expect(createBearerSigner({ token: 't' }).sign(request)).rejects.toMatchObject({
        code: 'URL_ALREADY_SIGNED',
      })
    },
  )

  it('has no presigned URLs', async () => {
    const presigning = createBearerSigner({ token: 't' }).presign({ method: 'GET', url: URL_OF_MODEL })
    await expect(presigning).rejects.toMatchObject({ code: 'PRESIGN_UNSUPPORTED' })
  })
})

describe('tokens', () => {
  const request = { method: 'GET', url: URL_OF_MODEL }
  const tokenOf = (signed: { headers: [string, string][] }): string | undefined =>
    signed.headers.find(([name]) => name === 'authorization')?.[1]

  it.each(['', 'a b', 'a\r\nb', 'ä', 'a\u0000'])('must not be %j', async (token) => {
    const signing = createBearerSigner({ token }).sign(request)
    await expect(signing).rejects.toMatchObject({ name: 'CredentialsError', code: 'BEARER_TOKEN_INVALID' })
  })

  it('are asked for ahead of their end, once for all callers', async () => {
    let time = START
    const provider = vi.fn<() => Promise<BearerToken>>()
    provider.mockImplementation(async () => ({
      token: `t${provider.mock.calls.length}`,
      expiration: new Date(time + 60 * MINUTE),
    }))
    const signer = createBearerSigner({ token: provider, now: () => new Date(time) })
    const all = await Promise.all(Array.from({ length: 50 }, async () => signer.sign(request)))
    expect(new Set(all.map(tokenOf))).toEqual(new Set(['Bearer t1']))
    time += 44 * MINUTE
    expect(tokenOf(await signer.sign(request))).toBe('Bearer t1')
    time += 2 * MINUTE
    expect(tokenOf(await signer.sign(request))).toBe('Bearer t1')
    expect(tokenOf(await signer.sign(request))).toBe('Bearer t2')
    time += 51 * MINUTE
    expect(tokenOf(await signer.sign(request))).toBe('Bearer t3')
    expect(provider).toHaveBeenCalledTimes(3)
  })

  it('serve until they die, and are asked for once a minute when that fails', async () => {
    let time = START
    const provider = vi.fn<() => Promise<BearerToken>>()
    provider.mockImplementation(async () => {
      if (provider.mock.calls.length > 1) throw new Error('no network')
      return { token: 't', expiration: new Date(START + 60 * MINUTE) }
    })
    const signer = createBearerSigner({ token: provider, now: () => new Date(time) })
    await signer.sign(request)
    time += 55 * MINUTE
    for (let i = 0; i < 5; i++) expect(tokenOf(await signer.sign(request))).toBe('Bearer t')
    expect(provider).toHaveBeenCalledTimes(2)
    time += 5 * MINUTE
    await expect(signer.sign(request)).rejects.toMatchObject({
      code: 'BEARER_TOKEN_PROVIDER_FAILED',
      cause: expect.objectContaining({ message: 'no network' }) as Error,
    })
  })

  it('that have expired are refused', async () => {
    const expiration = new Date(START)
    const now = (): Date => new Date(START)
    for (const token of [{ token: 't', expiration }, async () => ({ token: 't', expiration })]) {
      const signing = createBearerSigner({ token, now }).sign(request)
      await expect(signing).rejects.toMatchObject({ code: 'BEARER_TOKEN_EXPIRED' })
    }
  })
})
