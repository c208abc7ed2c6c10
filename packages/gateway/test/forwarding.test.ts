import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { presignUrl } from 'countersign'
import { exchangeBytes } from '../../../test/kit/servers.ts'
import { PipelineGateway } from '../src/gateway.ts'
import { KEY, region, send, settingsFor, sign, startGateway, type RunningGateway } from './running-gateway.ts'

let running: RunningGateway
beforeAll(async () => {
  running = await startGateway({}, (_request, response) => {
    response.writeHead(201, 'Made', [
      'x-two',
      'one',
      'X-Two',
      'two',
      'Connection',
      'x-hop',
      'x-hop',
      'gone',
      'Keep-Alive',
      'timeout=1',
      'X-Countersign-Request-Id',
      'of another gateway behind',
    ])
    response.end('upstream')
  })
})
afterAll(() => running.close())
beforeEach(() => {
  running.arrived.length = 0
  running.lines.length = 0
})

describe('what goes upstream', () => {
  it('is the request as it was signed, raw target and repeated headers included', async () => {
    const signed = sign({
      url: `${running.origin}/a%2Fb//c/%C3%A9?b=2&a=1&a=%20&c`,
      headers: [
        ['X-Meta', 'one'],
        ['x-meta', 'two  blanks'],
      ],
    })
    const answer = await send(signed)
    expect(answer.status).toBe(201)
    const [request] = running.arrived
    expect(request?.target).toBe('/a%2Fb//c/%C3%A9?b=2&a=1&a=%20&c')
    expect(request?.rawHeaders.filter((name) => name.toLowerCase() === 'x-meta')).toHaveLength(2)
  })

  it('tells who sent it, in headers that a client cannot write', async () => {
    const forged: [string, string][] = [
      ['x-countersign-principal', 'eve'],
      ['X-Countersign-Access-Key-Id', 'EVE'],
      ['x_countersign_principal', 'eve'],
      ['x-countersign-role', 'admin'],
      ['x-forwarded-for', '10.0.0.1'],
      ['X_Forwarded_For', '10.0.0.1'],
      ['forwarded', 'for=10.0.0.1'],
    ]
    await send(sign({ url: `${running.origin}/` }), { extra: forged })
    const { headers, rawHeaders } = running.arrived[0]!
    expect(headers['x-countersign-principal']).toBe('ada')
    expect(headers['x-countersign-signed']).toMatch(
      new RegExp(
        `^key=${KEY.accessKeyId}, scope=\\d{8}/us-east-1/execute-api, payload=verified, headers=host;x-amz-date$`,
      ),
    )
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(headers['x-forwarded-host']).toBe(`127.0.0.1:${running.port}`)
    expect(rawHeaders.join('\n')).not.toMatch(/eve|admin|10\.0\.0\.1/i)
  })

  it('refuses signed headers of those names no less than it drops unsigned ones', async () => {
    const signed = sign({ url: `${running.origin}/`, headers: { 'x-countersign-principal': 'eve' } })
    await send(signed)
    expect(running.arrived[0]?.headers['x-countersign-principal']).toBe('ada')
  })

  it('leaves out the signature, and what is for one connection only', async () => {
    const extra: [string, string][] = [
      ['connection', 'keep-alive, x-hop'],
      ['x-hop', 'gone'],
      ['te', 'trailers'],
      ['proxy-authorization', 'Basic eA=='],
    ]
    await send(sign({ url: `${running.origin}/` }), { extra })
    const { headers } = running.arrived[0]!
    for (const name of ['authorization', 'x-hop', 'te', 'proxy-authorization']) {
      expect(headers[name], name).toBeUndefined()
    }
  })

  it('refuses a Connection header that would take a signed header away', async () => {
    const signed = sign({ url: `${running.origin}/`, headers: { 'x-amz-meta-role': 'guest' } })
    const { status } = await send(signed, { extra: [['connection', 'x-amz-meta-role']] })
    expect(status).toBe(400)
    expect(running.arrived).toHaveLength(0)
    expect(running.lines.at(-1)).toMatchObject({ failure: 'HEADER_DISPUTED' })
  })

  it('takes the signature out of a presigned URL, and nothing else', async () => {
    const presigned = presignUrl(
      { method: 'GET', url: `${running.origin}/key?b=2&a=%20x` },
      { credentials: KEY, service: 's3', region },
    )
    const answer = await send({ ...presigned, headers: [['host', `127.0.0.1:${running.port}`]] })
    expect(running.lines.at(-1)?.['reason']).toBe(undefined)
    expect(answer.status).toBe(201)
    expect(running.arrived[0]?.target).toBe('/key?b=2&a=%20x')
    expect(running.lines[0]).toMatchObject({ mechanism: 'query' })
  })

  it('refuses dot segments where the signature is about the path without them', async () => {
    const target = '/secret/../public'
    const signed = sign({ url: `${running.origin}/public` })
    const headers = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const { text } = await exchangeBytes(
      running.port,
      `GET ${target} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(running.arrived).toHaveLength(0)
    expect(running.lines.at(-1)).toMatchObject({ failure: 'PATH_DISPUTED' })
  })

  it('sends keys of S3 with dot segments as they are', async () => {
    const signed = sign({ url: `${running.origin}/bucket/a/../b` }, 's3')
    expect((await send(signed)).status).toBe(201)
    expect(running.arrived[0]?.target).toBe('/bucket/a/../b')
  })
})

describe('what comes back', () => {
  it('is the response, without what is for one connection only', async () => {
    const { status, headers, body } = await send(sign({ url: `${running.origin}/` }))
    expect(status).toBe(201)
    expect(headers['x-two']).toBe('one, two')
    expect(headers['x-hop']).toBeUndefined()
    expect(headers['keep-alive']).not.toBe('timeout=1')
    expect(headers['x-countersign-request-id']).toMatch(/^[0-9A-F]{16}$/)
    expect(body).toBe('upstream')
  })

  it('leaves a line in the log, without the query', async () => {
    await send(sign({ url: `${running.origin}/path?token=abc` }))
    expect(running.lines).toHaveLength(1)
    expect(running.lines[0]).toMatchObject({
      msg: 'forwarded',
      method: 'GET',
      path: '/path',
      status: 201,
      accessKeyId: KEY.accessKeyId,
      principal: 'ada',
      bytesOut: 8,
    })
    expect(JSON.stringify(running.lines)).not.toContain('abc')
  })
})

describe('what does not get through', () => {
  it('is answered in the dialect of the service that it names', async () => {
    for (const [service, pattern] of [
      ['s3', /<Code>SignatureDoesNotMatch<\/Code>/],
      ['execute-api', /"message":"The request signature we calculated/],
    ] as const) {
      const signed = sign({ url: `${running.origin}/a` }, service)
      const { status, body } = await send({ ...signed, url: `${running.origin}/b` })
      expect(status).toBe(403)
      expect(body).toMatch(pattern)
    }
    expect(running.arrived).toHaveLength(0)
  })

  it('is answered in JSON 1.1 where the client speaks it', async () => {
    const signed = sign({ url: `${running.origin}/a`, headers: { 'x-amz-target': 'T.Op' } })
    const { status, headers, body } = await send({ ...signed, url: `${running.origin}/b` })
    expect(status).toBe(400)
    expect(headers['content-type']).toBe('application/x-amz-json-1.1')
    expect(JSON.parse(body)).toMatchObject({ __type: 'com.amazon.coral.service#InvalidSignatureException' })
  })

  it('is told to the operator with its cause, and to the client with the id of that line', async () => {
    const { headers } = await send({ ...sign({ url: `${running.origin}/a` }), url: `${running.origin}/b` })
    expect(running.lines[0]).toMatchObject({
      failure: 'SIGNATURE_MISMATCH',
      status: 403,
      requestId: headers['x-countersign-request-id'],
    })
  })

  it('has no signature at all', async () => {
    const { text } = await exchangeBytes(
      running.port,
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    )
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text).toContain('Missing Authentication Token')
    expect(running.arrived).toHaveLength(0)
  })
})

describe('the pipeline without its first stage', () => {
  it('lets everything through, but no word of who sent it', async () => {
    const settings = settingsFor(running.upstream.origin)
    const open = new PipelineGateway(settings, { log: pino({ level: 'silent' }) })
    const { clients } = await open.start()
    const headers = { 'x-countersign-principal': 'eve' }
    expect((await fetch(`http://127.0.0.1:${clients.port}/`, { headers })).status).toBe(201)
    expect(JSON.stringify(running.arrived[0]?.rawHeaders)).not.toMatch(/principal|eve/)
    await open.stop()
  })
})
