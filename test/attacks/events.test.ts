/**
 * Attacks on signed event streams: forged, dropped, repeated, moved and changed messages, ends that are missing or not
 * the end, dates that lie, lengths that lie. Nothing comes out of a message that is not as it was signed.
 */
import { describe, expect, it } from 'vitest'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import {
  createEventStreamVerifier,
  decodeEvent,
  signEventStream,
  type EventStreamVerifierOptions,
} from '../../packages/countersign/src/streaming/index.ts'
import { VerificationError, type RequestMessage } from '../../packages/countersign/src/verify/index.ts'
import {
  BAD_SIGNATURE,
  dateAt,
  KEY_ID,
  NOW,
  presign,
  SECRET,
  signInHeader,
  verifierFor,
  withBadSignature,
  withHeaders,
  type Draft,
} from '../kit/messages.ts'
import {
  bytesHeader,
  dateHeader,
  frame,
  signEvents,
  signHead,
  wrap,
  type EventDraft,
  type SentEvent,
} from './sent-events.ts'

type Options = Partial<EventStreamVerifierOptions<string>>

/** What reaches a handler of a stream, and the error that ends it. */
async function received(
  message: RequestMessage,
  options: Options = {},
): Promise<{ texts: string[]; error: unknown }> {
  const texts: string[] = []
  try {
    const verifier = createEventStreamVerifier<string>({
      service: 'execute-api',
      region: 'us-east-1',
      now: () => NOW,
      secrets: (id) => (id === KEY_ID ? { secretAccessKey: SECRET } : undefined),
      ...options,
    })
    const { events } = await verifier.verify(message)
    for await (const { payload } of events) texts.push(Buffer.from(payload).toString())
  } catch (error) {
    return { texts, error }
  }
  return { texts, error: undefined }
}

async function expectRefused(
  message: RequestMessage,
  code: string,
  texts: readonly string[] = [],
  options?: Options,
): Promise<void> {
  const got = await received(message, options)
  expect(got.error).toBeInstanceOf(VerificationError)
  expect(got.error).toMatchObject({ code })
  expect(got.texts).toEqual(texts)
}

const THREE: readonly EventDraft[] = [{ text: 'a' }, { text: 'b' }, { text: 'c' }]

/** A stream whose events were changed on the way. */
function stream(
  change: (events: SentEvent[]) => readonly (SentEvent | Buffer)[] = (events) => events,
  drafts = THREE,
  head: Draft = {},
): RequestMessage {
  const { message, seed } = signHead(head)
  const sent = change(signEvents(seed, drafts)).map((event) => (Buffer.isBuffer(event) ? event : wrap(event)))
  return { ...message, body: Buffer.concat(sent) }
}

it('what is right is let in', async () => {
  expect(await received(stream())).toEqual({ texts: ['a', 'b', 'c'], error: undefined })
  expect(await received(stream((events) => events, []))).toEqual({ texts: [], error: undefined })
})

describe('the chain', () => {
  it('an event is dropped', async () => {
    await expectRefused(
      stream(([a, , c, end]) => [a!, c!, end!]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
    await expectRefused(
      stream(([, ...rest]) => rest),
      'CHUNK_SIGNATURE_MISMATCH',
    )
    await expectRefused(
      stream(([a, b, , end]) => [a!, b!, end!]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a', 'b'],
    )
  })

  it('an event is repeated', async () => {
    await expectRefused(
      stream(([a, ...rest]) => [a!, a!, ...rest]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
  })

  it('two events change places', async () => {
    await expectRefused(
      stream(([a, b, c, end]) => [a!, c!, b!, end!]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
  })

  it('an event comes from another stream of the same sender', async () => {
    const other = signEvents(signHead({ target: '/other' }).seed, THREE)
    await expectRefused(
      stream(([, ...rest]) => [other[0]!, ...rest]),
      'CHUNK_SIGNATURE_MISMATCH',
    )
    await expectRefused(
      stream(() => other),
      'CHUNK_SIGNATURE_MISMATCH',
    )
  })

  it('C5: a whole stream goes to another target', async () => {
    const { message } = signHead({ target: '/other' })
    await expectRefused({ ...message, body: stream().body }, 'CHUNK_SIGNATURE_MISMATCH')
  })

  it('an event is put in without a signature, or with one of zeroes, or of another key', async () => {
    const forged = signEvents(BAD_SIGNATURE, [{ text: 'forged' }])[0]!
    const unsigned = frame(Buffer.alloc(0), Buffer.from('forged'))
    await expectRefused(
      stream(([a]) => [a!, unsigned]),
      'CHUNK_MALFORMED',
      ['a'],
    )
    await expectRefused(
      stream(([a]) => [a!, forged]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
    await expectRefused(
      stream(([a]) => [{ ...a!, signature: BAD_SIGNATURE }]),
      'CHUNK_SIGNATURE_MISMATCH',
    )
    const otherSecret = [{ text: 'a', secret: 'another secret' }]
    await expectRefused(
      stream((events) => events, otherSecret),
      'CHUNK_SIGNATURE_MISMATCH',
    )
  })

  it('signatures of other lengths', async () => {
    for (const signature of ['', '00', BAD_SIGNATURE.slice(2), `${BAD_SIGNATURE}00`]) {
      await expectRefused(
        stream(([a]) => [{ ...a!, signature }]),
        'CHUNK_SIGNATURE_MISMATCH',
      )
    }
  })

  it('signatures of SigV4A that are no signatures', async () => {
    const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
    const signed = signEventStream(
      { method: 'POST', url: 'https://tenant-a.example.com/events', body: [{ payload: 'a' }] },
      { credentials, service: 'execute-api', region: '*', algorithm: sigV4A, now: () => NOW },
    )
    const { method, headers } = signed
    const message = { method, target: '/events', headers }
    const algorithms = [sigV4A]
    const sent: Uint8Array[] = []
    for await (const bytes of signed.body) sent.push(bytes)
    const [event, end] = sent
    expect(await received({ ...message, body: Buffer.concat(sent) }, { algorithms })).toMatchObject({
      texts: ['a'],
      error: undefined,
    })
    const payload = Buffer.from(decodeEvent(event!).payload)
    for (const signature of [
      '',
      '30',
      BAD_SIGNATURE,
      '3006020100020100',
      '3006020101020101',
      'ff'.repeat(200),
    ]) {
      const body = wrap({ headers: dateHeader(NOW.getTime()), payload, signature })
      await expectRefused({ ...message, body }, 'CHUNK_SIGNATURE_MISMATCH', [], { algorithms })
    }
    await expectRefused({ ...message, body: end }, 'CHUNK_SIGNATURE_MISMATCH', [], { algorithms })
  })

  it('a payload is changed, with its checksums made right', async () => {
    const payload = frame(Buffer.alloc(0), Buffer.from('forged'))
    await expectRefused(
      stream(([a, b]) => [a!, { ...b!, payload }]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
  })

  it('any one byte of a stream is changed', async () => {
    const right = stream()
    const body = right.body as Buffer
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body)
      changed[at]! ^= 1
      const { texts, error } = await received({ ...right, body: changed })
      expect(error).toMatchObject({ code: 'CHUNK_MALFORMED' })
      expect(['a', 'b', 'c'].slice(0, texts.length)).toEqual(texts)
    }
  })

  it('what is signed is signed for another service, region or day', async () => {
    for (const scope of [
      '20261122/us-east-1/s3/aws4_request',
      '20261122/eu-west-1/execute-api/aws4_request',
      '20261121/us-east-1/execute-api/aws4_request',
    ]) {
      await expectRefused(
        stream((events) => events, [{ text: 'a', scope }]),
        'CHUNK_SIGNATURE_MISMATCH',
      )
    }
  })
})

describe('the end', () => {
  it('is missing', async () => {
    await expectRefused(
      stream((events) => events.slice(0, -1)),
      'BODY_INCOMPLETE',
      ['a', 'b', 'c'],
    )
    await expectRefused(
      stream(() => []),
      'BODY_INCOMPLETE',
    )
    const { message } = signHead()
    await expectRefused(message, 'BODY_INCOMPLETE')
  })

  it('is cut off at any byte', async () => {
    const right = stream()
    const body = right.body as Buffer
    for (let length = 0; length < body.length; length++) {
      const { texts, error } = await received({ ...right, body: body.subarray(0, length) })
      expect(error).toMatchObject({ code: 'BODY_INCOMPLETE' })
      expect(['a', 'b', 'c'].slice(0, texts.length)).toEqual(texts)
    }
  })

  it('comes early', async () => {
    await expectRefused(
      stream(([a, , , end]) => [a!, end!]),
      'CHUNK_SIGNATURE_MISMATCH',
      ['a'],
    )
  })

  it('something follows it: an event that is rightly signed, or bytes', async () => {
    const { message, seed } = signHead()
    const events = signEvents(seed, [{ payload: Buffer.alloc(0) }, { text: 'late' }])
    const body = Buffer.concat(events.map(wrap))
    await expectRefused({ ...message, body }, 'CHUNK_MALFORMED')
    await expectRefused(
      stream((sent) => [...sent, Buffer.alloc(1)]),
      'CHUNK_MALFORMED',
      ['a', 'b', 'c'],
    )
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield stream().body as Buffer
      yield Buffer.alloc(0)
      yield Buffer.alloc(1)
    }
    await expectRefused({ ...signHead().message, body: pieces() }, 'CHUNK_MALFORMED', ['a', 'b', 'c'])
  })
})

describe('dates', () => {
  it.each([
    [-301, 'CLOCK_SKEWED'],
    [301, 'CLOCK_SKEWED'],
    [-86_400, 'CLOCK_SKEWED'],
  ])('A9: an event is signed %i seconds away', async (at, code) => {
    await expectRefused(
      stream((events) => events, [{ text: 'a' }, { text: 'b', at }]),
      code,
      ['a'],
    )
  })

  it.each([-300, 0, 300])('an event may be %i seconds away', async (at) => {
    expect(await received(stream((events) => events, [{ text: 'a', at }]))).toMatchObject({ texts: ['a'] })
  })

  it('the header says another date than what was signed', async () => {
    await expectRefused(
      stream((events) => events, [{ text: 'a', amzDate: dateAt(-1) }]),
      'CHUNK_SIGNATURE_MISMATCH',
    )
    await expectRefused(
      stream(([a, ...rest]) => [{ ...a!, headers: dateHeader(NOW.getTime() + 1) }, ...rest]),
      'CHUNK_SIGNATURE_MISMATCH',
    )
  })

  it('a date beyond what can be written', async () => {
    for (const milliseconds of [8.64e15, -8.64e15, 253_402_300_800_000]) {
      const headers = dateHeader(milliseconds)
      const { error } = await received(stream(([a]) => [{ ...a!, headers }]))
      expect(error).toMatchObject({ code: 'CHUNK_MALFORMED' })
    }
  })

  it('a key dies while the stream goes on', async () => {
    let seconds = 0
    const options: Options = {
      now: () => new Date(NOW.getTime() + seconds * 1000),
      secrets: () => ({ secretAccessKey: SECRET, notAfter: new Date(NOW.getTime() + 1000) }),
    }
    const { message, seed } = signHead()
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const event of signEvents(seed, THREE)) {
        yield wrap(event)
        seconds += 1
      }
    }
    await expectRefused({ ...message, body: body() }, 'KEY_EXPIRED', ['a', 'b'], options)
  })
})

describe('frames', () => {
  const signature = bytesHeader(':chunk-signature', Buffer.alloc(32))
  const date = dateHeader(NOW.getTime())

  it.each([
    ['no headers', Buffer.alloc(0)],
    ['no date', signature],
    ['no signature', date],
    ['a date of bytes', Buffer.concat([bytesHeader(':date', Buffer.alloc(8)), signature])],
    ['a date twice', Buffer.concat([date, date, signature])],
    ['a signature twice', Buffer.concat([date, signature, signature])],
  ])('%s', async (_, headers) => {
    await expectRefused(
      stream(() => [frame(headers, Buffer.from('x'))]),
      'CHUNK_MALFORMED',
    )
  })

  it('A8: a header that is signed with the date, and one that is not', async () => {
    const moreHeaders = bytesHeader('x', Buffer.from('y'))
    await expectRefused(
      stream((events) => events, [{ text: 'a', moreHeaders }]),
      'CHUNK_MALFORMED',
    )
    const { message, seed } = signHead()
    const [event] = signEvents(seed, [{ text: 'a' }])
    const body = wrap({ ...event!, headers: Buffer.concat([event!.headers, moreHeaders]) })
    await expectRefused({ ...message, body }, 'CHUNK_MALFORMED')
  })

  it('a payload that is no message, or two, although it is signed', async () => {
    const one = frame(Buffer.alloc(0), Buffer.from('x'))
    for (const payload of [Buffer.from('x'), Buffer.concat([one, one]), one.subarray(1)]) {
      await expectRefused(
        stream((events) => events, [{ text: 'a' }, { payload }]),
        'CHUNK_MALFORMED',
        ['a'],
      )
    }
  })

  it('A26: lengths that lie are refused before their bytes come', async () => {
    const huge = frame(Buffer.alloc(0), Buffer.alloc(2000))
    const limits = { maxPayload: 1000 }
    await expectRefused(
      stream(() => [huge.subarray(0, 12)]),
      'CHUNK_SIZE_INVALID',
      [],
      limits,
    )
    const { message, seed } = signHead()
    const payload = Buffer.concat(signEvents(seed, [{ text: 'x'.repeat(990) }]).map(wrap))
    await expectRefused({ ...message, body: payload }, 'CHUNK_SIZE_INVALID', [], limits)
  })

  it('an HTTP request in the place of a stream', async () => {
    await expectRefused(
      stream(() => [Buffer.from('{"audio":"…"}'.repeat(10))]),
      'CHUNK_MALFORMED',
    )
  })
})

describe('the head', () => {
  const body = stream().body
  const EVENTS = 'STREAMING-AWS4-HMAC-SHA256-EVENTS'

  it('is forged, or has no signature', async () => {
    const { message } = signHead()
    await expectRefused({ ...withBadSignature(message), body }, 'SIGNATURE_MISMATCH')
    const headers = message.headers.filter(([name]) => name !== 'authorization')
    await expectRefused({ ...message, headers, body }, 'SIGNATURE_MISSING')
  })

  it('A6: announces something else', async () => {
    for (const mode of [
      'UNSIGNED-PAYLOAD',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'STREAMING-AWS4-ECDSA-P256-SHA256-EVENTS',
    ]) {
      await expectRefused(
        stream((events) => events, THREE, { headers: [['x-amz-content-sha256', mode]] }),
        'PAYLOAD_MODE_UNSUPPORTED',
      )
    }
    await expectRefused(
      stream((events) => events, THREE, { headers: [] }),
      'PAYLOAD_MODE_UNSUPPORTED',
    )
  })

  it('A27: announces events with a content type alone', async () => {
    const headers = [['content-type', 'application/vnd.amazon.eventstream']] as const
    await expectRefused(
      stream((events) => events, THREE, { headers }),
      'PAYLOAD_MODE_UNSUPPORTED',
    )
  })

  it('A15: announces two things', async () => {
    const { message } = signHead()
    const twice = withHeaders(message, ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'])
    await expectRefused({ ...twice, body }, 'REQUEST_MALFORMED')
  })

  it('A5: announces events in a header that is not signed', async () => {
    const message = signInHeader({
      service: 'execute-api',
      headers: [['x-amz-content-sha256', EVENTS]],
      signedHeaders: 'host;x-amz-date',
    })
    await expectRefused({ ...message, body }, 'HEADERS_NOT_SIGNED')
  })

  it('is too old, for an unknown key, for another service or region', async () => {
    for (const [draft, code] of [
      [{ amzDate: dateAt(-301) }, 'CLOCK_SKEWED'],
      [{ accessKeyId: 'AKIDUNKNOWN' }, 'KEY_UNKNOWN'],
      [{ service: 's3' }, 'SCOPE_SERVICE_WRONG'],
      [{ region: 'eu-west-1' }, 'SCOPE_REGION_WRONG'],
      [{ sessionToken: 'token' }, 'TOKEN_INVALID'],
    ] as const) {
      await expectRefused({ ...signHead(draft).message, body }, code)
    }
  })

  it('a verifier of requests does not take events for a body', async () => {
    await expect(verifierFor().verify(stream())).rejects.toMatchObject({ code: 'PAYLOAD_MODE_UNSUPPORTED' })
  })

  it('a presigned URL begins a stream; not one that leaves the payload out, nor one of another body', async () => {
    const begin = (draft: Draft): RequestMessage => {
      const message = presign({ service: 'execute-api', target: '/socket', ...draft })
      const seed = /Signature=(\w+)$/.exec(message.target)?.[1] ?? ''
      return { ...message, body: Buffer.concat(signEvents(seed, THREE).map(wrap)) }
    }
    expect(await received(begin({}))).toEqual({ texts: ['a', 'b', 'c'], error: undefined })
    await expectRefused(begin({ payloadHash: 'UNSIGNED-PAYLOAD' }), 'SIGNATURE_MISMATCH')
    await expectRefused(begin({ expires: '1', amzDate: dateAt(-2) }), 'EXPIRED')
    const headers = [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']] as const
    await expectRefused(begin({ headers, payloadHash: headers[0][1] }), 'PAYLOAD_MODE_UNSUPPORTED')
  })

  it('B6: no refusal shows the secret or the right signature', async () => {
    const [first] = signEvents(signHead().seed, THREE)
    const { error } = await received(stream(([a]) => [{ ...a!, signature: BAD_SIGNATURE }]))
    const shown = JSON.stringify(error) + String(error) + String((error as Error).stack)
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(first!.signature)
  })
})
