import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type Listening } from '../../../../test/kit/servers.ts'
import { AWS4Auth } from '../aws4auth/index.ts'
import { createSigner } from '../index.ts'
import { requireSignature, verifiedOf } from '../servers/node.ts'
import { createVerifier, type VerifiedRequest } from '../verify/index.ts'
import { createSignedFetch } from './fetch.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const scope = { service: 's3', region: 'us-east-1' }
const signer = createSigner({ credentials, ...scope })
const general = createSigner({ credentials, service: 'execute-api', region: 'us-east-1' })
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** A fetch that sends nothing and keeps what it was called with. */
function recorder(): {
  calls: [url: string, init: RequestInit][]
  fetch: typeof send
  last: () => RequestInit
} {
  const calls: [string, RequestInit][] = []
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push([url, init])
    return new Response('sent')
  }
  return { calls, fetch: send, last: () => calls.at(-1)![1] }
}

function headerOf(init: RequestInit, name: string): string | undefined {
  return (init.headers as [string, string][]).find(([other]) => other === name)?.[1]
}

interface Seen {
  readonly verified: VerifiedRequest
  readonly headers: NodeJS.Dict<string[]>
  readonly body: Buffer
}

describe('on the wire', () => {
  let server: Listening<unknown>
  const seen: Seen[] = []
  beforeEach(() => {
    seen.length = 0
  })
  beforeAll(async () => {
    const verifier = createVerifier({
      secrets: () => credentials,
      service: ['s3', 'execute-api'],
      region: 'us-east-1',
    })
    const guard = requireSignature(verifier)
    server = await startServer((request, response) => {
      guard(request, response, () => void serve(request, response))
    })
  })
  afterAll(async () => {
    await server.close()
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verified = verifiedOf(request)
    const chunks: Uint8Array[] = []
    for await (const chunk of verified.body ?? []) chunks.push(chunk)
    seen.push({ verified, headers: request.headersDistinct, body: Buffer.concat(chunks) })
    if (request.url === '/redirect') response.writeHead(307, { location: '/elsewhere' })
    if (request.url !== '/silence') response.end('hello')
  }

  it.each([
    ['a string', (url: string) => url],
    ['a URL', (url: string) => new URL(url)],
    ['a Request', (url: string) => new Request(url)],
  ])('takes %s', async (_name, make) => {
    const response = await createSignedFetch(signer)(make(`${server.origin}/b/k%20l?x=1&a='`))
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('hello')
    expect(seen[0]!.verified.covered).toMatchObject({ method: 'GET', path: '/b/k%20l' })
  })

  const bytes = Uint8Array.of(0, 1, 2, 250)
  const bodies: [string, () => BodyInit, Uint8Array | string, string | undefined][] = [
    ['a string', () => 'h\u00e9', 'h\u00e9', undefined],
    ['an empty string', () => '', '', undefined],
    ['bytes', () => bytes, bytes, undefined],
    ['a view', () => bytes.subarray(1, 3), bytes.slice(1, 3), undefined],
    ['a DataView', () => new DataView(bytes.buffer, 1, 2), bytes.slice(1, 3), undefined],
    ['an ArrayBuffer', () => bytes.buffer, bytes, undefined],
    ['a Blob with a type', () => new Blob(['b'], { type: 'text/x-a' }), 'b', 'text/x-a'],
    ['a Blob without', () => new Blob(['b']), 'b', undefined],
    [
      'URLSearchParams',
      () => new URLSearchParams({ a: 'b c' }),
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
  ]
  it.each(bodies)('sends %s as its bytes, which are signed', async (_name, body, meant, contentType) => {
    for (const signing of [signer, general]) {
      seen.length = 0
      const init = { method: 'POST', body: body() }
      expect(await createSignedFetch(signing)(`${server.origin}/b/k`, init)).toMatchObject({ status: 200 })
      const [{ verified, headers, body: arrived }] = seen as [Seen]
      expect(sha256(arrived)).toBe(sha256(meant))
      expect(verified.payload).toBe(signing === signer ? 'verified' : verified.payload)
      // No text/plain, which nobody asked for and nobody signed.
      expect(headers['content-type']).toEqual(contentType && [contentType])
      if (contentType) expect(verified.signedHeaders).toContain('content-type')
    }
  })

  it('signs the boundary of FormData', async () => {
    const form = new FormData()
    form.set('a', 'b')
    form.set('file', new File(['content'], 'f.txt'))
    await createSignedFetch(signer)(`${server.origin}/b/k`, { method: 'POST', body: form })
    const [{ verified, headers, body }] = seen as [Seen]
    const contentType = headers['content-type']![0]!
    expect(contentType).toMatch(/^multipart\/form-data; ?boundary=/)
    expect(verified.signedHeaders).toContain('content-type')
    const read = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData()
    expect(read.get('a')).toBe('b')
  })

  it('takes body, method, headers and content type out of a Request', async () => {
    const form = new FormData()
    form.set('a', 'b')
    for (const body of ['text', form, new URLSearchParams('a=b')]) {
      seen.length = 0
      const request = new Request(`${server.origin}/b/k`, {
        method: 'PUT',
        headers: { 'x-amz-meta-a': '1' },
        body,
      })
      const contentType = request.headers.get('content-type')!
      expect(await createSignedFetch(signer)(request)).toMatchObject({ status: 200 })
      expect(seen[0]!.verified.covered.method).toBe('PUT')
      expect(seen[0]!.headers).toMatchObject({ 'content-type': [contentType], 'x-amz-meta-a': ['1'] })
      expect(seen[0]!.body.length).toBeGreaterThan(2)
    }
  })

  it('lets init overrule a Request, as fetch does', async () => {
    const request = new Request(`${server.origin}/b/k`, {
      method: 'PUT',
      headers: { 'x-a': '1' },
      body: 'old',
    })
    const init = { method: 'POST', headers: { 'x-b': '2' }, body: 'new' }
    await createSignedFetch(signer)(request, init)
    expect(seen[0]!.verified.covered.method).toBe('POST')
    expect(seen[0]!.body.toString()).toBe('new')
    expect(seen[0]!.headers).toMatchObject({ 'x-b': ['2'] })
    expect(seen[0]!.headers['x-a']).toBeUndefined()
  })

  it.each([
    [
      'pairs',
      [
        ['X-Amz-Meta-A', '1'],
        ['x-amz-meta-a', '2'],
      ] as [string, string][],
    ],
    [
      'Headers',
      new Headers([
        ['X-Amz-Meta-A', '1'],
        ['x-amz-meta-a', '2'],
      ]),
    ],
  ])('sends %s that repeat a name the way they were signed', async (_name, headers) => {
    expect(await createSignedFetch(signer)(`${server.origin}/b/k`, { headers })).toMatchObject({
      status: 200,
    })
    expect(seen[0]!.headers['x-amz-meta-a']).toEqual(['1, 2'])
  })

  it('joins cookies with a semicolon', async () => {
    const headers: [string, string][] = [
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ]
    await createSignedFetch(signer)(`${server.origin}/b/k`, { headers })
    expect(seen[0]!.headers['cookie']).toEqual(['a=1; b=2'])
  })

  it('follows a redirect within the host, signed anew, or hands it back, or refuses it, as fetch does', async () => {
    const signedFetch = createSignedFetch(signer)
    const response = await signedFetch(`${server.origin}/redirect`, { method: 'PUT', body: 'text' })
    expect(response.status).toBe(200)
    expect(seen.map(({ verified }) => verified.covered.path)).toEqual(['/redirect', '/elsewhere'])
    expect(seen.map(({ body }) => body.toString())).toEqual(['text', 'text'])
    const manual = { redirect: 'manual' } as const
    expect(await signedFetch(`${server.origin}/redirect`, manual)).toMatchObject({ status: 307 })
    const refused = new Request(`${server.origin}/redirect`, { redirect: 'error' })
    await expect(signedFetch(refused)).rejects.toThrow(TypeError)
    expect(seen).toHaveLength(4)
  })

  it('stops waiting for the answer when it is aborted', async () => {
    const controller = new AbortController()
    const pending = createSignedFetch(signer)(`${server.origin}/silence`, { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    const request = new Request(`${server.origin}/silence`, { signal: AbortSignal.timeout(50) })
    await expect(createSignedFetch(signer)(request)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('keeps 100 requests at the same time apart', async () => {
    const signedFetch = createSignedFetch(signer)
    const numbers = Array.from({ length: 100 }, (_, number) => number)
    const answers = await Promise.all(
      numbers.map(async (number) => {
        const init = { method: 'PUT', headers: { 'x-amz-meta-n': `${number}` }, body: `body ${number}` }
        return (await signedFetch(`${server.origin}/b/${number}`, init)).status
      }),
    )
    expect(new Set(answers)).toEqual(new Set([200]))
    for (const { verified, headers, body } of seen) {
      expect(verified.covered.path).toBe(`/b/${headers['x-amz-meta-n']![0]}`)
      expect(body.toString()).toBe(`body ${headers['x-amz-meta-n']![0]}`)
    }
    expect(seen).toHaveLength(100)
  })

  it('takes an AWS4Auth in place of a signer, with every kind of body', async () => {
    const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 's3')
    for (const [, body, meant] of bodies) {
      seen.length = 0
      const init = { method: 'PUT', body: body() }
      expect(await createSignedFetch(auth)(`${server.origin}/b/k`, init)).toMatchObject({ status: 200 })
      expect(sha256(seen[0]!.body)).toBe(sha256(meant))
    }
  })

  it('sends a stream that is not hashed where that is allowed, chunk by chunk', async () => {
    const open = createSigner({ credentials, ...scope, allowUnsignedPayloadOverHttp: true })
    const body = new Blob(['a', 'b']).stream()
    const init = { method: 'PUT', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body }
    expect(await createSignedFetch(open)(`${server.origin}/b/k`, init)).toMatchObject({ status: 200 })
    expect(seen[0]!.body.toString()).toBe('ab')
    expect(seen[0]!.verified.payload).toBe('unsigned')
  })
})

describe('what is refused before anything is sent', () => {
  const { calls, fetch: send } = recorder()
  const signedFetch = createSignedFetch(signer, { fetch: send })
  const refused = async (code: string, ...call: Parameters<typeof signedFetch>): Promise<void> => {
    await expect(signedFetch(...call)).rejects.toMatchObject({ name: 'SigningError', code })
    expect(calls).toHaveLength(0)
  }

  it.each(['/a/../b', '/a/./b', '/..', '/.', '/a/%2e%2e/b', '/a/.%2E'])('the path %s', async (path) => {
    await refused('TRANSPORT_WOULD_ALTER', `https://h${path}`)
  })

  it.each(['[0:0:0:0:0:0:0:1]', '127.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]'])(
    'the host %s',
    async (host) => {
      await refused('TRANSPORT_WOULD_ALTER', `http://${host}/`)
    },
  )

  it.each(['other', 'h:443', 'H'])('the Host header %s for the host h', async (host) => {
    await refused('TRANSPORT_WOULD_ALTER', 'https://h/', { headers: { host } })
  })

  it('two Host headers', async () => {
    await refused('TRANSPORT_WOULD_ALTER', 'https://h/', {
      headers: [
        ['host', 'h'],
        ['Host', 'h'],
      ],
    })
  })

  it('a stream whose hash nobody told', async () => {
    const body = new Blob(['a']).stream()
    await refused('BODY_UNSUPPORTED', 'https://h/', { method: 'PUT', body })
  })

  it('a stream without a hash, over http', async () => {
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    const body = new Blob(['a']).stream()
    await refused('PAYLOAD_UNSIGNED_OVER_HTTP', 'http://h/', { method: 'PUT', headers, body })
  })

  it('a body of a type that nobody can send', async () => {
    await refused('BODY_UNSUPPORTED', 'https://h/', { method: 'PUT', body: { a: 1 } as unknown as string })
    await refused('BODY_UNSUPPORTED', 'https://h/', { method: 'PUT', body: 5 as unknown as string })
  })

  it.each(['/a', 'h/a', '', 'https://h:99999/', 'https://[::1%25eth0]/'])('the URL %j', async (url) => {
    await refused('URL_INVALID', url)
  })

  it('no URL at all', async () => {
    await refused('URL_INVALID', undefined as unknown as string)
  })

  it('headers and methods that cannot be sent', async () => {
    await refused('HEADER_INVALID', 'https://h/', { headers: { 'x-a': 'caf\u00e9' } })
    await refused('HEADER_INVALID', 'https://h/', { headers: { 'x-a': 'a\r\nb: c' } })
    await refused('METHOD_INVALID', 'https://h/', { method: 'G T' })
  })
})

describe('what is handed to fetch', () => {
  it('has no Host header, and bytes for a body', async () => {
    const { calls, fetch: send, last } = recorder()
    const signedFetch = createSignedFetch(signer, { fetch: send })
    await signedFetch('https://h/a b?x=1#frag', { method: 'put', headers: { Host: 'h' }, body: 'text' })
    expect(calls[0]![0]).toBe('https://h/a%20b?x=1')
    expect(last()).toMatchObject({ method: 'PUT', redirect: 'manual' })
    expect(last().body).toBeInstanceOf(Uint8Array)
    expect(headerOf(last(), 'host')).toBeUndefined()
    expect(headerOf(last(), 'authorization')).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//)
  })

  it('keeps other settings of init, and of a Request', async () => {
    const { fetch: send, last } = recorder()
    const signedFetch = createSignedFetch(signer, { fetch: send })
    await signedFetch('https://h/', { cache: 'no-store', redirect: 'error', keepalive: true })
    expect(last()).toMatchObject({ cache: 'no-store', redirect: 'manual', keepalive: true })
    await signedFetch(
      new Request('https://h/', { credentials: 'omit', referrerPolicy: 'origin', redirect: 'error' }),
    )
    expect(last()).toMatchObject({ credentials: 'omit', referrerPolicy: 'origin', redirect: 'manual' })
    await signedFetch(new Request('https://h/'))
    expect(last()).toMatchObject({ redirect: 'manual' })
  })

  it('is a stream as it was given, over https', async () => {
    const { fetch: send, last } = recorder()
    const body = new Blob(['a']).stream()
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    await createSignedFetch(signer, { fetch: send })('https://h/', { method: 'PUT', headers, body })
    expect(last()).toMatchObject({ body, duplex: 'half' })
  })

  it('is good for an empty init and for null', async () => {
    const { fetch: send, calls } = recorder()
    const signedFetch = createSignedFetch(signer, { fetch: send })
    await signedFetch('https://h/', {})
    await signedFetch('https://h/', null as unknown as RequestInit)
    expect(calls).toHaveLength(2)
  })

  it('leaves what the caller gave as it was', async () => {
    const { fetch: send } = recorder()
    const headers = Object.freeze({ 'x-a': '1' })
    const pairs = Object.freeze([Object.freeze(['x-a', '1'])]) as [string, string][]
    const body = Uint8Array.of(1, 2)
    const signedFetch = createSignedFetch(signer, { fetch: send })
    await signedFetch('https://h/', Object.freeze({ method: 'PUT', headers, body }))
    await signedFetch('https://h/', Object.freeze({ headers: pairs }))
    const given = new Headers({ 'x-a': '1' })
    await signedFetch('https://h/', { headers: given })
    expect([...given]).toEqual([['x-a', '1']])
    expect(body).toEqual(Uint8Array.of(1, 2))
  })

  it('is signed anew each time: a date that a request brings is not kept for the next one', async () => {
    const { fetch: send, last } = recorder()
    const signedFetch = createSignedFetch(signer, { fetch: send })
    await signedFetch('https://h/', { headers: { 'x-amz-date': '20200101T000000Z' } })
    expect(headerOf(last(), 'x-amz-date')).toBe('20200101T000000Z')
    await signedFetch('https://h/')
    expect(headerOf(last(), 'x-amz-date')).not.toBe('20200101T000000Z')
  })
})

describe('an aborted request', () => {
  const never = createSigner({ credentials: async () => new Promise<never>(() => {}), ...scope })

  it('does not wait for credentials', async () => {
    const { fetch: send, calls } = recorder()
    const signedFetch = createSignedFetch(never, { fetch: send })
    const reason = new Error('changed my mind')
    await expect(signedFetch('https://h/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const pending = signedFetch('https://h/', { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 5)
    await expect(pending).rejects.toBe(reason)
    const request = new Request('https://h/', { signal: AbortSignal.timeout(5) })
    await expect(signedFetch(request)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(calls).toHaveLength(0)
  })

  it('leaves no listener behind on a signal that lives on', async () => {
    const { fetch: send } = recorder()
    const { signal } = new AbortController()
    let listening = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: unknown[]) => {
      listening += 1
      Reflect.apply(addEventListener, signal, args)
    }
    signal.removeEventListener = (...args: unknown[]) => {
      listening -= 1
      Reflect.apply(removeEventListener, signal, args)
    }
    await createSignedFetch(signer, { fetch: send })('https://h/', { signal })
    expect(listening).toBe(0)
  })

  it('hands on what the provider of credentials throws', async () => {
    const { fetch: send } = recorder()
    const failing = createSigner({ credentials: async () => Promise.reject(new Error('no')), ...scope })
    await expect(createSignedFetch(failing, { fetch: send })('https://h/')).rejects.toMatchObject({
      code: 'CREDENTIALS_PROVIDER_FAILED',
    })
  })
})
