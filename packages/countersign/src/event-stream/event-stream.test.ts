/**
 * Signed event streams from end to end: what is sent, over HTTP/2 and over a socket, and what the server gets of it.
 */
import { once } from 'node:events'
import { connect, createServer, type Http2Server } from 'node:http2'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SigningKey, type Credentials, type KeyCredentials } from '../index.ts'
import { sigV4A } from '../sigv4a.ts'
import {
  createEventSigner,
  createEventStreamVerifier,
  decodeEvent,
  presignWebSocket,
  signEventStream,
  type EventInput,
  type EventMessage,
  type EventStreamVerifierOptions,
  type SignEventStreamOptions,
} from '../streaming/index.ts'
import { sigV4 } from '../verify/index.ts'
import { codeOfPromise } from '../../../../test/kit/code-of.ts'

const credentials: Credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const NOON = new Date('2026-11-22T12:00:00.789Z')
const url = 'https://transcribestreaming.eu-west-1.amazonaws.com/stream-transcription'
const socketUrl =
  'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US'

const audio = (text: string): EventInput => ({
  headers: { ':message-type': 'event', ':event-type': 'AudioEvent' },
  payload: text,
})

/** A clock that goes on by some seconds each time it is looked at. */
function clock(start: Date, step = 0): () => Date {
  let time = start.getTime() - step * 1000
  return () => new Date((time += step * 1000))
}

function sign(
  events: Iterable<EventInput> | AsyncIterable<EventInput>,
  options: Partial<SignEventStreamOptions> = {},
): ReturnType<typeof signEventStream> {
  return signEventStream({ method: 'POST', url, body: events }, { credentials, now: () => NOON, ...options })
}

function verifierFor(
  options: Partial<EventStreamVerifierOptions<string>> = {},
): ReturnType<typeof createEventStreamVerifier<string>> {
  return createEventStreamVerifier<string>({
    service: 'transcribe',
    region: 'eu-west-1',
    now: () => NOON,
    secrets: () => ({ secretAccessKey: credentials.secretAccessKey, principal: 'alice' }),
    ...options,
  })
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

const textOf = ({ payload }: EventMessage): string => Buffer.from(payload).toString()

/** What a server gets of what was signed. */
async function received(
  { method, headers, body }: ReturnType<typeof signEventStream>,
  options?: Partial<EventStreamVerifierOptions<string>>,
): Promise<string[]> {
  const { events } = await verifierFor(options).verify({
    method,
    target: '/stream-transcription',
    headers,
    body,
  })
  return (await collect(events)).map(textOf)
}

describe('signing', () => {
  it('announces the stream, and wraps each event with its date and signature', async () => {
    const signed = sign([audio('one')])
    expect(Object.fromEntries(signed.headers)).toMatchObject({
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-EVENTS',
      'x-amz-date': '20261122T120000Z',
    })
    const [event, end, ...more] = (await collect(signed.body)).map((bytes) => decodeEvent(bytes))
    expect(more).toEqual([])
    expect([...event!.headers.keys()]).toEqual([':date', ':chunk-signature'])
    expect(event!.headers.get(':date')).toEqual(new Date('2026-11-22T12:00:00Z'))
    expect(event!.headers.get(':chunk-signature')).toHaveLength(32)
    const inner = decodeEvent(event!.payload)
    expect(Object.fromEntries(inner.headers)).toEqual({
      ':message-type': 'event',
      ':event-type': 'AudioEvent',
    })
    expect(textOf(inner)).toBe('one')
    expect(end!.payload).toHaveLength(0)
  })

  it('replaces what an earlier signing left, and keeps a content type that is given', () => {
    const headers = {
      'content-type': 'application/x-amz-events',
      'content-length': '5',
      'x-amz-content-sha256': 'x',
    }
    const signed = signEventStream({ method: 'POST', url, headers, body: [] }, { credentials })
    const names = signed.headers.map(([name]) => name)
    expect(names).not.toContain('content-length')
    expect(signed.headers).toContainEqual(['content-type', 'application/x-amz-events'])
    expect(names.filter((name) => name === 'x-amz-content-sha256')).toHaveLength(1)
  })

  it('can be sent once', async () => {
    const { body } = sign([audio('one')])
    await collect(body)
    expect(await codeOfPromise(collect(body))).toBe('BODY_NOT_REPEATABLE')
  })

  it('needs events', () => {
    expect(() => signEventStream({ method: 'POST', url }, { credentials })).toThrow(
      expect.objectContaining({ code: 'BODY_UNSUPPORTED' }),
    )
  })

  it('takes no more events from a source than are read, and closes it', async () => {
    let given = 0
    let isClosed = false
    async function* source(): AsyncGenerator<EventInput> {
      try {
        for (;;) yield audio(String(given++))
      } finally {
        isClosed = true
      }
    }
    for await (const _ of sign(source()).body) if (given === 3) break
    expect({ given, isClosed }).toEqual({ given: 3, isClosed: true })
  })

  it('signs nothing after the end', () => {
    const signer = createEventSigner(presignWebSocket(socketUrl, { credentials }), { credentials })
    signer.end()
    for (const act of [() => signer.sign(audio('late')), () => signer.end()]) {
      expect(act).toThrow(expect.objectContaining({ code: 'EVENT_STREAM_ENDED' }))
    }
  })

  it('an event that cannot be written leaves the chain as it was', async () => {
    const presigned = presignWebSocket(socketUrl, { credentials, date: NOON })
    const signer = createEventSigner(presigned, { credentials, now: () => NOON })
    const sent = [signer.sign(audio('one'))]
    expect(() => signer.sign({ headers: { '': 'x' } })).toThrow(
      expect.objectContaining({ code: 'HEADER_INVALID' }),
    )
    expect(() => signer.sign({ payload: new Uint8Array(16 * 1024 * 1024) })).toThrow(
      expect.objectContaining({ code: 'EVENT_TOO_LARGE' }),
    )
    sent.push(signer.sign(audio('two')), signer.end())
    const { pathname, search, host } = new URL(presigned.url)
    const { events } = await verifierFor().verify({
      method: 'GET',
      target: pathname + search,
      headers: [['host', host]],
      body: Readable.from(sent),
    })
    expect((await collect(events)).map(textOf)).toEqual(['one', 'two'])
  })
})

describe('what is signed comes out', () => {
  it.each([0, 1, 5])('%i events', async (count) => {
    const texts = Array.from({ length: count }, (_, i) => `${i} ${'x'.repeat(i * 10_000)}`)
    expect(await received(sign(texts.map(audio)))).toEqual(texts)
  })

  it('an event that is empty is none of the end', async () => {
    expect(await received(sign([{}, audio('one'), { payload: '' }]))).toEqual(['', 'one', ''])
  })

  it('tells who sent it', async () => {
    const { method, headers, body } = sign([])
    const verified = await verifierFor().verify({ method, target: '/stream-transcription', headers, body })
    expect(verified).toMatchObject({
      principal: 'alice',
      accessKeyId: 'AKIDEXAMPLE',
      mechanism: 'header',
      algorithm: 'AWS4-HMAC-SHA256',
      scope: { date: '20261122', region: 'eu-west-1', service: 'transcribe' },
    })
    expect(verified.covered.headers).toContainEqual(['content-type', 'application/vnd.amazon.eventstream'])
    expect(await collect(verified.events)).toEqual([])
  })

  it('with temporary credentials', async () => {
    const temporary = { ...credentials, accessKeyId: 'ASIDEXAMPLE', sessionToken: 'token' }
    const secrets = (): Credentials => temporary
    expect(await received(sign([audio('one')], { credentials: temporary }), { secrets })).toEqual(['one'])
  })

  it('with SigV4A, whose signatures differ in length', async () => {
    const texts = Array.from({ length: 30 }, (_, i) => String(i))
    const signed = sign(texts.map(audio), { algorithm: sigV4A, region: ['eu-*', 'us-east-1'] })
    expect(Object.fromEntries(signed.headers)).toMatchObject({
      'x-amz-content-sha256': 'STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS',
      'x-amz-region-set': 'eu-*,us-east-1',
    })
    expect(await received(signed, { algorithms: [sigV4, sigV4A] })).toEqual(texts)
  })

  it('while the secret is rotated', async () => {
    const secretAccessKey = ['the new secret', credentials.secretAccessKey]
    expect(await received(sign([audio('one')]), { secrets: () => ({ secretAccessKey }) })).toEqual(['one'])
  })
})

describe('midnight', () => {
  const late = new Date('2026-11-22T23:59:58Z')
  const options = { now: clock(late, 1) }

  it('goes on with the key of the next day, which is asked for anew', async () => {
    const days: string[] = []
    const signed = sign(['1', '2', '3', '4'].map(audio), { now: clock(late, 1) })
    const texts = await received(signed, {
      now: () => late,
      secrets: (_, { date }) => {
        days.push(date)
        return credentials
      },
    })
    expect(texts).toEqual(['1', '2', '3', '4'])
    expect(days).toEqual(['20261122', '20261123'])
  })

  it('ends a stream whose key was taken away', async () => {
    const signed = sign(['1', '2'].map(audio), { now: clock(late, 1) })
    const secrets: EventStreamVerifierOptions<string>['secrets'] = (_, { date }) =>
      date === '20261122' ? credentials : undefined
    expect(await codeOfPromise(received(signed, { now: () => late, secrets }))).toBe('KEY_UNKNOWN')
  })

  it('ends what is signed with the key of one day', async () => {
    const scope = { date: late, region: 'eu-west-1', service: 'transcribe' }
    const signingKey = SigningKey.derive(credentials.secretAccessKey, scope)
    const derived: KeyCredentials = { accessKeyId: 'AKIDEXAMPLE', signingKey }
    const signed = sign(['1', '2', '3'].map(audio), { ...options, credentials: derived })
    const sent: Uint8Array[] = []
    const send = async (): Promise<void> => {
      for await (const bytes of signed.body) sent.push(bytes)
    }
    expect(await codeOfPromise(send())).toBe('DATE_MISMATCH')
    expect(sent).toHaveLength(1)
  })

  it('takes the keys of the days in the place of the secret', async () => {
    const signed = sign(['1', '2', '3'].map(audio), { now: clock(late, 1) })
    const secrets: EventStreamVerifierOptions<string>['secrets'] = (_, { date }) => ({
      signingKey: SigningKey.derive(credentials.secretAccessKey, {
        date,
        region: 'eu-west-1',
        service: 'transcribe',
      }),
    })
    expect(await received(signed, { now: () => late, secrets })).toEqual(['1', '2', '3'])
  })
})

describe('over HTTP/2', () => {
  let server: Http2Server
  let origin = ''
  const seen: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = async (): Promise<void> => {
        const { method, url: target, rawHeaders } = request
        const headers = Array.from({ length: rawHeaders.length / 2 }, (_, i) =>
          rawHeaders.slice(i * 2, i * 2 + 2),
        )
          .filter(([name]) => !name!.startsWith(':') || name === ':authority')
          .map(([name, value]) => [name!, value!] as const)
        const { events } = await verifierFor().verify({ method, target, headers, body: request })
        response.writeHead(200)
        for await (const event of events) {
          seen.push(textOf(event))
          response.write(`got ${textOf(event)}\n`)
        }
        response.end('end\n')
      }
      answer().catch((error: { code?: string }) => response.end(`refused ${error.code}\n`))
    }).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    origin = `http://localhost:${port}`
  })

  afterAll(() => {
    server.close()
  })

  it('each event is answered while the next ones are still to come', async () => {
    const session = connect(origin)
    let answered: () => void = () => {}
    async function* events(): AsyncGenerator<EventInput> {
      for (const text of ['one', 'two']) {
        yield audio(text)
        await new Promise<void>((resolve) => (answered = resolve))
      }
    }
    const signed = signEventStream(
      { method: 'POST', url: `${origin}/stream`, body: events() },
      { credentials, service: 'transcribe', region: 'eu-west-1', now: () => NOON },
    )
    const headers = Object.fromEntries(signed.headers.filter(([name]) => name !== 'host'))
    const stream = session.request({ ':method': 'POST', ':path': '/stream', ...headers })
    const replies: string[] = []
    stream.setEncoding('utf8').on('data', (reply: string) => {
      replies.push(reply)
      answered()
    })
    Readable.from(signed.body, { objectMode: false }).pipe(stream)
    await once(stream, 'end')
    session.close()
    expect(replies.join('')).toBe('got one\ngot two\nend\n')
    expect(seen).toEqual(['one', 'two'])
  })
})
