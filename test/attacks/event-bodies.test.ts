/**
 * Attacks on signed event streams where `createVerifier` takes them: the same rules as for every other body, and not a
 * byte of an event that is not as it was signed. `events.test.ts` has the variants.
 */
import { describe, expect, it } from 'vitest'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { decodeEvents, eventStreams } from '../../packages/countersign/src/streaming/index.ts'
import {
  sigV4,
  type RequestMessage,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { socketOf } from '../kit/everywhere.ts'
import {
  dateAt,
  KEY_ID,
  NOW,
  presign,
  SECRET,
  signInHeader,
  verifierFor,
  withBadSignature,
  withHeaders,
  type SentMessage,
} from '../kit/messages.ts'
import { signEvents, signHead, wrap, type EventDraft, type SentEvent } from './sent-events.ts'

type Options = Partial<VerifierOptions<string>>

const WITH: Options = { eventStreams }
const THREE: readonly EventDraft[] = [{ text: 'a' }, { text: 'b' }, { text: 'c' }]

function stream(
  change: (events: SentEvent[]) => readonly SentEvent[] = (events) => events,
  drafts = THREE,
): SentMessage {
  const { message, seed } = signHead()
  return { ...message, body: Buffer.concat(change(signEvents(seed, drafts)).map(wrap)) }
}

/** What reaches a handler, and the code of what ends it. */
async function received(
  message: RequestMessage,
  options: Options = WITH,
): Promise<{ texts: string[]; code: unknown }> {
  const texts: string[] = []
  try {
    const { body, payload } = await verifierFor(options).verify(message)
    expect(payload).toBe('pending')
    if (!body) throw new Error('There is no body')
    for await (const event of decodeEvents(body)) texts.push(Buffer.from(event.payload).toString())
  } catch (error) {
    return { texts, code: (error as { code?: unknown }).code }
  }
  return { texts, code: undefined }
}

describe('a stream that is as it was signed', () => {
  it('comes out event by event, through the library and a socket', async () => {
    expect(await received(stream())).toEqual({ texts: ['a', 'b', 'c'], code: undefined })
    expect(await received(stream(undefined, []))).toEqual({ texts: [], code: undefined })
    for (const transport of ['http1', 'http2'] as const) {
      const { verified, refusal } = await (await socketOf(transport)).send(stream(), verifierFor(WITH))
      expect([refusal, verified?.principal, verified?.warnings]).toEqual([undefined, 'alice', []])
    }
  })

  it('comes out before the next one is there', async () => {
    const { message, seed } = signHead()
    const events = signEvents(seed, THREE).map(wrap)
    let sent = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const event of events) {
        sent += 1
        yield event
      }
    }
    const { body: verified } = await verifierFor(WITH).verify({ ...message, body: body() })
    const counts: number[] = []
    for await (const _ of verified ?? []) counts.push(sent)
    expect(counts).toEqual([1, 2, 3])
  })

  it('may run into another day, for which the key is asked for again', async () => {
    const asked: string[] = []
    const midnight = new Date('2026-11-22T23:59:59Z').getTime()
    const at = (midnight - NOW.getTime()) / 1000
    const { message, seed } = signHead({ amzDate: dateAt(at) })
    const drafts = [
      { text: 'a', at },
      { text: 'b', at: at + 2 },
    ]
    const events = signEvents(seed, drafts)
    const body = Buffer.concat(events.slice(0, 2).map(wrap))
    const options: Options = {
      ...WITH,
      now: () => new Date(midnight),
      secrets: (_, { date }) => {
        asked.push(date)
        return { secretAccessKey: SECRET, principal: 'alice' }
      },
    }
    expect(await received({ ...message, body }, options)).toEqual({
      texts: ['a', 'b'],
      code: 'BODY_INCOMPLETE',
    })
    expect(asked).toEqual(['20261122', '20261123'])
    const gone: Options = {
      ...options,
      secrets: (id, { date }) =>
        id === KEY_ID && date === '20261122' ? { secretAccessKey: SECRET } : undefined,
    }
    expect(await received({ ...message, body }, gone)).toEqual({ texts: ['a'], code: 'KEY_UNKNOWN' })
  })
})

describe('A7 events that are not as they were signed', () => {
  const cases: [string, string[], SentMessage][] = [
    ['one is dropped', ['a'], stream(([a, , c, end]) => [a!, c!, end!])],
    ['one is repeated', ['a'], stream(([a, ...rest]) => [a!, a!, ...rest])],
    ['two change places', [], stream(([a, b, ...rest]) => [b!, a!, ...rest])],
    ['one is put in', ['a'], stream(([a, ...rest]) => [a!, ...signEvents('0'.repeat(64), THREE), ...rest])],
    ['the end comes early', ['a'], stream(([a, , , end]) => [a!, end!])],
  ]
  it.each(cases)('%s', async (_, texts, message) => {
    expect(await received(message)).toEqual({ texts, code: 'CHUNK_SIGNATURE_MISMATCH' })
    for (const transport of ['http1', 'http2'] as const) {
      const { verified, refusal } = await (await socketOf(transport)).send(message, verifierFor(WITH))
      expect([verified, refusal?.code]).toEqual([undefined, 'CHUNK_SIGNATURE_MISMATCH'])
    }
  })

  it('the end is missing', async () => {
    const cut = stream((events) => events.slice(0, -1))
    expect(await received(cut)).toEqual({ texts: ['a', 'b', 'c'], code: 'BODY_INCOMPLETE' })
    expect(await received({ ...cut, body: undefined })).toEqual({ texts: [], code: 'BODY_INCOMPLETE' })
  })

  it('C5 they were sent to another target', async () => {
    const { message } = signHead({ target: '/other' })
    expect(await received({ ...message, body: stream().body })).toEqual({
      texts: [],
      code: 'CHUNK_SIGNATURE_MISMATCH',
    })
  })

  it('there are more than are taken', async () => {
    expect(await received(stream(), { ...WITH, maxBytes: 40 })).toEqual({
      texts: ['a', 'b'],
      code: 'BODY_TOO_LARGE',
    })
  })
})

describe('A6 the mode is that of the signed head, and none that was not asked for', () => {
  const EVENTS = 'STREAMING-AWS4-HMAC-SHA256-EVENTS'

  it('is refused where no event streams were passed in, or no streams of the service', async () => {
    for (const options of [{}, { ...WITH, streaming: false }, { ...WITH, streaming: { services: ['s3'] } }])
      expect(await received(stream(), options)).toEqual({ texts: [], code: 'PAYLOAD_MODE_UNSUPPORTED' })
    const served = { ...WITH, streaming: { services: ['execute-api'] } }
    expect(await received(stream(), served)).toMatchObject({ code: undefined })
  })

  it('is not that of another algorithm', async () => {
    const headers = [['x-amz-content-sha256', 'STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS']] as const
    const { message } = signHead({ headers })
    const options: Options = { ...WITH, algorithms: [sigV4, sigV4A] }
    expect(await received({ ...message, body: stream().body }, options)).toMatchObject({
      code: 'PAYLOAD_MODE_UNSUPPORTED',
    })
  })

  it('is not chosen by a header that is not signed, nor by one beside a URL', async () => {
    const mode = ['x-amz-content-sha256', EVENTS] as const
    const draft = { service: 'execute-api', headers: [mode], signedHeaders: 'host;x-amz-date' }
    expect(await received(signInHeader(draft), WITH)).toMatchObject({ code: 'HEADERS_NOT_SIGNED' })
    const url = presign({ service: 'execute-api' })
    expect(await received(withHeaders(url, mode), WITH)).toMatchObject({ code: 'PAYLOAD_HASH_INVALID' })
    const signed = presign({ service: 'execute-api', headers: [mode], payloadHash: EVENTS })
    expect(await received(signed, WITH)).toMatchObject({ code: 'PAYLOAD_MODE_UNSUPPORTED' })
  })

  it('has no digest of the whole', async () => {
    const mode = ['x-amz-content-sha256', EVENTS] as const
    const { message } = signHead({ headers: [mode, ['content-md5', '1B2M2Y8AsgTpgAmY7PhCfg==']] })
    const sent = { ...message, body: stream().body }
    expect(await received(sent)).toEqual({ texts: [], code: 'PAYLOAD_MODE_UNSUPPORTED' })
  })

  it('changes nothing about the head: nothing is read where that is wrong', async () => {
    const body = {
      [Symbol.asyncIterator](): never {
        throw new Error('The body was asked for')
      },
    }
    const { message } = signHead()
    const forged = { ...withBadSignature(message), body }
    expect(await received(forged)).toEqual({ texts: [], code: 'SIGNATURE_MISMATCH' })
  })

  it('takes other bodies as before', async () => {
    const { payload } = await verifierFor(WITH).verify(
      signInHeader({ service: 'execute-api', method: 'PUT', body: 'x' }),
    )
    expect(payload).toBe('verified')
  })
})
