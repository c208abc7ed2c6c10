import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AWS4Auth, StrictAWS4Auth } from '../../packages/countersign/src/aws4auth/index.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import type { HttpRequest, PresignedUrl, SignedRequest } from '../../packages/countersign/src/index.ts'
import { createVerifier } from '../../packages/countersign/src/verify/index.ts'
import { messageOfRaw, readRequests, valuesOf } from '../kit/raw-http.ts'
import { CLIENTS, targetOf } from './clients.ts'
import { CREDENTIALS, handing, openWay, signedFetching, type Sender, type Way } from './delivery.ts'

const SENDERS: readonly { name: string; send: Sender }[] = [
  ...CLIENTS.map((client) => ({ name: client.name, send: handing(client) })),
  { name: 'signed fetch', send: signedFetching },
]

let way: Way
beforeAll(async () => {
  const most = 2_000_000
  way = await openWay({
    service: ['s3', 'execute-api', 'myservice'],
    limits: { headerBytes: most, metadataBytes: most, userMetadataBytes: most },
  })
})
afterEach(() => {
  way.setClock(undefined)
})
afterAll(async () => {
  await way.close()
})

function local(request: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: `http://127.0.0.1:${way.port}/`, ...request }
}

/** Sends what was signed elsewhere than by the way's own signer. */
function sending(signed: SignedRequest | PresignedUrl, name: string): Sender {
  const client = CLIENTS.find((one) => one.name === name)!
  return async (_request, _signer, _carrier, port) => {
    return { signed, status: (await client.send(signed, port)).status }
  }
}

describe('row 29: a key of another day', () => {
  const instant = new Date('2000-12-31T23:59:59Z')
  const header: [string, string] = ['x-amz-date', '20001231T235959Z']
  const key = [CREDENTIALS.accessKeyId, CREDENTIALS.secretAccessKey, 'us-east-1', 'execute-api'] as const

  it.each(CLIENTS)('is replaced, and the request arrives by $name', async ({ name }) => {
    way.setClock(instant)
    const auth = new AWS4Auth(...key, { date: '20010101' })
    const signed = auth.sign({ method: 'GET', url: `http://127.0.0.1:${way.port}/`, headers: [header] })
    const { status, verdict } = await way.deliver(sending(signed, name), local(), 'execute-api', 'header')
    expect(verdict).toMatchObject({ scope: { date: '20001231' } })
    expect(status).toBe(200)
  })

  it('is refused where the caller wants it strict', () => {
    const auth = new StrictAWS4Auth(...key, { date: '20010101' })
    expect(() => auth.sign(local({ headers: [header] }) as HttpRequest<string>)).toThrow(
      expect.objectContaining({ name: 'DateMismatchError' }),
    )
  })
})

describe('row 30: dates that the request brings along', () => {
  const FIRST = '20261106T083000Z'
  it.each([
    ['only a Date', { date: 'Fri, 06 Nov 2026 08:30:00 GMT' }, FIRST],
    ['a Date without its weekday', { date: '06 Nov 2026 08:30:00 GMT' }, FIRST],
    [
      'an x-amz-date that is none, and a Date',
      { 'x-amz-date': 'soon', date: 'Fri, 06 Nov 2026 08:30:00 GMT' },
      FIRST,
    ],
    ['an x-amz-date as ISO 8601', { 'x-amz-date': '2026-11-06T08:30:00Z' }, FIRST],
    ['asctime', { date: 'Fri Nov  6 08:30:00 2026' }, FIRST],
    ['RFC 850', { date: 'Friday, 06-Nov-26 08:30:00 GMT' }, FIRST],
    ['an offset', { date: '2026-11-05T23:30:00-05:00' }, '20261106T043000Z'],
    ['none that can be read', { date: 'soon', 'x-amz-date': '111-11-11' }, '20261106T091011Z'],
  ])('%s', async (_name, headers, amzDate) => {
    const [, y, mo, d, h, mi, s] = /(.{4})(..)(..)T(..)(..)(..)Z/.exec(amzDate) ?? []
    way.setClock(new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`))
    for (const { send } of SENDERS) {
      const { verdict, status, raw } = await way.deliver(send, local({ headers }), 'execute-api', 'header')
      expect(verdict).toMatchObject({ scope: { date: amzDate.slice(0, 8) } })
      expect(status).toBe(200)
      expect(valuesOf(raw!.headers, 'x-amz-date')).toEqual([amzDate])
    }
  })
})

describe('rows 31 and 32: published presigned URLs', () => {
  it.each(CLIENTS)('arrive by $name', async ({ name }) => {
    way.setClock(new Date('2014-01-01T00:00:30Z'))
    const presigned = presignUrl(
      { method: 'GET', url: 'https://ec2.us-east-1.amazonaws.com/' },
      {
        credentials: { accessKeyId: 'access_key', secretAccessKey: 'secret_key' },
        region: 'myregion',
        service: 'myservice',
        date: new Date('2014-01-01T00:00:00Z'),
        expiresIn: 60,
      },
    )
    expect(presigned.signature).toBe('c70e0bcdb4cd3ee324f71c78195445b8788315af0800bbbdbbb6d05a616fb84c')
    const { raw } = await way.deliver(sending(presigned, name), local(), 'execute-api', 'query')
    const verifier = createVerifier({
      secrets: () => ({ secretAccessKey: 'secret_key' }),
      service: 'myservice',
      region: 'myregion',
      now: () => new Date('2014-01-01T00:00:30Z'),
    })
    expect(await verifier.verify(messageOfRaw(raw!, 'https'))).toMatchObject({ accessKeyId: 'access_key' })
    expect(valuesOf(raw!.headers, 'host')).toEqual(['ec2.us-east-1.amazonaws.com'])
  })

  it.each(CLIENTS)('for S3 by $name, with a dot file that is no dot segment', async ({ name }) => {
    const now = new Date('2014-01-01T00:00:00Z')
    way.setClock(now)
    const url = 'https://s3.us-west-2.amazonaws.com/mybucket/keyname/.bar'
    const presigned = presignUrl({ method: 'GET', url }, { credentials: CREDENTIALS, date: now })
    const { status, raw } = await way.deliver(sending(presigned, name), local(), 's3', 'query')
    expect(status).toBe(200)
    expect(raw!.target).toBe(targetOf(presigned.url))
  })
})

describe('row 33: lifetimes', () => {
  it.each([0, -5, 1.5, NaN, 604_801, '60' as unknown as number])('%s is refused', (expiresIn) => {
    const request = { method: 'GET', url: 'http://h/' }
    const options = { credentials: CREDENTIALS, service: 's3', region: 'us-east-1', expiresIn }
    expect(() => presignUrl(request, options)).toThrow(expect.objectContaining({ code: 'EXPIRY_INVALID' }))
  })

  it('two that differ are refused', () => {
    const request = { method: 'GET', url: 'http://h/?X-Amz-Expires=60' }
    const options = { credentials: CREDENTIALS, service: 's3', region: 'us-east-1', expiresIn: 61 }
    expect(() => presignUrl(request, options)).toThrow(expect.objectContaining({ code: 'EXPIRY_INVALID' }))
  })

  it.each([1, 604_800])('%s seconds are kept to by the server, to the second', async (expiresIn) => {
    const start = new Date('2026-11-22T12:00:00Z')
    const url = `http://127.0.0.1:${way.port}/b/k`
    const presigned = presignUrl(
      { method: 'GET', url },
      { credentials: CREDENTIALS, service: 's3', region: 'us-east-1', date: start, expiresIn },
    )
    for (const { name } of CLIENTS) {
      way.setClock(new Date(start.getTime() + expiresIn * 1000))
      const atEnd = await way.deliver(sending(presigned, name), local(), 's3', 'query')
      expect(atEnd.status).toBe(200)
      way.setClock(new Date(start.getTime() + expiresIn * 1000 + 1000))
      const after = await way.deliver(sending(presigned, name), local(), 's3', 'query')
      expect(after).toMatchObject({ status: 403, refusedByServer: { code: 'EXPIRED' } })
    }
  })
})

describe('row 34: URLs that had something already', () => {
  it.each(CLIENTS)('a fragment stays behind with $name', async (client) => {
    const request = local({ url: `http://127.0.0.1:${way.port}/b/k?a=1#frag?b=2` })
    const { signed, raw, status } = await way.deliver(handing(client), request, 's3', 'query')
    expect(signed!.url).toMatch(/&X-Amz-Signature=[0-9a-f]{64}#frag\?b=2$/)
    expect(raw!.target).not.toContain('frag')
    expect(status).toBe(200)
  })

  it.each(CLIENTS)('presigning again replaces what was there, by $name', async (client) => {
    const options = { credentials: CREDENTIALS, service: 's3', region: 'eu-west-1', expiresIn: 5 }
    const first = presignUrl({ method: 'GET', url: `http://127.0.0.1:${way.port}/b/k?uploads` }, options)
    const { raw, status } = await way.deliver(handing(client), local({ url: first.url }), 's3', 'query')
    expect(raw!.target.match(/X-Amz-Signature=/g)).toHaveLength(1)
    expect(raw!.target).toMatch(/^\/b\/k\?uploads&/)
    expect(raw!.target).toContain('X-Amz-Expires=3600')
    expect(status).toBe(200)
  })

  it.each(CLIENTS)('headers that come back with the URL are sent, and needed, by $name', async (client) => {
    const request = local({
      method: 'PUT',
      headers: { 'x-amz-acl': 'private', 'content-type': 'text/x' },
      body: 'a',
    })
    const { signed, status } = await way.deliver(handing(client), request, 's3', 'query')
    expect(signed!.headers.map(([name]) => name)).toEqual(['x-amz-acl', 'content-type'])
    expect(status).toBe(200)
    const bare = { ...signed!, headers: [] }
    const refused = await way.deliver(sending(bare, client.name), local(), 's3', 'query')
    expect(refused).toMatchObject({ status: 403, refusedByServer: { code: 'SIGNED_HEADER_MISSING' } })
  })
})

describe('row 36: a header of 1.7 MB', () => {
  const headers = { 'x-amz-meta-long': 'a  '.repeat(566_000) + 'a' }

  it.each(SENDERS)('arrives by $name where the server allows it', async ({ send }) => {
    const { verdict, status } = await way.deliver(send, local({ headers }), 's3', 'header')
    expect(verdict).toMatchObject({ accessKeyId: CREDENTIALS.accessKeyId })
    expect(status).toBe(200)
  })

  it('is refused by the limits of a server that sets none', async () => {
    const usual = await openWay()
    const request = { method: 'GET', url: `http://127.0.0.1:${usual.port}/`, headers }
    const { status, refusedByServer } = await usual.deliver(handing(CLIENTS[0]!), request, 's3', 'header')
    expect(refusedByServer).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(status).toBe(400)
    await usual.close()
  })
})

describe("row 37: the examples of S3's documentation", () => {
  const now = new Date('2013-05-24T00:00:00Z')
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const verifier = createVerifier({
    secrets: () => credentials,
    service: 's3',
    region: 'us-east-1',
    now: () => now,
  })
  const host = 'https://examplebucket.s3.amazonaws.com'
  const get = { method: 'GET', url: `${host}/test.txt`, headers: { range: 'bytes=0-9' } }
  const put = {
    method: 'PUT',
    url: `${host}/test$file.text`,
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    body: 'Welcome to Amazon S3.',
  }
  const options = { credentials, date: now, signHeaders: 'all' } as const
  const examples = [
    ['GET', signRequest(get, options), /^f0e8bdb8.*db41$/],
    ['PUT', signRequest(put, options), /^98ad7217.*08bd$/],
    ['lifecycle', signRequest({ method: 'GET', url: `${host}/?lifecycle` }, options), /^fea454ca.*3543$/],
    [
      'list',
      signRequest({ method: 'GET', url: `${host}/?max-keys=2&prefix=J` }, options),
      /^34b48302.*c6f7$/,
    ],
    [
      'presigned',
      presignUrl({ method: 'GET', url: `${host}/test.txt` }, { credentials, date: now, expiresIn: 86_400 }),
      /^aeeed9bb.*d404$/,
    ],
  ] as const

  it.each(examples)('%s arrives by every client', async (_name, signed, signature) => {
    expect(signed.signature).toMatch(signature)
    for (const { name } of CLIENTS) {
      const { raw } = await way.deliver(sending(signed, name), local(), 's3', 'header')
      expect(await verifier.verify(messageOfRaw(raw!, 'https'))).toMatchObject({
        accessKeyId: credentials.accessKeyId,
      })
    }
  })
})

describe('a payload that is left unsigned', () => {
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }

  it.each(SENDERS)('is refused over http before it is sent by $name', async ({ send }) => {
    const request = local({ method: 'PUT', headers: unsigned, body: 'a' })
    const { refusedBySigner } = await way.deliver(send, request, 's3', 'header')
    expect(refusedBySigner).toMatchObject({ code: 'PAYLOAD_UNSIGNED_OVER_HTTP' })
  })

  it.each(SENDERS)('arrives over https by $name', async ({ send }) => {
    const request = local({ method: 'PUT', url: 'https://s3.example.com/b/k', headers: unsigned, body: 'a' })
    const { status, served } = await way.deliver(send, request, 's3', 'header')
    expect(status).toBe(200)
    expect(served).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
  })
})

describe('the reader of raw requests', () => {
  const read = (text: string): unknown => readRequests(Buffer.from(text, 'latin1')).requests
  it('reads requests that follow each other, and leaves what is not whole', () => {
    const text =
      'PUT /a HTTP/1.1\r\nA: 1 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET'
    expect(read(text)).toMatchObject([
      { method: 'PUT', target: '/a', headers: [['A', '1'], {}], body: Uint8Array.of(97, 98) },
      { method: 'GET', target: '/b', headers: [] },
    ])
  })

  it.each([
    'GET /a b HTTP/1.1\r\n\r\n',
    'GET /a HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\na: 1\r\n b\r\n\r\n',
    'GET / HTTP/1.1\r\na : 1\r\n\r\n',
    'GET / HTTP/1.1\r\na: 1\n\r\n\r\n',
    'PUT / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na',
    'PUT / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na',
    'PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n',
  ])('takes nothing for a request that is none: %j', (text) => {
    expect(() => read(text)).toThrow(/Not HTTP|bare line end|told twice|longer than/)
  })
})
