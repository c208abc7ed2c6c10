/**
 * Tries an HTTP client with everything, over real sockets, against servers that verify what arrives. A trial passes, or
 * is refused with a typed error, as the client's row says, and nothing is sent.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { KEY, REGION, startTrialServer, type Arrived, type TrialServer } from '../../kit/trial-server.ts'
import { COLUMNS, HTTP_CLIENTS, type Column, type HttpClientFacts, type HttpClientName } from './clients.ts'
import type { HttpClient, MakeHttpClient, TrialAnswer, TrialRequest } from './http-client.ts'
import { BODIES, makeForm, PATHS, QUERIES, STREAMED, STREAMS } from './inputs.ts'

/** What the trials have at hand. */
interface Bench {
  readonly api: TrialServer
  readonly s3: TrialServer
  /** Signs for the API. */
  readonly client: HttpClient
  /** Signs for S3. */
  readonly s3Client: HttpClient
  /** The same for the API, and waits for credentials without an end. */
  readonly waiting: HttpClient
}

type Trial = (bench: Bench) => Promise<void>

/** Tries a client. Its trials wait as good as not before they send again. */
export function tryHttpClient(name: HttpClientName, make: MakeHttpClient): void {
  const { refused, without = {} }: HttpClientFacts = HTTP_CLIENTS[name]
  describe(`the adapter of ${name}`, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await setUp(make)
    })
    afterAll(async () => {
      for (const client of [bench.client, bench.s3Client, bench.waiting]) await client.close?.()
      await Promise.all([bench.api.close(), bench.s3.close()])
    })
    beforeEach(() => {
      for (const server of [bench.api, bench.s3]) {
        server.setAhead(0)
        server.take()
        server.takeRefused()
      }
    })

    const known = new Set<string>()
    for (const column of Object.keys(COLUMNS) as Column[]) {
      describe(COLUMNS[column], () => {
        for (const [trial, attempt] of Object.entries(TRIALS[column])) {
          const id = `${column}: ${trial}`
          known.add(id)
          const refusal = refused[id]
          if (without[id] !== undefined) continue
          if (refusal)
            it(`${trial}: refused, ${refusal.reason}`, async () =>
              expectRefusal(bench, attempt, refusal.code))
          else it(trial, async () => attempt(bench))
        }
      })
    }
    it('has no row for what is not tried', () => {
      expect(Object.keys({ ...refused, ...without }).filter((id) => !known.has(id))).toEqual([])
    })
  })
}

async function setUp(make: MakeHttpClient): Promise<Bench> {
  const [api, s3] = await Promise.all([startTrialServer(), startTrialServer({ service: 's3' })])
  const scope = { service: 'execute-api', region: REGION }
  const options = { maxDelay: 0.02 }
  return {
    api,
    s3,
    client: make(createSigner({ credentials: KEY, ...scope }), options),
    s3Client: make(createSigner({ credentials: KEY, service: 's3', region: REGION }), options),
    waiting: make(createSigner({ credentials: async () => new Promise(() => {}), ...scope }), options),
  }
}

async function expectRefusal(bench: Bench, attempt: Trial, code: string): Promise<void> {
  const thrown: unknown = await attempt(bench).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(findCode(thrown)).toBe(code)
  expect([bench.api.take(), bench.s3.take(), bench.api.takeRefused(), bench.s3.takeRefused()]).toEqual([
    [],
    [],
    [],
    [],
  ])
}

/** Clients wrap what their hooks throw. */
function findCode(error: unknown): unknown {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  return cause === undefined ? code : (findCode(cause) ?? code)
}

async function expectGood(
  client: HttpClient,
  server: TrialServer,
  { target, ...request }: Omit<TrialRequest, 'url'> & { readonly target: string },
): Promise<Arrived> {
  const answer = await client.send({ ...request, url: server.origin + target })
  expect(server.takeRefused()).toEqual([])
  expect(answer.status).toBe(200)
  const arrived = server.take().at(-1)
  if (!arrived) throw new Error('Nothing has arrived')
  return arrived
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Pairs of a query, with all that is encoded decoded to bytes. */
function pairsOf(query: string): string[] {
  const decoded = (text: string): string =>
    text
      .replaceAll('+', ' ')
      .replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => decoded(pair.includes('=') ? pair : `${pair}=`))
}

const plain: Record<string, Trial> = {
  async GET({ client, api }) {
    const answer = await client.send({ url: `${api.origin}/a/b?x=1` })
    expect(answer).toMatchObject({ status: 200, text: 'hello, this is /a/b?x=1' })
    const [arrived] = api.take()
    expect(arrived).toMatchObject({ method: 'GET', target: '/a/b?x=1' })
    expect(arrived!.verified.signedHeaders).toContain('host')
  },
  async HEAD({ client, api }) {
    expect(await expectGood(client, api, { method: 'HEAD', target: '/' })).toMatchObject({ method: 'HEAD' })
  },
  async 'a header of its own and a content type'({ client, api }) {
    const headers = [
      ['X-Amz-Meta-A', '  a   b  '],
      ['Content-Type', 'application/x-amz-json-1.0'],
      ['X-Plain', 'c'],
    ] as const
    const arrived = await expectGood(client, api, { method: 'POST', target: '/', headers, body: '{}' })
    expect(arrived.headers).toMatchObject({
      'content-type': ['application/x-amz-json-1.0'],
      'x-plain': ['c'],
    })
    expect(arrived.verified.signedHeaders).toEqual(expect.arrayContaining(['content-type', 'x-amz-meta-a']))
  },
  async 'a header that repeats'({ client, api }) {
    const headers = [
      ['x-amz-meta-a', '2'],
      ['x-amz-meta-a', '1'],
    ] as const
    const arrived = await expectGood(client, api, { target: '/', headers })
    expect(arrived.headers['x-amz-meta-a']!.join(',').replaceAll(' ', '')).toBe('2,1')
  },
  async '50 at the same time'({ client, api }) {
    const all = Array.from({ length: 50 }, async (_, n) => {
      const { status } = await client.send({ method: 'PUT', url: `${api.origin}/${n}`, body: `body ${n}` })
      return status
    })
    expect(new Set(await Promise.all(all))).toEqual(new Set([200]))
    for (const { target, body } of api.take()) expect(body.toString()).toBe(`body ${target.slice(1)}`)
  },
}

const query: Record<string, Trial> = Object.fromEntries(
  QUERIES.map((text): [string, Trial] => [
    `?${text}`,
    async ({ client, s3Client, api, s3 }) => {
      for (const [each, server] of [
        [client, api],
        [s3Client, s3],
      ] as const) {
        const { target } = await expectGood(each, server, { target: `/a?${text}#fragment` })
        const [, sent = ''] = /^[^?]*\?(.*)$/.exec(target) ?? []
        expect(target).not.toContain('#')
        expect(pairsOf(sent).toSorted()).toEqual(pairsOf(text).toSorted())
      }
    },
  ]),
)

const paths: Record<string, Trial> = Object.fromEntries(
  [...PATHS].map(([path, name]): [string, Trial] => [
    path.length > 200 ? '1024 characters' : path,
    async ({ s3Client, s3 }) => {
      const { target, body } = await expectGood(s3Client, s3, { method: 'PUT', target: path, body: 'x' })
      expect(decodeURIComponent(target)).toBe(name)
      expect(body.toString()).toBe('x')
    },
  ]),
)

const bodies: Record<string, Trial> = {
  ...Object.fromEntries(
    Object.entries(BODIES).map(([kind, { make, bytes, type }]): [string, Trial] => [
      kind,
      async ({ client, api }) => {
        const arrived = await expectGood(client, api, { method: 'POST', target: '/', body: make() })
        expect(hash(arrived.body)).toBe(hash(bytes))
        expect(arrived.verified.payload).toBe('verified')
        if (type !== undefined)
          expect(arrived.headers['content-type']?.[0]?.toLowerCase()).toBe(type.toLowerCase())
      },
    ]),
  ),
  async FormData({ client, api }) {
    const arrived = await expectGood(client, api, { method: 'POST', target: '/', body: makeForm() })
    const [type = ''] = arrived.headers['content-type'] ?? []
    expect(arrived.verified.signedHeaders).toContain('content-type')
    const form = await new Response(Uint8Array.from(arrived.body), {
      headers: { 'content-type': type },
    }).formData()
    expect(form.get('a')).toBe('b\u00e9')
    expect(await (form.get('file') as File).text()).toBe('content')
  },
  async 'none to POST'({ client, api }) {
    expect((await expectGood(client, api, { method: 'POST', target: '/' })).body).toHaveLength(0)
  },
  async 'one to DELETE'({ client, api }) {
    const arrived = await expectGood(client, api, { method: 'DELETE', target: '/', body: 'gone' })
    expect(arrived.body.toString()).toBe('gone')
  },
}

const stream: Record<string, Trial> = {
  ...Object.fromEntries(
    Object.entries(STREAMS).flatMap(([kind, make]): [string, Trial][] => [
      [
        `${kind}, to S3 in signed chunks`,
        async ({ s3Client, s3 }) => {
          const headers = [['content-length', String(STREAMED.length)]] as const
          const request = { method: 'PUT', target: '/bucket/stream', headers, body: make() }
          const arrived = await expectGood(s3Client, s3, request)
          expect(hash(arrived.body)).toBe(hash(STREAMED))
          expect(arrived.headers['x-amz-content-sha256']).toEqual(['STREAMING-AWS4-HMAC-SHA256-PAYLOAD'])
        },
      ],
      [
        `${kind} whose hash is told`,
        async ({ client, api }) => {
          const headers = [['x-amz-content-sha256', hash(STREAMED)]] as const
          const arrived = await expectGood(client, api, { method: 'PUT', target: '/', headers, body: make() })
          expect(hash(arrived.body)).toBe(hash(STREAMED))
        },
      ],
    ]),
  ),
  async 'one whose hash nobody knows is refused, and not sent unsigned'({ client, api }) {
    const request = { method: 'PUT', url: `${api.origin}/`, body: STREAMS['a stream of Node']!() }
    const thrown: unknown = await client.send(request).catch((error: unknown) => error)
    expect(findCode(thrown)).toBe('BODY_UNSUPPORTED')
    expect([api.take(), api.takeRefused()]).toEqual([[], []])
  },
}

const again = async (path: string, { client, api }: Bench): Promise<void> => {
  const answer = await client.send({ method: 'POST', url: api.origin + path, body: 'text' })
  expect(answer).toMatchObject({ status: 200, text: `hello, this is ${path}` })
  const arrived = api.take()
  expect(arrived.length).toBeGreaterThan(1)
  for (const { body } of arrived) expect(body.toString()).toBe('text')
  expect(api.takeRefused()).toEqual([])
}

const retry: Record<string, Trial> = {
  'after 503, twice': async (bench) => again('/fail/503/2', bench),
  'after 500': async (bench) => again('/fail/500/1', bench),
  'after 429': async (bench) => again('/fail/429/1', bench),
  'after a throttling that has the status 400': async (bench) => again('/throttle', bench),
  'after a connection that broke': async (bench) => again('/reset', bench),
  async 'ends with the answer'({ client, api }) {
    const answer = await client.send({ url: `${api.origin}/fail/503/9` })
    expect(answer).toMatchObject({ status: 503, text: 'not now' })
    expect(api.take()).toHaveLength(3)
  },
  async 'is not for a stream'({ s3Client, s3 }) {
    const headers = [['content-length', String(STREAMED.length)]] as const
    const body = STREAMS['a stream of Node']!()
    const request = { method: 'PUT', url: `${s3.origin}/fail/503/1`, headers, body }
    expect(await s3Client.send(request)).toMatchObject({ status: 503 })
    expect(s3.take()).toHaveLength(1)
  },
}

async function follow(bench: Bench, status: number, to: string): Promise<TrialAnswer> {
  const { client, api } = bench
  const url = `${api.origin}/redirect/${status}?to=${encodeURIComponent(to)}`
  return client.send({ method: 'POST', url, body: 'text' })
}

const redirect: Record<string, Trial> = {
  async 'within the host, with the body'(bench) {
    expect(await follow(bench, 307, '/there?x=%2F')).toMatchObject({ status: 200 })
    expect(bench.api.take()[1]).toMatchObject({
      method: 'POST',
      target: '/there?x=%2F',
      body: Buffer.from('text'),
    })
    expect(bench.api.takeRefused()).toEqual([])
  },
  async 'within the host, by GET'(bench) {
    expect(await follow(bench, 303, '/there')).toMatchObject({ status: 200 })
    expect(bench.api.take()[1]).toMatchObject({ method: 'GET', target: '/there', body: Buffer.from('') })
    expect(bench.api.takeRefused()).toEqual([])
  },
  async 'to another host is handed back, and nothing is sent there'(bench) {
    const { s3, api } = bench
    for (const place of [`${s3.origin}/x`, `//localhost:${api.port}/x`]) {
      expect(await follow(bench, 307, place)).toMatchObject({ status: 307 })
    }
    expect([s3.take(), s3.takeRefused(), api.take().length]).toEqual([[], [], 2])
  },
  async 'to what only the class for URLs takes for another host: nothing is sent there'(bench) {
    const { s3 } = bench
    for (const place of [`/\\127.0.0.1:${s3.port}/x`, `/\t/127.0.0.1:${s3.port}/x`]) {
      await follow(bench, 307, place)
    }
    expect([s3.take(), s3.takeRefused()]).toEqual([[], []])
  },
}

const clock: Record<string, Trial> = {
  async 'is learnt, once'({ client, api }) {
    api.setAhead(3600)
    for (const path of ['/a', '/b']) {
      expect(await client.send({ method: 'POST', url: api.origin + path, body: 'text' })).toMatchObject({
        status: 200,
      })
    }
    expect(api.takeRefused()).toEqual(['CLOCK_SKEWED'])
  },
  async 'is learnt anew'({ s3Client, s3 }) {
    for (const ahead of [-3600, 3600, 0]) {
      s3.setAhead(ahead)
      expect(await s3Client.send({ url: `${s3.origin}/bucket/k` })).toMatchObject({ status: 200 })
    }
  },
}

async function expectEnd(pending: Promise<unknown>): Promise<void> {
  const end = pending.then(
    () => 'answered',
    () => 'ended',
  )
  const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late').unref())
  expect(await Promise.race([end, late])).toBe('ended')
}

const abort: Record<string, Trial> = {
  async 'before anything is sent'({ client, api }) {
    await expectEnd(client.send({ url: `${api.origin}/`, signal: AbortSignal.abort() }))
    expect([api.take(), api.takeRefused()]).toEqual([[], []])
  },
  async 'while the credentials are waited for'({ waiting, api }) {
    await expectEnd(waiting.send({ url: `${api.origin}/`, signal: AbortSignal.timeout(30) }))
    expect(api.take()).toEqual([])
  },
  async 'while the answer is waited for'({ client, api }) {
    await expectEnd(client.send({ url: `${api.origin}/silence`, signal: AbortSignal.timeout(100) }))
    expect(api.take()).toHaveLength(1)
  },
}

const errors: Record<string, Trial> = {
  async 'are read and attached'({ client, api }) {
    const answer = await client.send({ url: `${api.origin}/error/404` })
    expect(answer.status).toBe(404)
    expect(answer.error).toMatchObject({
      name: 'AwsError',
      code: 'NotFoundException',
      message: 'no such thing',
      status: 404,
      requestId: 'id-1',
    })
  },
  async 'of S3, too'({ s3Client, s3 }) {
    const wrong = [['x-amz-content-sha256', 'a'.repeat(64)]] as const
    const body = STREAMS['a stream of Node']!()
    const request = { method: 'PUT', url: `${s3.origin}/bucket/k?x-id=1`, headers: wrong, body }
    const { status, error } = await s3Client.send(request)
    expect([status, error?.name]).toEqual([400, 'AwsError'])
  },
}

const TRIALS: Readonly<Record<Column, Readonly<Record<string, Trial>>>> = {
  plain,
  query,
  paths,
  bodies,
  stream,
  retry,
  redirect,
  clock,
  abort,
  errors,
}
