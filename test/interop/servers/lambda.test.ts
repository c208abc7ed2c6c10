/** Events as AWS documents and sends them: function URLs, HTTP APIs, REST APIs, load balancers. */
import aws4 from 'aws4'
import { describe, expect, it } from 'vitest'
import { signRequest } from '../../../packages/countersign/src/index.ts'
import {
  requireSignature,
  verifiedOf,
  type LambdaEvent,
  type LambdaRefusal,
} from '../../../packages/countersign/src/servers/lambda.ts'
import { createVerifier, s3Xml } from '../../../packages/countersign/src/verify/index.ts'
import { CREDENTIALS } from './signed-text.ts'

const REGION = 'us-west-2'
const scope = { service: 'lambda', region: REGION }
const refused: string[] = []
const guard = requireSignature(
  createVerifier({ ...scope, secrets: async () => ({ ...CREDENTIALS, principal: 'ada' }) }),
  { onRefused: ({ code }) => refused.push(code) },
)
const handler = guard(async (event: LambdaEvent, more: string) => {
  const { principal, covered, body } = verifiedOf(event)
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  const { path, query } = covered
  return {
    statusCode: 200,
    body: JSON.stringify({ principal, path, query, body: Buffer.concat(chunks).toString(), more }),
  }
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

function sign(
  host: string,
  target: string,
  init: { method?: string; body?: string; headers?: [string, string][] } = {},
): Sent {
  const { method = 'GET', body = '', headers: given = [] } = init
  const { headers } = signRequest(
    { method, url: `https://${host}${target}`, headers: given, ...(body ? { body } : {}) },
    { credentials: CREDENTIALS, ...scope },
  )
  const [path = '', query = ''] = target.split('?')
  return { method, path, query, headers: [...headers, ['x-forwarded-for', '192.0.2.9']], body }
}

const FUNCTION_URL = `abcdefg.lambda-url.${REGION}.on.aws`
const HTTP_API = `a1b2c3.execute-api.${REGION}.amazonaws.com`

/** Repeats joined by commas, names in lower case, as in payload 2.0. */
function joined(headers: Sent['headers']): Record<string, string> {
  const all = new Map<string, string>()
  for (const [name, value] of headers) all.set(name, all.has(name) ? `${all.get(name)},${value}` : value)
  return Object.fromEntries(all)
}

function many(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {}
  for (const [name, value] of pairs) (all[name] ??= []).push(value)
  return all
}

function version2(sent: Sent, domainName: string, rawPath = sent.path): LambdaEvent {
  return {
    version: '2.0',
    rawPath,
    rawQueryString: sent.query,
    headers: joined(sent.headers),
    requestContext: { domainName, http: { method: sent.method, sourceIp: '192.0.2.9' } },
    isBase64Encoded: sent.body !== '',
    ...(sent.body ? { body: Buffer.from(sent.body).toString('base64') } : {}),
  }
}

/** Of a REST API: names as they were sent, the query decoded, the stage in one of two paths. */
function restApi(sent: Sent, stage = '/prod'): LambdaEvent {
  const pairs = [...new URLSearchParams(sent.query.replaceAll('+', '%2B'))]
  return {
    httpMethod: sent.method,
    path: sent.path.slice(stage.length),
    headers: Object.fromEntries(sent.headers),
    multiValueHeaders: many(sent.headers.map(([name, value]) => [name === 'host' ? 'Host' : name, value])),
    queryStringParameters: pairs.length > 0 ? Object.fromEntries(pairs) : null,
    multiValueQueryStringParameters: pairs.length > 0 ? many(pairs) : null,
    requestContext: { path: sent.path, identity: { sourceIp: '192.0.2.9' } },
    body: sent.body === '' ? null : sent.body,
    isBase64Encoded: false,
  }
}

function balancer(sent: Sent): LambdaEvent {
  const pairs = sent.query
    .split('&')
    .map((pair): [string, string] => [pair.split('=')[0]!, pair.split('=')[1] ?? ''])
  return {
    httpMethod: sent.method,
    path: sent.path,
    multiValueHeaders: many(sent.headers),
    multiValueQueryStringParameters: sent.query === '' ? {} : many(pairs),
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:…' } },
    body: sent.body,
    isBase64Encoded: false,
  }
}

async function call(
  event: LambdaEvent,
): Promise<{ status: number; told: Record<string, unknown>; code: string | undefined }> {
  refused.length = 0
  const { statusCode, body } = await handler(event, 'context')
  return { status: statusCode, told: JSON.parse(body) as Record<string, unknown>, code: refused[0] }
}

const ODD = '/a%2Fb/a%20b//c;x/@d?q=a%20b&q=1&q=%C3%BC&e&plus=%2B'

describe('an event that tells what was sent', () => {
  it.each([
    ['of a function URL', version2(sign(FUNCTION_URL, ODD), FUNCTION_URL)],
    ['of a REST API', restApi(sign(HTTP_API, `/prod${ODD}`))],
    ['of a load balancer', balancer(sign('lb.example', ODD))],
  ])('%s is let in', async (_name, event) => {
    const { status, told } = await call(event)
    expect(status).toBe(200)
    expect(told).toMatchObject({ principal: 'ada', more: 'context', body: '' })
    // Two slashes in a row are one to the signature.
    expect(told['path']).toMatch(/\/a%2Fb\/a%20b\/c;x\/@d$/)
    expect(told['query']).toEqual(
      expect.arrayContaining([
        ['q', 'a b'],
        ['q', '\u00fc'],
        ['plus', '+'],
      ]),
    )
  })

  it.each([
    ['of payload 2.0', (sent: Sent) => version2(sent, HTTP_API)],
    ['of payload 1.0 of HTTP APIs', (sent: Sent): LambdaEvent => ({ ...restApi(sent, ''), version: '1.0' })],
    ['of a REST API', (sent: Sent) => restApi(sent, '')],
    ['of a load balancer', balancer],
  ])('%s is let in with its body and its repeated headers', async (_name, eventOf) => {
    const headers: [string, string][] = [
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-a', '2'],
      ['content-type', 'text/plain'],
    ]
    const sent = sign(HTTP_API, '/.things/42?a=1', { method: 'PUT', body: 'gr\u00fc\u00dfe', headers })
    expect((await call(eventOf(sent))).told).toMatchObject({ body: 'gr\u00fc\u00dfe', query: [['a', '1']] })
    expect(await call(eventOf({ ...sent, body: 'other' }))).toMatchObject({ status: 403 })
    expect(await call(eventOf({ ...sent, query: 'a=2' }))).toMatchObject({ status: 403 })
    expect(await call(eventOf({ ...sent, path: '/.things/43' }))).toMatchObject({ status: 403 })
    expect(await call(eventOf({ ...sent, method: 'POST' }))).toMatchObject({ status: 403 })
    for (const [name, value] of sent.headers.filter(([given]) =>
      /^(x-amz-date|authorization|host)$/.test(given),
    )) {
      const event = eventOf({ ...sent, headers: [...sent.headers, [name, value]] })
      expect((await call(event)).status, name).toBeGreaterThanOrEqual(400)
    }
  })

  it('is let in with cookies, which payload 2.0 has in a list', async () => {
    const sent = sign(FUNCTION_URL, '/', { headers: [['cookie', 'a=1; b=2']] })
    const headers = sent.headers.filter(([name]) => name !== 'cookie')
    const event = { ...version2({ ...sent, headers }, FUNCTION_URL), cookies: ['a=1', 'b=2'] }
    expect((await call(event)).status).toBe(200)
  })

  it('is let in as aws4 signs it', async () => {
    const path = '/my/path?parameter1=value1&parameter1=value2&parameter2=value'
    const request = {
      host: FUNCTION_URL,
      ...scope,
      method: 'POST',
      path,
      body: 'Hello from client!',
      headers: {},
    }
    const { headers } = aws4.sign(request, CREDENTIALS)
    const sent = { ...sign(FUNCTION_URL, path), method: 'POST', body: request.body }
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    expect((await call(version2({ ...sent, headers: lower }, FUNCTION_URL))).status).toBe(200)
  })
})

describe('an event that does not', () => {
  it.each(['/a b', '/a/../b', '/a//b', '/@a', '/100%', '/\u00fc', '/a?b', '/a/.', 'a', ''])(
    'because an HTTP API decoded its path to %j, is refused',
    async (rawPath) => {
      const event = version2(sign(HTTP_API, '/a'), HTTP_API, rawPath)
      expect(await call(event)).toMatchObject({ status: 400, code: 'REQUEST_MALFORMED' })
      const { headers } = restApi(sign(HTTP_API, '/a'), '')
      const older = {
        version: '1.0',
        httpMethod: 'GET',
        path: rawPath,
        headers,
        requestContext: { path: rawPath },
      }
      expect(await call(older)).toMatchObject({ code: 'REQUEST_MALFORMED' })
    },
  )

  it('cannot pass one path off as another: what was decoded was signed as it is', async () => {
    expect((await call(version2(sign(HTTP_API, '/a%2Fb'), HTTP_API, '/a/b'))).code).toBe('SIGNATURE_MISMATCH')
  })

  it.each([
    ['another domain that ends alike', version2(sign(FUNCTION_URL, '/a%20b'), `x.${FUNCTION_URL}`)],
    ['a path that is not the end of the whole one', { ...restApi(sign(HTTP_API, '/prod/a')), path: '/b' }],
    ['no whole path', { ...restApi(sign(HTTP_API, '/prod/a')), requestContext: {} }],
    ['a query in the path', version2(sign(FUNCTION_URL, '/a?b=c'), FUNCTION_URL, '/a?b=c')],
    [
      'a body that is not base64',
      { ...version2(sign(FUNCTION_URL, '/a'), FUNCTION_URL), body: '%', isBase64Encoded: true },
    ],
    ['nothing at all', {}],
  ])('for it has %s, is refused', async (_name, event: LambdaEvent) => {
    expect(await call(event)).toMatchObject({ code: 'REQUEST_MALFORMED' })
  })
})

it('refuses in the shape of Lambda, and in the dialect that was chosen', async () => {
  const verifier = createVerifier({ ...scope, secrets: () => undefined })
  const inS3 = requireSignature(verifier, { respond: s3Xml })(() => ({ statusCode: 200, body: '' }))
  const answer = await inS3(version2(sign(FUNCTION_URL, '/'), FUNCTION_URL))
  expect(answer).toMatchObject({
    statusCode: 403,
    headers: { 'content-type': 'application/xml' },
    body: expect.stringContaining('<Code>InvalidAccessKeyId</Code>') as string,
  })
})

describe('an answer that refuses', () => {
  const nobody = createVerifier({ ...scope, secrets: () => undefined })
  const ask = requireSignature(nobody)(() => ({ statusCode: 200, body: '' }))

  it('has its headers as lists, too, where the event has: such a load balancer takes no others', async () => {
    const event = balancer(sign('lb.example.com', '/'))
    const { headers, multiValueHeaders } = (await ask(event)) as LambdaRefusal
    expect(headers['content-type']).toBe('application/json')
    expect(multiValueHeaders).toEqual(many(Object.entries(headers)))
    const { multiValueHeaders: _lists, ...single } = event
    const answer = await ask({ ...single, headers: joined(sign('lb.example.com', '/').headers) })
    expect(answer).not.toHaveProperty('multiValueHeaders')
  })

  it('has no body for a HEAD', async () => {
    const sent = sign(FUNCTION_URL, '/', { method: 'HEAD' })
    for (const event of [version2(sent, FUNCTION_URL), restApi(sent, ''), balancer(sent)]) {
      expect(await ask(event)).toMatchObject({ statusCode: 403, body: '' })
    }
  })
})

it.each(['1.0', '2.0'])('refuses an event of payload %s whose requestContext is null', async (version) => {
  const event = { ...version2(sign(FUNCTION_URL, '/'), FUNCTION_URL), version, requestContext: null }
  expect(await call(event)).toMatchObject({ code: 'REQUEST_MALFORMED' })
})

it('throws the errors of a look-up on', async () => {
  const failing = createVerifier({ ...scope, secrets: async () => Promise.reject(new Error('down')) })
  const event = version2(sign(FUNCTION_URL, '/'), FUNCTION_URL)
  await expect(requireSignature(failing)(() => 1)(event)).rejects.toThrow('down')
})
