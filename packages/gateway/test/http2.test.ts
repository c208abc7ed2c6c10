/** The gateway for clients that speak HTTP/2: what they signed is verified, and goes on as it was. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type ClientHttp2Session } from 'node:http2'
import { text } from 'node:stream/consumers'
import { presignUrl, signRequest } from 'countersign'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KEY, region, settingsFor, startGateway, type RunningGateway } from './running-gateway.ts'

const pem = (name: string): string =>
  readFileSync(new URL(`../../cli/test/send/tls/${name}.pem`, import.meta.url), 'utf8')

let running: RunningGateway
let client: ClientHttp2Session
let origin: string
beforeEach(async () => {
  running = await startGateway(
    {
      tls: { certificate: '', key: '', clientAuthority: undefined, http2: true },
      unsignedPayload: 'allowed',
      limits: { ...settingsFor('http://x').limits, bufferedBody: 1024 },
    },
    undefined,
    { tls: { cert: pem('server'), key: pem('server-key') } },
  )
  origin = `https://localhost:${running.port}`
  client = connect(origin, { ca: pem('ca') })
  client.on('error', () => {})
})
afterEach(async () => {
  client.destroy()
  await running.close()
})

async function send(method: string, url: string, headers: object, body?: Uint8Array): Promise<unknown[]> {
  const path = url.slice(origin.length)
  const stream = client.request({ ...headers, ':method': method, ':path': path })
  stream.end(body)
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>]
  return [answer[':status'], await text(stream)]
}

/** Signs, and sends without the length that HTTP/2 does not need. */
function sendSigned(method: string, path: string, body?: Buffer, sha256?: string): Promise<unknown[]> {
  const url = origin + path
  const headers: Record<string, string> = sha256 === undefined ? {} : { 'x-amz-content-sha256': sha256 }
  const signed = signRequest({ method, url, headers }, { credentials: KEY, service: 's3', region })
  const fields = signed.headers.filter(([name]) => name !== 'host' && name !== 'content-length')
  return send(method, url, Object.fromEntries(fields), body)
}

it('tells the upstream who sent a request, and how', async () => {
  expect(await sendSigned('GET', '/b/a%20b?x=1')).toEqual([200, 'upstream'])
  const { target, headers, rawHeaders } = running.arrived[0]!
  expect(target).toBe('/b/a%20b?x=1')
  expect(headers).toMatchObject({
    host: new URL(running.upstream.origin).host,
    'x-countersign-principal': 'ada',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': new URL(origin).host,
  })
  expect(rawHeaders.filter((name) => name.startsWith(':'))).toEqual([])
  expect(headers.authorization).toBeUndefined()
})

it('holds a body until it is known to be the one that was signed, and passes an unsigned one on', async () => {
  const body = randomBytes(200_000)
  const hash = createHash('sha256').update(body).digest('hex')
  expect(await sendSigned('PUT', '/b/k', body, hash)).toEqual([200, 'upstream'])
  expect(running.arrived[0]?.headers['content-length']).toBe('200000')
  expect(await sendSigned('PUT', '/b/k', body, 'UNSIGNED-PAYLOAD')).toEqual([200, 'upstream'])
  expect(running.arrived.map((arrived) => arrived.body.equals(body))).toEqual([true, true])
  const other = Buffer.from(body).fill(0, 0, 8)
  expect(await sendSigned('PUT', '/b/k', other, hash)).toEqual([
    400,
    expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>'),
  ])
  expect(running.arrived).toHaveLength(2)
})

it('takes presigned URLs, and nothing unsigned', async () => {
  const { url } = presignUrl(
    { method: 'GET', url: `${origin}/b/k?x=1` },
    { credentials: KEY, service: 's3', region },
  )
  expect(await send('GET', url, {})).toEqual([200, 'upstream'])
  expect(running.arrived[0]?.target).toBe('/b/k?x=1')
  expect(await send('GET', `${origin}/b/k`, {})).toEqual([
    403,
    expect.stringContaining('Missing Authentication Token'),
  ])
  expect(running.arrived).toHaveLength(1)
})
