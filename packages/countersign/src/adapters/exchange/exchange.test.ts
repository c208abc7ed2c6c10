import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import axios from 'axios'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../../../../test/kit/trial-server.ts'
import { AwsError, createServerClock } from '../../answers/index.ts'
import { AWS4Auth, StrictAWS4Auth } from '../../aws4auth/index.ts'
import { createSigner } from '../../index.ts'
import { RequestSigner } from '../../request-signer/index.ts'
import { signWith, type AnySigner } from '../any-signer.ts'
import { createSignedAxiosConfig } from '../axios.ts'
import { createSignedFetch, type SignedFetch, type SignedFetchOptions } from '../fetch.ts'
import { createSignedGotOptions } from '../got.ts'
import { createSignedHttp } from '../node-http.ts'
import { createSigningInterceptor } from '../undici.ts'

const scope = { service: 'execute-api', region: REGION }
const HOUR = 3600
let api: TrialServer
let s3: TrialServer
beforeAll(async () => {
  api = await startTrialServer()
  s3 = await startTrialServer({ service: 's3' })
})
afterAll(async () => {
  await Promise.all([api.close(), s3.close()])
})
beforeEach(() => {
  for (const server of [api, s3]) {
    server.setAhead(0)
    server.take()
    server.takeRefused()
  }
})

const signers: Readonly<Record<string, () => AnySigner>> = {
  createSigner: () => createSigner({ credentials: KEY, ...scope }),
  RequestSigner: () => new RequestSigner({ credentials: KEY, ...scope }),
  AWS4Auth: () => new AWS4Auth(KEY.accessKeyId, KEY.secretAccessKey, REGION, 'execute-api'),
}
const fetchWith = (
  options: SignedFetchOptions = {},
  signer: AnySigner = signers['createSigner']!(),
): SignedFetch => createSignedFetch(signer, options)

describe('the clock of the server', () => {
  for (const [name, make] of Object.entries(signers)) {
    it.each([HOUR, -HOUR])(`is learnt from a refusal, once, by ${name}: %i s ahead`, async (ahead) => {
      api.setAhead(ahead)
      const signedFetch = fetchWith({}, make())
      const init = { method: 'POST', body: 'text' }
      expect(await signedFetch(`${api.origin}/a`, init)).toMatchObject({ status: 200 })
      expect(api.takeRefused()).toEqual(['CLOCK_SKEWED'])
      expect(await signedFetch(`${api.origin}/b`, init)).toMatchObject({ status: 200 })
      expect(api.takeRefused()).toEqual([])
      expect(api.take().map(({ body }) => body.toString())).toEqual(['text', 'text'])
    })
  }

  it('is that of S3, too, and read of the head where there is no body', async () => {
    const signer = createSigner({ credentials: KEY, service: 's3', region: REGION })
    for (const method of ['GET', 'HEAD']) {
      s3.setAhead(HOUR)
      expect(await fetchWith({}, signer)(`${s3.origin}/b/k`, { method })).toMatchObject({ status: 200 })
      expect(s3.takeRefused()).toEqual(['CLOCK_SKEWED'])
    }
  })

  it('is shared with whoever else signs, for URLs too, and kept for each host', async () => {
    const clock = createServerClock()
    const signer = createSigner({ credentials: KEY, ...scope, now: clock.now })
    api.setAhead(HOUR)
    await fetchWith({ clock }, signer)(`${api.origin}/a`)
    const { url } = await signer.presign({ method: 'GET', url: `${api.origin}/b` })
    expect(await fetch(url)).toMatchObject({ status: 200 })
    expect(await fetchWith({ clock })(`${api.origin}/c`)).toMatchObject({ status: 200 })
    expect(api.takeRefused()).toEqual(['CLOCK_SKEWED'])
    const other = await signer.presign({ method: 'GET', url: `${s3.origin}/b` })
    expect(Math.abs(clock.offset(new URL(other.url).host))).toBe(0)
  })

  it('is learnt by 50 requests at the same time', async () => {
    api.setAhead(-HOUR)
    const signedFetch = fetchWith()
    const all = Array.from({ length: 50 }, async (_, n) => (await signedFetch(`${api.origin}/${n}`)).status)
    expect(new Set(await Promise.all(all))).toEqual(new Set([200]))
  })

  it('may change: what was learnt is learnt again', async () => {
    const signedFetch = fetchWith()
    for (const ahead of [HOUR, -HOUR, 0]) {
      api.setAhead(ahead)
      expect(await signedFetch(`${api.origin}/a`)).toMatchObject({ status: 200 })
    }
  })

  it('takes the place of a date that the caller gave, once that was refused', async () => {
    const headers = { 'x-amz-date': '20200101T000000Z' }
    expect(await fetchWith()(`${api.origin}/a`, { headers })).toMatchObject({ status: 200 })
    expect(api.takeRefused()).toEqual(['CLOCK_SKEWED'])
  })

  it('does not help where the stream is gone, and the refusal is handed back', async () => {
    s3.setAhead(HOUR)
    const signer = createSigner({ credentials: KEY, service: 's3', region: REGION })
    const body = new Blob(['x'.repeat(9000)]).stream()
    const init = { method: 'PUT', headers: { 'content-length': '9000' }, body }
    const response = await fetchWith({}, signer)(`${s3.origin}/b/k`, init)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('RequestTimeTooSkewed')
  })

  describe('is not what an answer from a cache says', () => {
    let server: Server
    let count = 0
    beforeAll(async () => {
      server = createServer((_, response) => {
        count += 1
        const date = new Date(Date.now() - HOUR * 1000).toUTCString()
        response.writeHead(403, { date, age: '3600' }).end()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    afterAll(() => server.close())
    it('and such a refusal is not answered by another request', async () => {
      const clock = createServerClock()
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      expect(await fetchWith({ clock })(`${origin}/`)).toMatchObject({ status: 403 })
      expect([count, clock.offset(origin.slice(7))]).toEqual([1, 0])
    })
  })
})

it.each([undefined, null, {}, { credentials: KEY }])('refuses to begin without a signer: %j', (given) => {
  const signer = given as AnySigner
  for (const make of [createSignedHttp, createSignedGotOptions, createSigningInterceptor]) {
    expect(() => make(signer)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  }
  expect(() => createSignedAxiosConfig(axios, signer)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  )
})

describe('a clock that is nonsense', () => {
  let date = ''
  let server: Server
  let origin = ''
  const dates: unknown[] = []
  beforeAll(async () => {
    server = createServer((request, response) => {
      dates.push(request.headers['x-amz-date'])
      response.writeHead(403, { date }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  beforeEach(() => dates.splice(0))

  it.each(['Mon, 01 Jan 99999 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'is not believed: %s',
    async (told) => {
      date = told
      const signedFetch = fetchWith()
      for (const path of ['/a', '/b']) {
        expect(await signedFetch(origin + path)).toMatchObject({ status: 403 })
      }
      expect(dates).toHaveLength(2)
    },
  )

  it('is forgotten where it did not help, with an answer that does not say why either', async () => {
    date = 'Thu, 01 Jan 2099 00:00:00 GMT'
    const clock = createServerClock()
    expect(await fetchWith({ clock })(`${origin}/`)).toMatchObject({ status: 403 })
    expect([dates.length, clock.offset(origin.slice(7))]).toEqual([2, 0])
  })
})

it('signs by itself with the options of a signer, and asks a provider once for all', async () => {
  let asked = 0
  const credentials = async (): Promise<typeof KEY> => {
    asked += 1
    return KEY
  }
  const signedFetch = createSignedFetch({ credentials, ...scope })
  const all = Array.from({ length: 20 }, async (_, n) => (await signedFetch(`${api.origin}/${n}`)).status)
  expect(new Set(await Promise.all(all))).toEqual(new Set([200]))
  expect(asked).toBe(1)
  const toS3 = createSignedFetch({ credentials, service: 's3', region: REGION })
  const body = new Blob(['x'.repeat(90_000)]).stream()
  const init = { method: 'PUT', headers: { 'content-length': '90000' }, body }
  expect(await toS3(`${s3.origin}/b/k`, init)).toMatchObject({ status: 200 })
  expect(s3.take()[0]).toMatchObject({ body: { length: 90_000 } })
})

describe('sending again', () => {
  it.each(['/fail/503/2', '/fail/500/1', '/fail/429/2', '/throttle', '/reset'])(
    'gets through %s',
    async (path) => {
      const response = await fetchWith({ maxDelay: 0.01 })(api.origin + path, {
        method: 'POST',
        body: 'text',
      })
      expect(await response.text()).toBe(`hello, this is ${path}`)
      expect(new Set(api.take().map(({ body }) => body.toString()))).toEqual(new Set(['text']))
      expect(api.takeRefused()).toEqual([])
    },
  )

  it('ends after so many times, and hands the answer back whole', async () => {
    const response = await fetchWith({ retries: 1 })(`${api.origin}/fail/503/9`)
    expect([response.status, await response.text(), api.take().length]).toEqual([503, 'not now', 2])
    expect(await fetchWith({ retries: 0 })(`${api.origin}/throttle`)).toMatchObject({ status: 400 })
  })

  it('has an end where the number of times is none', async () => {
    expect(await fetchWith({ retries: NaN })(`${api.origin}/fail/503/9`)).toMatchObject({ status: 503 })
    const fails = async (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))
    await expect(fetchWith({ retries: NaN, fetch: fails })('https://h/')).rejects.toThrow('fetch failed')
    expect(api.take()).toHaveLength(1)
  })

  it('is not for streams, nor for what will not pass', async () => {
    const signer = createSigner({ credentials: KEY, ...scope, service: 's3', region: REGION })
    const body = new Blob(['x'.repeat(9000)]).stream()
    const init = { method: 'PUT', headers: { 'content-length': '9000' }, body }
    expect(await fetchWith({}, signer)(`${s3.origin}/fail/503/1`, init)).toMatchObject({ status: 503 })
    expect(await fetchWith()(`${api.origin}/fail/501/1`)).toMatchObject({ status: 501 })
    expect(await fetchWith()(`${api.origin}/error/404`)).toMatchObject({ status: 404 })
    expect([s3.take().length, api.take().length]).toEqual([1, 2])
  })

  it('is asked for anew: forms keep their boundary', async () => {
    const body = new FormData()
    body.set('a', 'b')
    await fetchWith({ maxDelay: 0 })(`${api.origin}/fail/503/1`, { method: 'POST', body })
    const [first, second] = api.take()
    expect(first!.headers['content-type']).toEqual(second!.headers['content-type'])
    expect(first!.body.equals(second!.body)).toBe(true)
  })

  it('stops when the caller gives up while waiting', async () => {
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const pending = fetchWith()(`${api.origin}/reset-at-once`, { signal: controller.signal })
    await pending
    const failing = fetchWith({
      retries: 50,
      fetch: async () => Promise.reject(new TypeError('fetch failed')),
    })
    const waiting = failing(`${api.origin}/`, { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 20)
    await expect(waiting).rejects.toBe(reason)
  })

  it('stops when the caller gives up while a refusal is read', async () => {
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const server = createServer((_, response) => {
      response.writeHead(403)
      response.write('<Error>', () => setTimeout(() => controller.abort(reason), 20))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(fetchWith()(url, { signal: controller.signal })).rejects.toBe(reason)
    server.close()
  })

  it('waits as long as a timer can, where a server asks for centuries', async () => {
    const controller = new AbortController()
    const warned: Error[] = []
    const note = (warning: Error): unknown => warned.push(warning)
    process.on('warning', note)
    let count = 0
    const busy = async (): Promise<Response> => {
      count += 1
      setTimeout(() => controller.abort(new Error('enough')), 20)
      const headers = { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }
      return new Response('busy', { status: 503, headers })
    }
    const sent = fetchWith({ fetch: busy, maxDelay: Infinity })('https://h/', { signal: controller.signal })
    await expect(sent).rejects.toThrow('enough')
    process.off('warning', note)
    expect([count, warned]).toEqual([1, []])
  })

  it('does not hide what a signer or a caller throws', async () => {
    let count = 0
    const send = async (): Promise<Response> => {
      count += 1
      throw new TypeError('fetch failed')
    }
    await expect(fetchWith({ fetch: send, maxDelay: 0 })('https://h/')).rejects.toThrow('fetch failed')
    expect(count).toBe(3)
    await expect(fetchWith({ fetch: send })('https://h/a/../b')).rejects.toMatchObject({
      code: 'TRANSPORT_WOULD_ALTER',
    })
    expect(count).toBe(3)
  })

  it('leaves no connection behind that an answer still has', async () => {
    for (let n = 0; n < 20; n += 1) await fetchWith({ maxDelay: 0 })(`${api.origin}/fail/503/1`)
    expect(api.take()).toHaveLength(21)
  })
})

describe('a redirect', () => {
  const to = (status: number, place: string): string =>
    `${api.origin}/redirect/${status}?to=${encodeURIComponent(place)}`

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'text'],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'text'],
    [308, 'PUT', 'PUT', 'text'],
  ])('%i turns %s into %s', async (status, method, then, text) => {
    const response = await fetchWith()(to(status, '/there?x=%2F'), { method, body: 'text' })
    expect(await response.text()).toBe('hello, this is /there?x=%2F')
    expect(api.take()[1]).toMatchObject({ method: then, body: Buffer.from(text) })
    expect(api.takeRefused()).toEqual([])
  })

  it('to another host, or another port, is handed back, and nobody there is asked', async () => {
    for (const place of [
      `${s3.origin}/x`,
      `//127.0.0.1:${s3.port}/x`,
      `http://localhost:${api.port}/x`,
      'file:///etc/passwd',
    ]) {
      const response = await fetchWith()(to(307, place))
      expect([response.status, response.headers.get('location')]).toEqual([307, place])
    }
    expect([s3.take(), s3.takeRefused()]).toEqual([[], []])
  })

  it('is followed five times, or as often as is said', async () => {
    const round = '/redirect/307'
    const loop = `${round}?to=${encodeURIComponent(round)}`
    expect(await fetchWith()(to(307, loop))).toMatchObject({ status: 307 })
    const self = `${api.origin}/redirect/307?to=?to=x`
    api.take()
    expect(await fetchWith({ maxRedirects: 2 })(self)).toMatchObject({ status: 307 })
    expect(api.take().length).toBeLessThanOrEqual(3)
  })

  it('is not followed with a stream that is gone', async () => {
    const signer = createSigner({ credentials: KEY, service: 's3', region: REGION })
    const body = new Blob(['x'.repeat(9000)]).stream()
    const init = { method: 'PUT', headers: { 'content-length': '9000' }, body }
    expect(await fetchWith({}, signer)(`${s3.origin}/redirect/307?to=/x`, init)).toMatchObject({
      status: 307,
    })
  })
})

describe("S3's other regions", () => {
  /** Stands for all of S3: the bucket `far` is in eu-west-1, and knows only that. */
  let far: TrialServer
  let front: Server
  let asked: string[] = []
  let answerWith: (request: IncomingMessage) => [number, Record<string, string>, string] = () => [500, {}, '']
  let agent: Agent
  beforeAll(async () => {
    far = await startTrialServer({ service: 's3', region: 'eu-west-1' })
    front = createServer((request, response) => {
      asked.push(`${request.headers.host} ${request.headers.authorization?.split('/')[2]}`)
      const [status, headers, body] = answerWith(request)
      response.writeHead(status, headers).end(body)
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    const general = (front.address() as AddressInfo).port
    agent = new Agent({
      connect({ hostname }, callback) {
        const port = hostname.includes('eu-west-1') ? far.port : general
        const socket = connect(port, '127.0.0.1', () => callback(null, socket))
        socket.on('error', (error) => callback(error, null))
      },
    })
  })
  afterAll(async () => {
    await agent.destroy()
    front.close()
    await far.close()
  })
  afterEach(() => {
    asked = []
    far.take()
    far.takeRefused()
  })
  const send = (async (url: string, init: RequestInit) =>
    undiciFetch(url, { ...init, dispatcher: agent } as never)) as unknown as SignedFetchOptions['fetch']
  const signer = createSigner({ credentials: KEY, service: 's3', region: 'us-east-1' })
  const xml = (code: string, region: string): string =>
    `<Error><Code>${code}</Code><Message>m</Message><Region>${region}</Region></Error>`

  it.each<[string, string, number, Record<string, string>, string]>([
    ['301 with the header', 'far.s3.amazonaws.com', 301, { 'x-amz-bucket-region': 'eu-west-1' }, ''],
    ['301 with the body', 's3.amazonaws.com/far', 301, {}, xml('PermanentRedirect', 'eu-west-1')],
    [
      '307 with a place',
      'far.s3.amazonaws.com',
      307,
      { location: 'http://far.s3-eu-west-1.amazonaws.com/k', 'x-amz-bucket-region': 'eu-west-1' },
      '',
    ],
    [
      '400 of the signature',
      'far.s3.amazonaws.com',
      400,
      {},
      xml('AuthorizationHeaderMalformed', 'eu-west-1'),
    ],
    ['400 to HEAD', 'far.s3.amazonaws.com', 400, { 'x-amz-bucket-region': 'eu-west-1' }, ''],
  ])('are found by %s, and remembered', async (name, place, status, headers, body) => {
    answerWith = () => [status, headers, body]
    const signedFetch = fetchWith({ fetch: send }, signer)
    const method = name.includes('HEAD') ? 'HEAD' : 'PUT'
    const init = { method, ...(method === 'PUT' && { body: 'text' }) }
    expect(await signedFetch(`http://${place}/k`, init)).toMatchObject({ status: 200 })
    expect(await signedFetch(`http://${place}/k`, init)).toMatchObject({ status: 200 })
    expect(asked).toEqual([expect.stringMatching(/^\S+ us-east-1$/)])
    expect(far.take().map((arrived) => arrived.verified.scope.region)).toEqual(['eu-west-1', 'eu-west-1'])
  })

  it.each<[string, string, number, Record<string, string>]>([
    [
      'somebody else',
      'http://far.s3.amazonaws.com/k',
      307,
      { location: 'http://far.s3-eu-west-1.example.com/k', 'x-amz-bucket-region': 'eu-west-1' },
    ],
    [
      'another bucket',
      'http://far.s3.amazonaws.com/k',
      307,
      { location: 'http://near.s3-eu-west-1.amazonaws.com/k', 'x-amz-bucket-region': 'eu-west-1' },
    ],
    [
      'no region at all',
      'http://far.s3.amazonaws.com/k',
      301,
      { 'x-amz-bucket-region': 'eu-west-1.evil.example' },
    ],
    ['an ARN', 'http://s3.amazonaws.com/arn%3Aaws%3As3/k', 400, { 'x-amz-bucket-region': 'eu-west-1' }],
    ['the region that it was', 'http://far.s3.amazonaws.com/k', 400, { 'x-amz-bucket-region': 'us-east-1' }],
  ])('are not looked for where %s is named', async (_name, url, status, headers) => {
    answerWith = () => [status, headers, '']
    const response = await fetchWith({ fetch: send }, signer)(url)
    expect(response.status).toBe(status)
    expect([asked.length, far.take(), far.takeRefused()]).toEqual([1, [], []])
  })

  it('are looked for once', async () => {
    answerWith = () => [400, { 'x-amz-bucket-region': `xx-${['a', 'b'][asked.length % 2]}-1` }, '']
    const response = await fetchWith({ fetch: send }, signer)('http://s3.us-east-1.amazonaws.com/far/k')
    expect([response.status, asked.length]).toEqual([400, 2])
  })

  it('are signed for by the name of the place alone at other stores', async () => {
    const store = await startTrialServer({ service: 's3', region: 'here' })
    // A store of its own kind tells the region in a body of S3's shape.
    expect(await fetchWith({}, signer)(`${store.origin}/b/k`)).toMatchObject({ status: 200 })
    expect(store.takeRefused()).toEqual(['SCOPE_REGION_WRONG'])
    await store.close()
  })

  it('are handed back by an AWS4Auth, whose key is for one region', async () => {
    answerWith = () => [301, { 'x-amz-bucket-region': 'eu-west-1' }, '']
    const auth = new StrictAWS4Auth(KEY.accessKeyId, KEY.secretAccessKey, 'us-east-1', 's3')
    expect(await fetchWith({ fetch: send }, auth)('http://far.s3.amazonaws.com/k')).toMatchObject({
      status: 301,
    })
    expect((await signWith(auth, { method: 'GET', url: 'http://h/' }, undefined)).scope.region).toBe(
      'us-east-1',
    )
  })
})

describe('throwOnError', () => {
  it('throws what AWS said', async () => {
    const failing = fetchWith({ throwOnError: true, retries: 0 })
    const error = await failing(`${api.origin}/error/404`).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AwsError)
    expect(error).toMatchObject({
      code: 'NotFoundException',
      message: 'no such thing',
      status: 404,
      requestId: 'id-1',
    })
    expect(await failing(`${api.origin}/`)).toMatchObject({ status: 200 })
    await expect(failing(`${api.origin}/fail/503/1`)).rejects.toMatchObject({ code: 'HTTP_503' })
  })
})
