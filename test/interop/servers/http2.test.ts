/** Node's http2 server, by its compatible half and by its streams. */
import {
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import aws4 from 'aws4'
import { afterEach, describe, expect, it } from 'vitest'
import { signRequest, type HttpRequest, type SyncBody } from '../../../packages/countersign/src/index.ts'
import {
  requireSignature,
  requireStreamSignature,
  verifiedOf,
  type NodeGuardOptions,
} from '../../../packages/countersign/src/servers/http2.ts'
import {
  createVerifier,
  s3Xml,
  type VerifiedRequest,
  type Verifier,
} from '../../../packages/countersign/src/verify/index.ts'
import { CREDENTIALS } from './signed-text.ts'

const scope = { service: 's3', region: 'us-east-1' }
const verifier = createVerifier({ ...scope, secrets: async () => ({ ...CREDENTIALS, principal: 'ada' }) })
const HOST = 'store.example'

const open: Http2Server[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))))
})

async function tell({ principal, covered, body }: VerifiedRequest): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return JSON.stringify({ principal, path: covered.path, body: Buffer.concat(chunks).toString() })
}

async function listen(server: Http2Server): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

type Start = (options?: Pick<NodeGuardOptions, 'respond'>, by?: Verifier) => Promise<number>

async function startCompatible(options = {}, by: Verifier = verifier): Promise<number> {
  const guard = requireSignature(by, options)
  async function serve(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    response.end(await tell(verifiedOf(request)))
  }
  const server = createServer((request, response) =>
    guard(request, response, (error) => {
      if (error) response.writeHead(500).end()
      else void serve(request, response)
    }),
  )
  return listen(server)
}

async function startStreams(options = {}, by: Verifier = verifier): Promise<number> {
  const guard = requireStreamSignature(by, options)
  async function serve(stream: ServerHttp2Stream): Promise<void> {
    stream.respond({ ':status': 200 })
    stream.end(await tell(verifiedOf(stream)))
  }
  const server = createServer()
  server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: number, rawHeaders: string[]) =>
    guard(stream, rawHeaders, (error) => {
      if (error) stream.respond({ ':status': 500 }, { endStream: true })
      else void serve(stream)
    }),
  )
  return listen(server)
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends requests on one connection, one after the other. */
async function send(
  port: number,
  ...requests: [OutgoingHttpHeaders, (Uint8Array | undefined)?][]
): Promise<Answer[]> {
  const client = connect(`http://127.0.0.1:${port}`)
  const answers: Answer[] = []
  for (const [headers, body] of requests) {
    answers.push(
      await new Promise<Answer>((resolve, reject) => {
        const stream = client.request(headers, { endStream: body === undefined })
        let answered: IncomingHttpHeaders = {}
        const chunks: Buffer[] = []
        stream.on('response', (given) => (answered = given))
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', reject)
        stream.on('end', () =>
          resolve({
            status: Number(answered[':status']),
            headers: answered,
            text: Buffer.concat(chunks).toString(),
          }),
        )
        if (body) stream.end(body)
      }),
    )
  }
  client.close()
  return answers
}

/** A signed request as headers of HTTP/2: no `host`, but what HTTP/2 has in its place. */
function signed(
  given: Partial<HttpRequest<SyncBody>> & { path?: string } = {},
): [OutgoingHttpHeaders, (Uint8Array | undefined)?] {
  const { path = '/b/k', ...rest } = given
  const { method, headers, body } = signRequest(
    { method: 'GET', url: `http://${HOST}${path}`, ...rest },
    { credentials: CREDENTIALS, ...scope },
  )
  const fields: Record<string, string[]> = {}
  for (const [name, value] of headers) if (name !== 'host') (fields[name] ??= []).push(value)
  const lines = Object.entries(fields).map(([name, values]) => [
    name,
    values.length > 1 ? values : values[0]!,
  ])
  const head = { ':method': method, ':path': path, ':authority': HOST, ...Object.fromEntries(lines) }
  return body === undefined ? [head] : [head, Buffer.from(body)]
}

describe.each<[string, Start]>([
  ['the compatible half', startCompatible],
  ['the streams', startStreams],
])('%s of http2', (_name, start) => {
  it('lets signed requests in, :authority standing for the host', async () => {
    const port = await start()
    const [get, put] = await send(port, signed(), signed({ method: 'PUT', body: 'abc' }))
    expect(JSON.parse(get!.text)).toEqual({ principal: 'ada', path: '/b/k', body: '' })
    expect(JSON.parse(put!.text)).toEqual({ principal: 'ada', path: '/b/k', body: 'abc' })
  })

  it('lets aws4 in', async () => {
    const request = { host: HOST, ...scope, method: 'GET', path: '/b/k?a=b', headers: {} }
    const { Host: _host, ...headers } = aws4.sign(request, CREDENTIALS).headers
    const [answer] = await send(await start(), [
      { ':path': request.path, ':authority': HOST, ...(headers as OutgoingHttpHeaders) },
    ])
    expect(answer?.status).toBe(200)
  })

  it.each(['/b//k', '/b/a%2Fb', '/b/x/../y', '/b/a+b?q=a+b', '/b/%2e%2e/k'])('takes %s', async (path) => {
    const [answer] = await send(await start(), signed({ path }))
    expect([answer?.status, answer?.text]).toEqual([200, expect.stringContaining(path.split('?')[0]!)])
  })

  it('takes a cookie that was cut in pieces on the way, and headers that were signed twice', async () => {
    const whole = signed({ headers: [['cookie', 'a=1; b=2']] })
    const pieces: typeof whole = [{ ...whole[0], cookie: ['a=1', 'b=2'] }]
    const twice = signed({
      headers: [
        ['x-amz-meta-a', '1'],
        ['x-amz-meta-a', '2'],
      ],
    })
    const answers = await send(await start(), whole, pieces, twice)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('refuses what is not what was signed, and goes on with the connection', async () => {
    const port = await start({ respond: s3Xml })
    const [head, body] = signed({ method: 'PUT', body: 'abc' })
    const long = Buffer.alloc(200_000)
    const answers = await send(
      port,
      [{ ...head, ':authority': 'evil' }, body],
      [{ ...head, host: 'evil' }, body],
      [{ ...head, ':path': '/b/l' }, body],
      [{ ...head, ':path': '/b/k#x' }, body],
      [{ ...head, ':method': 'POST' }, body],
      [{ ...head, 'x-amz-acl': 'public-read' }, body],
      [head, Buffer.from('abd')],
      [head],
      [{ ':path': '/b/k', ':authority': HOST, ':method': 'PUT' }, long],
      [{ ...head, host: HOST }, body],
    )
    expect(answers.map(({ status }) => status)).toEqual([403, 400, 403, 400, 403, 403, 400, 400, 403, 200])
    expect(answers[0]?.headers['content-type']).toBe('application/xml')
    expect(answers[0]?.text).toContain('<Code>SignatureDoesNotMatch</Code>')
    expect(answers[0]?.headers).not.toHaveProperty('connection')
  })

  it('sends no body to a HEAD', async () => {
    const [answer] = await send(await start(), [{ ':method': 'HEAD', ':path': '/', ':authority': HOST }])
    expect([answer?.status, answer?.text]).toEqual([403, ''])
  })

  it.each([new Error('down'), undefined, null])('hands on what a look-up throws: %s', async (thrown) => {
    const failing = createVerifier({ ...scope, secrets: async () => Promise.reject(thrown) })
    const [answer] = await send(await start({}, failing), signed())
    expect(answer?.status).toBe(500)
  })
})
