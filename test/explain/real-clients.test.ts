/**
 * Refusals of real clients, for what they do in another way than AWS, and of real requests that something on the way
 * changed.
 */
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import aws4 from 'aws4'
import { AwsV4Signer } from 'aws4fetch'
import { afterEach, describe, expect, it } from 'vitest'
import {
  explainRefusal,
  type Evidence,
  type HeaderField,
  type ObservedAnswer,
  type ObservedRequest,
} from '../../packages/countersign/src/explain/index.ts'
import { credentials } from './row.ts'
import { refusalOf } from './server.ts'
import { HOST, sha256, signWrongly } from './wrong-signer.ts'

const DATE = '20261122T120000Z'

/** The verdicts on a refusal, in short. */
function told(evidence: Evidence, key?: typeof credentials): string[] {
  const { verdicts } = explainRefusal(evidence, key && { credentials: key })
  return verdicts.map(({ id, code, grade }) => `${id} ${code} ${grade}`)
}

interface Signed {
  readonly request: ObservedRequest
  readonly canonicalRequest: string
}

/** Expects a cause to be proven by both canonical requests, and by the key alone. */
async function expectProven({ request, canonicalRequest }: Signed, ...wanted: string[]): Promise<void> {
  const answer = await refusalOf(request)
  const silent = await refusalOf(request, { isEchoed: false })
  expect(told({ request, answer, signed: { canonicalRequest } })).toEqual(wanted)
  expect(told({ request, answer: silent }, credentials)).toEqual(wanted)
}

describe('aws4', () => {
  function sign(target: string, headers: Record<string, string | string[]> = {}): Signed {
    const given = { host: HOST, 'x-amz-date': DATE, 'x-amz-content-sha256': sha256(''), ...headers }
    const options = { service: 's3', region: 'us-east-1', method: 'GET', path: target, headers: given }
    const signer = new aws4.RequestSigner(options, credentials)
    signer.prepareRequest()
    const canonicalRequest = signer.canonicalString()
    const names = Object.keys(given).toSorted().join(';')
    const scope = '20261122/us-east-1/s3/aws4_request'
    const credential = `${credentials.accessKeyId}/${scope}`
    const fields = Object.entries(given).flatMap(([name, value]) =>
      [value].flat().map((each): HeaderField => [name, each]),
    )
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signer.signature()}`
    const request = { method: 'GET', target, headers: [...fields, ['authorization', authorization] as const] }
    return { request, canonicalRequest }
  }

  it('signs the first of equal names only, for S3', async () => {
    await expectProven(sign('/bucket?tag=a&tag=b'), 'M54 query-duplicates proven')
  })

  it('keeps blanks around the commas between repeated headers', async () => {
    await expectProven(sign('/pets', { 'x-amz-meta-a': ['a ', ' b'] }), 'M68 duplicate-join proven')
  })
})

describe('aws4fetch', () => {
  async function sign(target: string, headers: [string, string][] = []): Promise<Signed> {
    const signer = new AwsV4Signer({
      ...credentials,
      method: 'GET',
      url: `https://${HOST}${target}`,
      headers: [...headers, ['x-amz-content-sha256', sha256('')]],
      service: 's3',
      region: 'us-east-1',
      datetime: DATE,
      allHeaders: true,
    })
    const canonicalRequest = await signer.canonicalString()
    const signed = await signer.sign()
    const fields = [...signed.headers].filter(([name]) => !headers.some(([given]) => given === name))
    const all: HeaderField[] = [['host', HOST], ...headers, ...fields]
    return { request: { method: 'GET', target, headers: all }, canonicalRequest }
  }

  it('reads a + in the path of S3 as a space', async () => {
    await expectProven(await sign('/bucket/a+b'), 'M38 path-plus proven')
  })

  it('joins repeated headers with a comma and a blank', async () => {
    const headers: [string, string][] = [
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-a', '2'],
    ]
    await expectProven(await sign('/bucket/key', headers), 'M68 duplicate-join proven')
  })

  it('signs the first of equal names only', async () => {
    await expectProven(await sign('/bucket?tag=a&tag=b'), 'M54 query-duplicates proven')
  })
})

const open: Server[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function listen(handle: (incoming: IncomingMessage) => Promise<ObservedAnswer>): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const { status, headers, body } = await handle(incoming)
      outgoing.writeHead(status, headers.flat())
      outgoing.end(body)
    }
    void answer()
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function fieldsOf({ rawHeaders }: IncomingMessage): HeaderField[] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1]!] as const] : []))
}

async function readRequest(incoming: IncomingMessage): Promise<ObservedRequest> {
  const { method = '', url: target = '' } = incoming
  return { method, target, headers: fieldsOf(incoming), body: await bytesOf(incoming) }
}

/** A server that verifies, and answers as S3 does. */
async function verifyingServer(): Promise<string> {
  return listen(async (incoming) => {
    const answer = await refusalOf(await readRequest(incoming))
    return answer ?? { status: 200, headers: [], body: Buffer.from('let in') }
  })
}

/** Sends a request as it stands, to wherever it is told. */
async function exchange(address: string, request: ObservedRequest): Promise<ObservedAnswer> {
  const [host, port] = address.split(':')
  const headers = request.headers.flat()
  const { method, target: path } = request
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send({ host, port, method, path, headers: headers as never, setHost: false }, resolve)
      .on('error', reject)
      .end(request.body)
  })
  return { status: response.statusCode ?? 0, headers: fieldsOf(response), body: await bytesOf(response) }
}

/** A proxy that changes what it passes on. */
async function proxyTo(
  upstream: string,
  change: (request: ObservedRequest) => ObservedRequest,
): Promise<string> {
  return listen(async (incoming) => exchange(upstream, change(await readRequest(incoming))))
}

function setHeader(wanted: string, value: string): (request: ObservedRequest) => ObservedRequest {
  return (request) => {
    const kept = request.headers.filter(([name]) => name.toLowerCase() !== wanted)
    return { ...request, headers: [...kept, [wanted, value]] }
  }
}

describe('a proxy between the client and the server', () => {
  it.each<[string, (upstream: string) => (request: ObservedRequest) => ObservedRequest, string]>([
    [
      'sends its upstream as the host',
      (upstream) => setHeader('host', upstream),
      'M79 host-rewritten proven',
    ],
    ['asks for gzip', () => setHeader('accept-encoding', 'gzip'), 'M62 accept-encoding proven'],
    [
      'decodes the path',
      () => (request) => ({ ...request, target: request.target.replace('%2F', '/') }),
      'M39 path-slash-decoded proven',
    ],
    [
      'puts a stage in front',
      () => (request) => ({ ...request, target: `/prod${request.target}` }),
      'M44 path-prefix proven',
    ],
    [
      'adds a parameter',
      () => (request) => ({ ...request, target: `${request.target}?utm_source=x` }),
      'M56 query-added proven',
    ],
  ])('%s', async (_, change, verdict) => {
    const upstream = await verifyingServer()
    const proxy = await proxyTo(upstream, change(upstream))
    const { request } = signWrongly({
      service: 'execute-api',
      target: '/pets/a%2Fb',
      headers: [
        ['host', proxy],
        ['accept-encoding', 'identity'],
      ],
    })
    expect(await exchange(upstream, request)).toMatchObject({ status: 200 })
    const answer = await exchange(proxy, request)
    expect(answer.status).toBe(403)
    expect(told({ request, answer })).toEqual([verdict])
  })
})

describe('fetch', () => {
  it('takes dot segments out of a path that was signed with them', async () => {
    const address = await verifyingServer()
    const { request } = signWrongly({ target: '/bucket/a/../b', headers: [['host', address]] })
    const headers = request.headers
      .filter(([name]) => name !== 'host')
      .map(([name, value]): [string, string] => [name, value])
    const response = await fetch(`http://${address}${request.target}`, { headers })
    const body = new Uint8Array(await response.arrayBuffer())
    const answer = { status: response.status, headers: [...response.headers], body }
    expect(told({ request, answer })).toEqual(['M40 path-collapsed-s3 proven'])
  })
})
