import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { exchangeBytes } from '../../../../test/kit/servers.ts'
import { startProxy, type RunningProxy } from './running-proxy.ts'

let proxy: RunningProxy
afterEach(() => proxy.close())

/** Sends a request as it is written, and reads to its end. */
async function ask(head: string, body = ''): Promise<{ status: number; text: string }> {
  const { text } = await exchangeBytes(proxy.port, `${head}\r\nConnection: close\r\n\r\n${body}`)
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }
}

const here = (): string => `Host: 127.0.0.1:${proxy.port}`

describe('a signed request', () => {
  it.each([
    ['execute-api', '/a%2Fb//c/%C3%A9/x:y@z+w;v?b=2&a=1&a=%20&c'],
    ['execute-api', '/my-index/_search?q=a%3Ab&pretty'],
    ['es', '/%3Clogs-%7Bnow%2Fd%7D%3E/_doc'],
  ])('of %s has the raw target of the client: %s', async (service, target) => {
    proxy = await startProxy({ sign: { service } })
    expect(await ask(`GET ${target} HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]).toMatchObject({ target, service, method: 'GET' })
  })

  it('of S3 names the object that the client named', async () => {
    proxy = await startProxy({ sign: { service: 's3' } })
    for (const target of ['/b/a//b', '/b/../x', '/b/a%20b', '/b/a:b@c', '/b/%2E%2E/k', '/b/100%25']) {
      expect(await ask(`GET ${target} HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 200 })
      const arrived = proxy.arrived.at(-1)?.target ?? ''
      expect(decodeURIComponent(arrived)).toBe(decodeURIComponent(target))
    }
  })

  it('goes without what was for one connection only, and without what signed it before', async () => {
    proxy = await startProxy()
    const head = [
      'GET / HTTP/1.1',
      here(),
      'Connection: x-hop, keep-alive',
      'X-Hop: gone',
      'Keep-Alive: 5',
      'TE: trailers',
      'Proxy-Authorization: Basic Zm9v',
      'Authorization: AWS4-HMAC-SHA256 Credential=DUMMY/20200101/x/y/aws4_request, SignedHeaders=host, Signature=00',
      'X-Amz-Date: 20200101T000000Z',
      'Date: Wed, 01 Jan 2020 00:00:00 GMT',
      'X-Amz-Security-Token: stale',
      'X-Forwarded-For: 10.0.0.1',
      'X-Countersign-Principal: eve',
      'X-Amz-Meta-A: one',
      'x-amz-meta-a: two,three',
      'traceparent: 00-1-2-03',
    ].join('\r\n')
    expect(await ask(head)).toMatchObject({ status: 200 })
    const { headers, rawHeaders } = proxy.arrived[0]!
    const raw = rawHeaders.join('\n')
    expect(raw).not.toMatch(/gone|trailers|Zm9v|DUMMY|2020|stale|10\.0\.0\.1|eve|keep-alive: 5/i)
    expect(headers['x-amz-meta-a']).toBe('one, two,three')
    expect(headers['traceparent']).toBe('00-1-2-03')
    expect(headers.authorization).toMatch(/SignedHeaders=host;x-amz-date;x-amz-meta-a,/)
  })

  it('carries a session token that the client never sees', async () => {
    const sessionToken = 'token-of-the-session'
    proxy = await startProxy(
      {},
      {
        sessionToken,
        credentials: () => async () => ({
          accessKeyId: 'AKIDPROXY234567',
          secretAccessKey: 'the-real-secret',
          sessionToken,
          expiration: new Date(Date.now() + 3_600_000),
        }),
      },
    )
    const { status, text } = await ask(`GET / HTTP/1.1\r\n${here()}`)
    expect(status).toBe(200)
    expect(text).not.toContain(sessionToken)
    expect(proxy.arrived[0]?.headers['x-amz-security-token']).toBe(sessionToken)
    expect(JSON.stringify(proxy.lines)).not.toMatch(/token-of-the-session|the-real-secret|Signature=/)
  })

  it('has the headers that the settings give, which are signed, too', async () => {
    proxy = await startProxy({
      sign: { setHeaders: { 'X-Amz-Request-Payer': 'requester', 'X-Secret': '' } },
    })
    await ask(`GET / HTTP/1.1\r\n${here()}\r\nX-Secret: of the client\r\nX-Amz-Request-Payer: me`)
    const { headers } = proxy.arrived[0]!
    expect(headers['x-secret']).toBeUndefined()
    expect(headers['x-amz-request-payer']).toBe('requester')
    expect(headers.authorization).toContain('x-amz-request-payer')
  })

  it('is for one host, and goes to another', async () => {
    proxy = await startProxy({
      sign: { host: 'search-x.eu-west-1.es.amazonaws.com', service: undefined, region: undefined },
    })
    expect(await ask(`GET / HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.headers.host).toBe('search-x.eu-west-1.es.amazonaws.com')
    expect(proxy.arrived[0]?.service).toBe('es')
    expect(proxy.lines.at(-1)).toMatchObject({ signedFor: 'eu-west-1/es' })
  })
})

it('for OpenSearch Serverless says what its body hashes to, and for OpenSearch needs not', async () => {
  for (const [service, hash] of [
    ['aoss', expect.stringMatching(/^[\da-f]{64}$/)],
    ['es', undefined],
  ] as const) {
    proxy = await startProxy({ sign: { service } })
    const body = '{"query":{}}'
    const head = `POST /logs/_search HTTP/1.1\r\n${here()}\r\nContent-Length: ${body.length}`
    expect(await ask(head, body)).toMatchObject({ status: 200 })
    expect(proxy.arrived[0]?.headers['x-amz-content-sha256']).toEqual(hash)
    expect(proxy.arrived[0]?.service).toBe(service)
    if (service === 'aoss') await proxy.close()
  }
})

it('that is refused for want of permission is no refused signature; the log has the cause, and /metrics the rest', async () => {
  const expiration = new Date(Date.now() + 3_600_000)
  proxy = await startProxy(
    {},
    {
      credentials: () => async () => ({
        accessKeyId: 'AKIDPROXY234567',
        secretAccessKey: 'the-real-secret',
        expiration,
      }),
      respond: (_request, response) => {
        response.writeHead(403, { 'x-amzn-requestid': 'UPSTREAM1' })
        response.end('{"__type":"com.amazon#AccessDeniedException","Message":"not you"}')
      },
    },
  )
  expect(await ask(`GET / HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 403 })
  expect(proxy.lines.at(-1)).toMatchObject({ cause: 'AccessDeniedException', upstreamRequestId: 'UPSTREAM1' })
  const metrics = await (await fetch(`${proxy.healthOrigin}/metrics`)).text()
  expect(metrics).not.toContain('countersign_signature_refusals_total{')
  expect(metrics).toMatch(/countersign_credential_expiry_seconds\{profile="default"\} 3[56]\d\d/)
  expect(metrics).toContain(
    'countersign_requests_total{service="execute-api",region="us-east-1",code="403"} 1',
  )
})

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

it.skipIf(!hasIpv6)('over IPv6 is signed for that address, and may come from one', async () => {
  const upstream = createServer((request, response) => void response.end(request.headers.host))
  await once(upstream.listen(0, '::1'), 'listening')
  const host = `[::1]:${(upstream.address() as AddressInfo).port}`
  proxy = await startProxy({ listen: { host: '::1', port: 0 } }, { origin: `http://${host}` })
  const response = await fetch(`http://[::1]:${proxy.port}/`)
  expect([response.status, await response.text()]).toEqual([200, host])
  expect(proxy.lines.at(-1)).toMatchObject({ upstream: host, remoteAddress: '::1' })
  upstream.closeAllConnections()
  upstream.close()
})

describe('without credentials', () => {
  it('nothing is sent, and the client is told', async () => {
    proxy = await startProxy({}, { credentials: () => () => Promise.reject(new Error('no profile dev')) })
    const { status, text } = await ask(`GET / HTTP/1.1\r\n${here()}`)
    expect(status).toBe(503)
    expect(text).toContain('CredentialsUnavailableException')
    expect(proxy.arrived).toEqual([])
    expect(proxy.refused).toEqual([])
    expect(proxy.lines.at(-1)).toMatchObject({ failure: 'CREDENTIALS_UNAVAILABLE' })
    const ready = await fetch(`${proxy.healthOrigin}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.text()).toContain('no profile dev')
  })

  it('that hold it is not ready: those that end soon, and those that have ended', async () => {
    for (const seconds of [30, -5]) {
      const expiration = new Date(Date.now() + seconds * 1000)
      proxy = await startProxy(
        {},
        {
          credentials: () => async () => ({
            accessKeyId: 'AKIDPROXY234567',
            secretAccessKey: 'x',
            expiration,
          }),
        },
      )
      expect((await fetch(`${proxy.healthOrigin}/readyz`)).status).toBe(503)
      if (seconds < 0) expect(await ask(`GET / HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 503 })
      expect(proxy.arrived).toEqual([])
      if (seconds > 0) await proxy.close()
    }
  })

  it('of its own for a while, it goes on with those that came; a rotation counts at once when it is told', async () => {
    let secretAccessKey = 'the-real-secret'
    proxy = await startProxy(
      {},
      { credentials: () => async () => ({ accessKeyId: 'AKIDPROXY234567', secretAccessKey }) },
    )
    expect(await ask(`GET / HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 200 })
    secretAccessKey = 'another'
    expect(await ask(`GET / HTTP/1.1\r\n${here()}`)).toMatchObject({ status: 200 })
    await proxy.gateway.reload({})
    const { status, text } = await ask(`GET / HTTP/1.1\r\n${here()}`)
    expect(status).toBe(403)
    expect(text).toContain('<Code>SignatureDoesNotMatch</Code>')
    expect(proxy.lines.at(-1)).toMatchObject({ status: 403, cause: 'SignatureDoesNotMatch' })
    const metrics = await (await fetch(`${proxy.healthOrigin}/metrics`)).text()
    expect(metrics).toContain('countersign_signature_refusals_total{cause="SignatureDoesNotMatch"} 1')
    expect(metrics).toContain(
      'countersign_requests_total{service="execute-api",region="us-east-1",code="200"} 2',
    )
  })
})
