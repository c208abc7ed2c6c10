import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exchangeBytes, startServer, type Listening } from '../../../../test/kit/servers.ts'
import { signRequest, type HttpRequest, type SyncBody } from '../index.ts'
import {
  apiGateway,
  awsJson,
  createVerifier,
  queryXml,
  restJson,
  s3Xml,
  type VerificationError,
  type VerifiedRequest,
} from '../verify/index.ts'
import {
  readNodeRequest,
  requireSignature,
  verifiedOf,
  type NodeGuard,
  type NodeGuardOptions,
} from './node.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const scope = { service: 's3', region: 'us-east-1' }
const verifier = createVerifier({
  secrets: (id) => (id === 'AKIDEXAMPLE' ? credentials : undefined),
  ...scope,
})

type Given = Partial<HttpRequest<SyncBody>> & { readonly path?: string }

/** A signed request as bytes, its body told by Content-Length unless other headers are given for that. */
function signedBytes(given: Given = {}, framing?: string): string {
  const { path = '/b/k', body, ...rest } = given
  const signed = signRequest(
    { method: 'GET', url: `http://h${path}`, body, ...rest },
    { credentials, ...scope },
  )
  const text = signed.body ? Buffer.from(signed.body).toString('latin1') : ''
  const lines = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = framing ?? (signed.body ? `content-length: ${text.length}\r\n` : '')
  return `${signed.method} ${path} HTTP/1.1\r\n${lines}${length}\r\n${text}`
}

/** Sends requests one after the other, the last of which asks for the end of the connection. */
async function ask(port: number, ...requests: string[]): Promise<string> {
  const last = requests.pop()!.replace(' HTTP/1.1\r\n', ' HTTP/1.1\r\nconnection: close\r\n')
  return (await exchangeBytes(port, requests.join('') + last)).text
}

const count = (text: string, status: number): number => text.split(`HTTP/1.1 ${status}`).length - 1

async function readAll(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** A server behind a guard, and what happened in it. */
interface Guarded extends Listening<unknown> {
  readonly served: { verified: VerifiedRequest; body: string }[]
  readonly errors: unknown[]
  readonly refused: VerificationError[]
  /** How many requests have arrived. */
  arrived(): number
}

const open: Guarded[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()))
})

async function guarded(options: NodeGuardOptions = {}, by = verifier, before?: NodeGuard): Promise<Guarded> {
  const [served, errors, refused]: [Guarded['served'], unknown[], VerificationError[]] = [[], [], []]
  const guard = requireSignature(by, { onRefused: (error) => refused.push(error), ...options })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verified = verifiedOf(request)
    try {
      served.push({ verified, body: await readAll(verified.body) })
      response.end('in')
    } catch (error) {
      errors.push(error)
      response.destroy()
    }
  }
  function guardIt(request: IncomingMessage, response: ServerResponse): void {
    guard(request, response, (error) => {
      if (error === undefined) {
        void serve(request, response)
      } else {
        errors.push(error)
        response.writeHead(500).end('error')
      }
    })
  }
  let arrived = 0
  const server = await startServer((request, response) => {
    arrived += 1
    if (before) before(request, response, () => guardIt(request, response))
    else guardIt(request, response)
  })
  const whole = { ...server, served, errors, refused, arrived: () => arrived }
  open.push(whole)
  return whole
}

describe('the message that is verified', () => {
  const request = {
    method: 'PUT',
    url: '/shortened',
    originalUrl: '/mount/../%2e/caf%C3%A9?a=1&a=2',
    rawHeaders: ['X-A', '1', 'x-a', '2', 'Content-Length', '5', 'X-Latin', 'caf\u00e9'],
    socket: { remoteAddress: '10.0.0.1', encrypted: true },
    async *[Symbol.asyncIterator]() {},
  }

  it('has the raw target, the raw headers with their repeats, and where it came from', () => {
    expect(readNodeRequest(request)).toMatchObject({
      method: 'PUT',
      target: '/mount/../%2e/caf%C3%A9?a=1&a=2',
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Content-Length', '5'],
        ['X-Latin', 'caf\u00e9'],
      ],
      protocol: 'https',
      remoteAddress: '10.0.0.1',
      body: request,
    })
  })

  it.each([
    [['content-length', '0'], false],
    [['x-a', '1'], false],
    [['CONTENT-LENGTH', '1'], true],
    [['Transfer-Encoding', 'chunked'], true],
  ])('has a body if the headers say so: %j %s', (rawHeaders, hasBody) => {
    const { body, target, protocol } = readNodeRequest({
      ...request,
      originalUrl: undefined,
      rawHeaders,
      socket: {},
    })
    expect(body !== undefined).toBe(hasBody)
    expect({ target, protocol }).toEqual({ target: '/shortened', protocol: 'http' })
  })
})

describe('a good request', () => {
  it('is handed over with its body', async () => {
    const server = await guarded()
    const headers: [string, string][] = [
      ['X-Amz-Meta-A', '1'],
      ['x-amz-meta-a', '2'],
    ]
    const text = await ask(server.port, signedBytes({ method: 'PUT', headers, body: 'h\u00e9llo' }))
    expect(count(text, 200)).toBe(1)
    expect(server.served).toMatchObject([{ verified: { accessKeyId: 'AKIDEXAMPLE', payload: 'verified' } }])
    expect(Buffer.from(server.served[0]!.body, 'latin1').toString()).toBe('h\u00e9llo')
  })

  it('is known by its object only', () => {
    expect(() => verifiedOf({})).toThrow(expect.objectContaining({ code: 'SIGNATURE_MISSING' }))
  })

  it('may be chunked, pipelined, and in absolute form', async () => {
    const server = await guarded()
    const chunked = signedBytes({ method: 'PUT', body: 'abc' }, 'transfer-encoding: chunked\r\n')
    const framed = chunked.slice(0, -3) + '1\r\na\r\n2\r\nbc\r\n0\r\nx-amz-acl: public-read\r\n\r\n'
    const absolute = signedBytes({ path: '/x/../y' }).replace('GET /x', 'GET http://h/x')
    const text = await ask(server.port, framed, absolute, signedBytes())
    expect(count(text, 200)).toBe(3)
    expect(server.served.map(({ body }) => body)).toEqual(['abc', '', ''])
    // What came in a trailer is no header.
    expect(server.served[0]!.verified.covered.headers.map(([name]) => name)).not.toContain('x-amz-acl')
  })

  it('may ask whether it may go on', async () => {
    const server = await guarded()
    const bytes = signedBytes({ method: 'PUT', headers: { expect: '100-continue' }, body: 'abc' })
    const text = await ask(server.port, bytes)
    expect(count(text, 100) + count(text, 200)).toBe(2)
  })

  it('may be long: its body is then checked at its end, while it is read', async () => {
    const server = await guarded()
    const body = 'x'.repeat(3_000_000)
    const bytes = signedBytes({ method: 'PUT', body })
    expect(await ask(server.port, bytes)).toContain('200 OK')
    expect(server.served[0]).toMatchObject({ verified: { payload: 'pending' }, body })
    await ask(server.port, `${bytes.slice(0, -1)}y`)
    expect(server.errors).toMatchObject([{ code: 'PAYLOAD_MISMATCH' }])
  })
})

describe('a refused request', () => {
  const unsigned = 'GET /b/k HTTP/1.1\r\nhost: h\r\n\r\n'

  it.each([
    [undefined, 'application/json', '{"message":'],
    [restJson, 'application/json', '{"message":'],
    [apiGateway, 'application/json', '{"message":'],
    [awsJson, 'application/x-amz-json-1.', '{"__type":'],
    [queryXml, 'text/xml', '<ErrorResponse'],
    [s3Xml, 'application/xml', '<Code>AccessDenied</Code>'],
  ])('is answered by %O', async (respond, contentType, start) => {
    const { port, served, refused } = await guarded({ respond })
    const text = await ask(port, unsigned)
    const [head = '', body = ''] = text.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(head).toContain(`content-type: ${contentType}`)
    expect(head).toContain(`content-length: ${body.length}`)
    expect(body).toContain(start)
    expect({ served, refused }).toMatchObject({ served: [], refused: [{ code: 'SIGNATURE_MISSING' }] })
  })

  it('gets no body when it was a HEAD, but the length of one', async () => {
    const { port } = await guarded({ respond: s3Xml })
    const text = await ask(port, unsigned.replace('GET', 'HEAD'), signedBytes())
    expect(text).toMatch(/^HTTP\/1\.1 403 [^]*content-length: [1-9]\d+\r\n[^]*?\r\n\r\nHTTP\/1\.1 200/)
  })

  it('gets none from servers either that throw when one is written', async () => {
    const written: unknown[] = []
    const response = { writeHead: () => {}, end: (body?: string) => written.push(body) }
    const request = {
      method: 'HEAD',
      url: '/',
      rawHeaders: ['host', 'h'],
      socket: {},
      async *[Symbol.asyncIterator]() {},
    }
    requireSignature(verifier)(request, response, () => {})
    await expect.poll(() => written).toEqual([undefined])
  })

  it('leaves the connection open where nothing is left to be read', async () => {
    const { port } = await guarded()
    const tampered = `${signedBytes({ method: 'PUT', body: 'abc' }).slice(0, -1)}d`
    const text = await ask(port, unsigned, tampered, unsigned, signedBytes())
    expect([count(text, 403), count(text, 200)]).toEqual([3, 1])
    // The last one asked for it.
    expect(text.match(/connection: close/gi)).toHaveLength(1)
  })

  it('closes it on a body that nobody reads', async () => {
    const { port, served } = await guarded()
    const head = 'PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: 10000000\r\n\r\n'
    const { text, isClosed } = await exchangeBytes(port, head + signedBytes())
    expect(text).toMatch(/connection: close/i)
    expect([count(text, 403), served.length, isClosed]).toEqual([1, 0, true])
  })

  it('does not get to see more of a body than it may send', async () => {
    const small = createVerifier({ secrets: () => credentials, ...scope, maxBytes: 10 })
    const sockets: unknown[] = []
    const onRefused: NodeGuardOptions['onRefused'] = (error, { socket }) => {
      sockets.push([error.code, socket.remoteAddress])
    }
    const { port } = await guarded({ respond: s3Xml, onRefused }, small)
    const endless = signedBytes({ method: 'PUT', body: 'x'.repeat(100_000) })
    const { text, isClosed } = await exchangeBytes(port, endless.slice(0, 20_000))
    expect(text).toContain('<Code>EntityTooLarge</Code>')
    // Whoever keeps the log can still tell who it was.
    expect(sockets).toEqual([['BODY_TOO_LARGE', '127.0.0.1']])
    expect(isClosed).toBe(true)
  })

  it('is told to whoever keeps the log, with the request', async () => {
    const told: unknown[] = []
    const { port } = await guarded({ onRefused: (error, { url }) => told.push([error.code, url]) })
    await ask(port, unsigned)
    expect(told).toEqual([['SIGNATURE_MISSING', '/b/k']])
  })
})

describe('a look-up that gives what is no Promise, but can be waited for', () => {
  /** As promises of libraries are, whose `then` gives one of their own. */
  class Later<T> {
    readonly #promise: Promise<T>
    constructor(promise: Promise<T>) {
      this.#promise = promise
    }
    // oxlint-disable-next-line unicorn/no-thenable -- it is what this is about
    then<U>(given: (value: T) => U, failed?: (reason: unknown) => U): Later<U> {
      return new Later(this.#promise.then(given, failed))
    }
  }
  const query = (found: unknown): object => new Later(Promise.resolve(found))

  it.each([
    ['the key', credentials, 200],
    ['another key', { secretAccessKey: 'another' }, 403],
    ['no key', undefined, 403],
  ])('is waited for: %s', async (_name, found, status) => {
    const secrets = (): Promise<undefined> => query(found) as Promise<undefined>
    const { port, served } = await guarded({}, createVerifier({ secrets, ...scope }))
    expect(count(await ask(port, signedBytes()), status)).toBe(1)
    expect(served).toHaveLength(status === 200 ? 1 : 0)
  })
})

describe('an error that is none of the client', () => {
  const failure = new Error('the store is down')

  it('of the key look-up goes to next', async () => {
    const failing = createVerifier({ secrets: () => Promise.reject(failure), ...scope })
    const { port, errors, refused } = await guarded({}, failing)
    const text = await ask(port, signedBytes())
    expect(count(text, 500)).toBe(1)
    expect([errors, refused]).toEqual([[failure], []])
  })

  it.each(['onRefused', 'respond'])('of %s goes to next', async (option) => {
    const { port, errors } = await guarded({
      [option]: () => {
        throw failure
      },
    })
    const text = await ask(port, 'GET / HTTP/1.1\r\nhost: h\r\n\r\n')
    expect(count(text, 500)).toBe(1)
    expect(errors).toEqual([failure])
  })

  it.each([undefined, null, '', 'route', 'router'])(
    'is made of %j, by which next would let in',
    async (thrown) => {
      const fail = (): never => {
        // oxlint-disable-next-line only-throw-error -- what it is about
        throw thrown
      }
      const failing = createVerifier({ secrets: async () => fail(), ...scope })
      const errors = []
      for (const [options, by] of [
        [{}, failing],
        [{ onRefused: fail }, verifier],
        [{ respond: fail }, verifier],
      ] as const) {
        const server = await guarded(options, by)
        const text = await ask(
          server.port,
          by === failing ? signedBytes() : 'GET / HTTP/1.1\r\nhost: h\r\n\r\n',
        )
        expect([count(text, 500), server.served]).toEqual([1, []])
        errors.push(...server.errors)
      }
      const fault = { name: 'CountersignError', code: 'FAULT_WITHOUT_ERROR', cause: thrown }
      expect(errors).toMatchObject([fault, fault, fault])
    },
  )

  it('of the order of middleware is told, and is not taken for a forged body', async () => {
    const parser: NodeGuard = (request, _response, next) => {
      void readAll(request)
      setTimeout(next, 50)
    }
    const { port, errors } = await guarded({}, verifier, parser)
    const text = await ask(port, signedBytes({ method: 'PUT', body: 'abc' }))
    expect(count(text, 500)).toBe(1)
    expect(errors).toMatchObject([{ name: 'CountersignError', code: 'BODY_ALREADY_READ' }])
  })
})

describe('a client that goes away', () => {
  const rejections: unknown[] = []
  const keep = (reason: unknown): void => void rejections.push(reason)
  beforeAll(() => {
    process.on('unhandledRejection', keep)
  })
  afterAll(() => {
    process.off('unhandledRejection', keep)
  })

  async function leaveAfter(server: Guarded, bytes: string): Promise<void> {
    const before = server.arrived()
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    await expect.poll(server.arrived).toBe(before + 1)
    socket.resetAndDestroy()
  }

  it('in the middle of its body ends its request only', async () => {
    const server = await guarded()
    const bytes = signedBytes({ method: 'PUT', body: 'x'.repeat(2000) })
    await leaveAfter(server, bytes.slice(0, -100))
    await expect.poll(() => server.errors).toMatchObject([{ code: 'ECONNRESET' }])
    expect(await ask(server.port, signedBytes())).toContain('200 OK')
    expect(rejections).toEqual([])
  })

  it('while its key is looked up ends its request only', async () => {
    let lookedUp = 0
    const slow = createVerifier({
      ...scope,
      secrets: async () => {
        await new Promise((resolve) => setTimeout(resolve, 60))
        lookedUp += 1
        return credentials
      },
    })
    const server = await guarded({}, slow)
    await leaveAfter(server, signedBytes({ method: 'PUT', body: 'x'.repeat(2000) }).slice(0, -100))
    await leaveAfter(server, signedBytes())
    await expect.poll(() => lookedUp).toBe(2)
    expect(await ask(server.port, signedBytes())).toContain('200 OK')
    expect(rejections).toEqual([])
  })
})

describe('bytes that two readers could take in two ways', () => {
  const good = (): string => signedBytes({ method: 'PUT', headers: { 'x-amz-meta-a': '1' }, body: 'abc' })
  const swap = (from: string | RegExp, to: string) => (): string => good().replace(from, to)

  // Node's parser answers most of them; what it lets through, the verifier does not.
  it.each([
    ['a folded header', swap('x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\n 2')],
    ['a blank before the colon', swap('x-amz-meta-a:', 'x-amz-meta-a :')],
    ['a bare line feed', swap('x-amz-meta-a: 1', 'x-amz-meta-a: 1\nx-b: 2')],
    ['a bare carriage return', swap('x-amz-meta-a: 1', 'x-amz-meta-a: 1\rx-b: 2')],
    ['a NUL', swap('x-amz-meta-a: 1', 'x-amz-meta-a: 1\0')],
    ['two lengths that differ', swap('content-length: 3', 'content-length: 3\r\ncontent-length: 4')],
    ['two lengths that agree', swap('content-length: 3', 'content-length: 3\r\ncontent-length: 3')],
    ['a list of lengths', swap('content-length: 3', 'content-length: 3, 3')],
    ['a length with a sign', swap('content-length: 3', 'content-length: +3')],
    ['a length in hex', swap('content-length: 3', 'content-length: 0x3')],
    ['a length and chunks', swap('content-length: 3', 'content-length: 3\r\ntransfer-encoding: chunked')],
    ['an unknown framing', swap('content-length: 3', 'transfer-encoding: xchunked')],
    ['chunked, but not last', swap('content-length: 3', 'transfer-encoding: chunked, identity')],
    [
      'a chunk size with a sign',
      swap('content-length: 3\r\n\r\nabc', 'transfer-encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n'),
    ],
    ['two hosts', swap('host: h', 'host: h\r\nhost: evil')],
    ['two dates', swap(/(x-amz-date: \w+\r\n)/, '$1$1')],
    ['two authorizations', swap(/(authorization: .+\r\n)/, '$1$1')],
    ['two payload hashes', swap(/(x-amz-content-sha256: .+\r\n)/, '$1$1')],
    ['no host', swap('host: h\r\n', '')],
    ['another host in the target', swap('PUT /b/k', 'PUT http://evil/b/k')],
    ['a blank in the target', swap('PUT /b/k', 'PUT /b/k /x')],
    ['a target that begins with no slash', swap('PUT /b/k', 'PUT b/k')],
    ['a fragment in the target', swap('PUT /b/k', 'PUT /b/k#x')],
    ['an asterisk for a target', swap('PUT /b/k', 'OPTIONS *')],
  ])('%s', async (_name, bytes) => {
    const { port, served } = await guarded()
    const text = await ask(port, bytes())
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(served).toEqual([])
  })

  it('are told from those that can be taken in one way only', async () => {
    const { port } = await guarded()
    const bytes = good().replace('x-amz-meta-a: 1', 'X-AMZ-Meta-A:\t 1 \t')
    expect(await ask(port, bytes)).toContain('200 OK')
  })
})

describe('types', () => {
  it('fit what Node and its frameworks hand over', () => {
    const guard: NodeGuard = requireSignature(verifier)
    const server = createServer((request, response) => guard(request, response, () => response.end()))
    server.close()
  })
})
