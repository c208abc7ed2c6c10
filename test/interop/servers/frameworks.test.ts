/** Every server with a guard, in the real framework and over real sockets. */
import aws4 from 'aws4'
import { AwsClient } from 'aws4fetch'
import { afterEach, describe, expect, it } from 'vitest'
import { createSignedFetch } from '../../../packages/countersign/src/adapters/fetch.ts'
import { createSigner, presignUrl } from '../../../packages/countersign/src/index.ts'
import { requireSignature as guardFetch } from '../../../packages/countersign/src/servers/fetch.ts'
import { createVerifier, s3Xml, type Verifier } from '../../../packages/countersign/src/verify/index.ts'
import { exchangeBytes, type Listening } from '../../kit/servers.ts'
import { RAW_APPS, WEB_APPS, type AppOptions, type StartApp } from './apps.ts'
import { CREDENTIALS, signedText, type SignedText } from './signed-text.ts'

const REGION = 'us-east-1'
const verifier = createVerifier({
  service: ['s3', 'orders'],
  region: REGION,
  secrets: async (id) => (id === CREDENTIALS.accessKeyId ? { ...CREDENTIALS, principal: 'ada' } : undefined),
  allowUnsignedHeaders: ['x-amz-cf-id'],
})

const open: Listening<unknown>[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()))
})

async function started(
  start: StartApp,
  options: AppOptions = {},
  by: Verifier = verifier,
): Promise<Listening<unknown>> {
  const server = await start(by, options)
  open.push(server)
  return server
}

/** Status and what the application told. */
async function send(port: number, bytes: string): Promise<{ status: number; told: string; head: string }> {
  const { text } = await exchangeBytes(port, bytes)
  const [head = '', ...rest] = text.split('\r\n\r\n')
  return { status: Number(head.slice(9, 12)), told: rest.join('\r\n\r\n'), head: head.toLowerCase() }
}

const ODD_PATHS = [
  '/b//k',
  '/b/a%2Fb',
  '/b/a%20b',
  '/b/a+b?q=a+b&q=a%20b',
  '/b/k?a=1&a=2&a&b=%E4',
  '/b/caf%C3%A9;x=1',
]
const DOTTED_PATHS = ['/b/x/../y', '/b/./k', '/b/%2e%2e/k']

describe.each([...RAW_APPS, ...WEB_APPS])('%s', (_name, start) => {
  it('lets our own signer in, with its body', async () => {
    const { origin } = await started(start)
    const signedFetch = createSignedFetch(
      createSigner({ credentials: CREDENTIALS, service: 'orders', region: REGION }),
    )
    const body = '{"name":"Gr\u00fc\u00dfe"}'
    const headers = { 'content-type': 'application/json' }
    const response = await signedFetch(`${origin}/a/b?x=1&x=2`, { method: 'PUT', headers, body })
    expect(await response.json()).toEqual({
      principal: 'ada',
      path: '/a/b',
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      payload: 'verified',
      body,
    })
  })

  it('lets aws4fetch in, by header and by URL', async () => {
    const { origin } = await started(start)
    const client = new AwsClient({ ...CREDENTIALS, service: 's3', region: REGION })
    const put = await client.fetch(`${origin}/b/a%20b`, { method: 'PUT', body: 'text' })
    expect(await put.json()).toMatchObject({ principal: 'ada', body: 'text', payload: 'unsigned' })
    const presigned = await client.sign(`${origin}/b/k?versionId=1`, { aws: { signQuery: true } })
    expect(await (await fetch(presigned)).json()).toMatchObject({ query: [['versionId', '1']] })
  })

  it('lets aws4 in', async () => {
    const { port } = await started(start)
    const request = {
      host: 'h',
      service: 'orders',
      region: REGION,
      method: 'POST',
      path: '/a/b?c=d%20e',
      headers: { 'Content-Type': 'text/plain' },
      body: 'hello',
    }
    const { headers } = aws4.sign(request, CREDENTIALS)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
    const bytes = `POST ${request.path} HTTP/1.1\r\n${lines.join('')}Connection: close\r\n\r\nhello`
    expect(JSON.parse((await send(port, bytes)).told)).toMatchObject({ query: [['c', 'd e']], body: 'hello' })
  })

  it('gives a long body, which is checked at its end, to whoever reads it', async () => {
    const { port } = await started(start)
    const body = 'x'.repeat(1_000_000)
    const { status, told } = await send(port, signedText({ method: 'PUT', body }))
    expect([status, told.length > body.length]).toEqual([200, true])
  })

  it.each(ODD_PATHS)('takes %s as it was sent', async (path) => {
    const { port } = await started(start)
    const { status, told } = await send(port, signedText({ path }))
    expect([status, told]).toEqual([200, expect.stringContaining(`"path":"${path.split('?')[0]}"`)])
  })

  const swap = (given: SignedText, from: string | RegExp, to: string) => (): string =>
    signedText(given).replace(from, to)
  const put: SignedText = { method: 'PUT', body: 'abc', headers: { 'x-amz-meta-a': '1', 'x-b': '2' } }

  it.each([
    ['another method', swap(put, 'PUT', 'POST')],
    ['another path', swap(put, '/b/k', '/b/l')],
    ['another query', swap({ path: '/b/k?a=1' }, 'a=1', 'a=2')],
    ['a parameter more', swap(put, '/b/k', '/b/k?acl')],
    ['another body', swap(put, /abc$/, 'abd')],
    ['another header', swap(put, 'x-amz-meta-a: 1', 'x-amz-meta-a: 2')],
    ['a header more', swap(put, 'x-amz-meta-a', 'x-amz-acl: public-read\r\nx-amz-meta-a')],
    ['a signed header twice', swap(put, 'x-amz-meta-a', 'x-amz-meta-a: 0\r\nx-amz-meta-a')],
    ['the date twice', swap(put, /(x-amz-date: \w+\r\n)/, '$1$1')],
    ['the hash twice', swap(put, /(x-amz-content-sha256: \w+\r\n)/, '$1$1')],
    ['the authorization twice', swap(put, /(authorization: .+\r\n)/, '$1$1')],
    ['another host', swap(put, 'host: h', 'host: evil')],
    ['another host in the target', swap(put, 'PUT /b/k', 'PUT http://evil/b/k')],
    ['a decoded slash', swap({ path: '/b/a%2Fb' }, '/b/a%2Fb', '/b/a//b')],
    ['a plus for a blank', swap({ path: '/b/a%20b' }, '/b/a%20b', '/b/a+b')],
    ['a slash less', swap({ path: '/b//k' }, '/b//k', '/b/k')],
    ['a fragment for an escaped one', swap({ path: '/b/k%23x' }, '/b/k%23x', '/b/k#x')],
    ['a fragment in the query', swap({ path: '/b/k?a=1%23x' }, '1%23x', '1#x')],
    ['no signature', () => 'GET /b/k HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n'],
    // A20 to A22
    [
      'a prefix by header',
      swap({ path: '/team/k' }, '/team/k HTTP/1.1', '/k HTTP/1.1\r\nx-forwarded-prefix: /team'),
    ],
    ['a host by header', swap({}, 'host: h', 'host: evil\r\nx-forwarded-host: h\r\nforwarded: host=h')],
    [
      'a path by header',
      swap({}, '/b/k HTTP/1.1', '/b/l HTTP/1.1\r\nproxy_path: /b/k\r\nx-original-url: /b/k'),
    ],
  ])('refuses %s', async (_what, bytes) => {
    const { port } = await started(start)
    const { status } = await send(port, bytes())
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(404)
  })

  it('answers in the dialect that was chosen, and tells its own log why', async () => {
    const refused: string[] = []
    const { port } = await started(start, { respond: s3Xml, onRefused: ({ code }) => refused.push(code) })
    const tampered = signedText({ path: '/b/k' }).replace('/b/k', '/b/l')
    const { status, told, head } = await send(port, tampered)
    expect([status, refused]).toEqual([403, ['SIGNATURE_MISMATCH']])
    expect(told).toContain('<Code>SignatureDoesNotMatch</Code>')
    expect(head).toContain('content-type: application/xml')
    const { told: ofHead } = await send(port, tampered.replace('GET', 'HEAD'))
    expect(ofHead).toBe('')
  })

  it('closes the connection on a body that nobody reads', async () => {
    const { port } = await started(start)
    const head = 'PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: 10000000\r\n\r\n'
    const { text, isClosed } = await exchangeBytes(port, head + signedText())
    expect([text.split('HTTP/1.1 ').length - 1, isClosed]).toEqual([1, true])
    expect(text).toMatch(/^HTTP\/1\.1 403/)
  })

  it.each([new Error('the store is down'), undefined, null, 'route', ''])(
    'has its own way with what a look-up throws: %s',
    async (thrown) => {
      const down = createVerifier({
        service: 's3',
        region: REGION,
        secrets: async () => Promise.reject(thrown),
      })
      const { port } = await started(start, {}, down)
      expect((await send(port, signedText())).status).toBe(500)
    },
  )

  it('believes a proxy that it knows, and its word alone', async () => {
    const trustedProxies = {
      addresses: ['127.0.0.0/8', '::1'],
      headers: ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-prefix'] as const,
    }
    const { port } = await started(start, { trustedProxies })
    const forwarded = signedText({ host: 'public.example', path: '/team/k' })
      .replace('/team/k HTTP/1.1', '/k HTTP/1.1')
      .replace(
        'host: public.example',
        'host: h\r\nx-forwarded-host: public.example\r\nx-forwarded-prefix: /team',
      )
    expect(JSON.parse((await send(port, forwarded)).told)).toMatchObject({ path: '/team/k' })
    expect((await send(port, forwarded.replace('prefix: /team', 'prefix: /other'))).status).toBe(403)
    expect((await send(port, forwarded.replace('host: public', 'host: evil, public'))).status).toBe(200)
    expect((await send(port, forwarded.replace(': public.example', ': public.example, evil'))).status).toBe(
      403,
    )
  })

  it('believes nobody else', async () => {
    const trustedProxies = { addresses: ['10.0.0.0/8'], headers: ['x-forwarded-host'] as const }
    const { port } = await started(start, { trustedProxies })
    const spoofed = signedText({}).replace('host: h', 'host: evil\r\nx-forwarded-host: h')
    expect((await send(port, spoofed)).status).toBe(403)
  })

  it('takes a presigned URL', async () => {
    const { origin } = await started(start)
    const { url } = presignUrl(
      { method: 'GET', url: `${origin}/b/a%20b` },
      { credentials: CREDENTIALS, service: 's3', region: REGION },
    )
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url.replace('a%20b', 'a%20c'))).status).toBe(403)
  })
})

const [HONO, ...OTHERS] = RAW_APPS.toSorted(
  ([a], [b]) => Number(b.startsWith('Hono')) - Number(a.startsWith('Hono')),
)

describe('Hono on Node, which routes by URLs,', () => {
  it.each([...DOTTED_PATHS, '/b/k#x', '/b/k?a=1#x'])('refuses %s', async (path) => {
    const refused: string[] = []
    const { port } = await started(HONO![1], { onRefused: ({ code }) => refused.push(code) })
    const sent = path.replace('#', '%23')
    const { status } = await send(port, signedText({ path: sent }).replace(sent, path))
    expect([status, refused]).toEqual([400, ['REQUEST_MALFORMED']])
  })

  it('does not get to see a backslash, which its adapter refuses', async () => {
    const { port } = await started(HONO![1])
    const { status } = await send(port, signedText({ path: '/b/..%5Ck' }).replace('%5C', '\\'))
    expect(status).toBe(500)
  })
})

describe.each(OTHERS)('%s, which goes by what stood on the wire,', (_name, start) => {
  it.each(DOTTED_PATHS)('takes %s, and nothing shorter for it', async (path) => {
    const { port } = await started(start)
    expect((await send(port, signedText({ path }))).status).toBe(200)
    const short = new URL(path, 'http://h').pathname
    expect((await send(port, signedText({ path }).replace(path, short))).status).toBe(403)
    expect((await send(port, signedText({ path: short }).replace(short, path))).status).toBe(403)
  })
})

describe.each(RAW_APPS)('%s, which sees each header,', (_name, start) => {
  it('takes headers that were signed twice', async () => {
    const { port } = await started(start)
    const headers: [string, string][] = [
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-a', '2'],
    ]
    expect((await send(port, signedText({ headers }))).status).toBe(200)
  })
})

describe.each(WEB_APPS)('%s, which does not,', (_name, start) => {
  it.each(DOTTED_PATHS)('refuses %s, whose dots are gone', async (path) => {
    const { port } = await started(start)
    expect((await send(port, signedText({ path }))).status).toBe(403)
  })

  it('hands on the path that it verified, whatever stood on the wire', async () => {
    const { port } = await started(start)
    const { told } = await send(port, signedText({ path: '/b/y' }).replace('/b/y', '/b/x/../y'))
    expect(JSON.parse(told)).toMatchObject({ path: '/b/y' })
  })

  it('refuses headers that were signed twice, and are joined', async () => {
    const { port } = await started(start)
    const headers: [string, string][] = [
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-a', '2'],
    ]
    expect((await send(port, signedText({ headers }))).status).toBe(403)
  })
})

it.each(['read', 'being read'])('a handler of web requests gets none whose body is %s', async (state) => {
  const request = new Request('https://example.com/b/k', { method: 'PUT', body: 'text' })
  if (state === 'read') await request.text()
  else request.body?.getReader()
  const handler = guardFetch(verifier)(() => new Response('in'))
  await expect(handler(request)).rejects.toMatchObject({ code: 'BODY_ALREADY_READ' })
})
