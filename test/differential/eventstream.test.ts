/**
 * Event streams against the AWS SDK for JavaScript (@smithy/core, @smithy/signature-v4) and botocore: each reads what
 * the others write, and signatures are the same.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createEventSigner,
  createEventStreamVerifier,
  decodeEvent,
  encodeEvent,
  presignWebSocket,
  type EventHeaderValue,
  type EventMessage,
} from '../../packages/countersign/src/streaming/index.ts'
import { describeWithPython, run } from '../interop/programs.ts'

type Message = Parameters<EventStreamCodec['encode']>[0]
type MessageHeaderValue = Message['headers'][string]

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => new Uint8Array(Buffer.from(text)),
)

/** SHA-256 in the shape that smithy asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    throw new Error('Not needed')
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data)
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 })
const integer = (type: 'byte' | 'short' | 'integer', half: number): fc.Arbitrary<EventHeaderValue> =>
  fc.integer({ min: -half, max: half - 1 }).map((value) => ({ type, value }))
const value: fc.Arbitrary<EventHeaderValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  // smithy writes dates as numbers that must be safe, and botocore reads them as Unix times.
  fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  fc.uint8Array({ maxLength: 60 }),
  integer('byte', 2 ** 7),
  integer('short', 2 ** 15),
  integer('integer', 2 ** 31),
  fc.uuid().map((uuid) => ({ type: 'uuid' as const, value: uuid })),
)
// A name that is an integer is put in front by objects, which smithy and botocore hold headers in.
const name = text.filter((given) => given !== '' && !/^\d+$|^__proto__$/.test(given))
const message: fc.Arbitrary<EventMessage> = fc.record({
  headers: fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => new Map(pairs)),
  payload: fc.uint8Array({ maxLength: 400 }),
})

function int64(number: bigint): Extract<MessageHeaderValue, { type: 'long' }>['value'] {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, number)
  return { bytes, valueOf: () => Number(number), toString: () => String(number) }
}

function toSmithy(given: EventHeaderValue): MessageHeaderValue {
  if (typeof given === 'string') return { type: 'string', value: given }
  if (typeof given === 'boolean') return { type: 'boolean', value: given }
  if (typeof given === 'bigint') return { type: 'long', value: int64(given) }
  if (given instanceof Date) return { type: 'timestamp', value: given }
  if (given instanceof Uint8Array) return { type: 'binary', value: given }
  return given
}

function fromSmithy({ type, value: given }: MessageHeaderValue): EventHeaderValue {
  if (type === 'long') return Buffer.from(given.bytes).readBigInt64BE()
  if (type === 'binary') return new Uint8Array(given)
  if (type === 'byte' || type === 'short' || type === 'integer') return { type, value: given }
  return type === 'uuid' ? { type, value: given } : given
}

function smithyMessage({ headers, payload }: EventMessage): Message {
  const pairs = Array.from(headers, ([key, given]) => [key, toSmithy(given)] as const)
  return { headers: Object.fromEntries(pairs), body: payload }
}

describe('the SDK for JavaScript', () => {
  it('writes the same bytes, and reads the same message', () => {
    fc.assert(
      fc.property(message, (given) => {
        const bytes = encodeEvent(given)
        expect(Buffer.from(codec.encode(smithyMessage(given))).equals(bytes)).toBe(true)
        const { headers, body } = codec.decode(bytes)
        const read = new Map(Object.entries(headers).map(([key, one]) => [key, fromSmithy(one)]))
        const ours = decodeEvent(bytes)
        expect(read).toEqual(ours.headers)
        expect(Buffer.from(body).equals(ours.payload)).toBe(true)
      }),
    )
  })

  it('signs the same, event by event, and past midnight', async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
    const smithy = new SignatureV4({
      credentials,
      region: 'eu-west-1',
      service: 'transcribe',
      sha256: Sha256,
    })
    const dates = fc.date({
      min: new Date('2026-11-22T23:55:00Z'),
      max: new Date('2026-11-23T00:04:00Z'),
      noInvalidDate: true,
    })
    const sent = fc.array(fc.tuple(message, dates), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(sent, async (events) => {
        const start = new Date('2026-11-22T23:59:30Z')
        const url = 'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket'
        const presigned = presignWebSocket(url, { credentials, date: start })
        let now = start
        const signer = createEventSigner(presigned, { credentials, now: () => now })
        let priorSignature = presigned.signature
        const wrapped: Uint8Array[] = []
        for (const [event, date] of [...events, undefined].map(
          (one) => one ?? ([undefined, start] as const),
        )) {
          now = date
          const mine = event ? signer.sign(event) : signer.end()
          const body = event ? codec.encode(smithyMessage(event)) : new Uint8Array()
          const headers: Message['headers'] = {
            ':date': { type: 'timestamp', value: new Date(Math.floor(date.getTime() / 1000) * 1000) },
          }
          const { signature } = await smithy.sign(
            { message: { headers, body }, priorSignature },
            { signingDate: date },
          )
          priorSignature = signature
          headers[':chunk-signature'] = { type: 'binary', value: Buffer.from(signature, 'hex') }
          expect(Buffer.from(mine).equals(codec.encode({ headers, body }))).toBe(true)
          wrapped.push(mine)
        }
        // The server takes what both of them made.
        const verifier = createEventStreamVerifier({
          service: 'transcribe',
          region: 'eu-west-1',
          now: () => start,
          secrets: () => credentials,
        })
        const { pathname, search, host } = new URL(presigned.url)
        const { events: verified } = await verifier.verify({
          method: 'GET',
          target: pathname + search,
          headers: [['host', host]],
          body: Buffer.concat(wrapped),
        })
        let at = 0
        for await (const { headers, payload } of verified) {
          const [event] = events[at++]!
          expect(headers).toEqual(event.headers)
          expect(Buffer.from(payload).equals(event.payload)).toBe(true)
        }
        expect(at).toBe(events.length)
      }),
      { numRuns: 40 },
    )
  })

  it('its dates have milliseconds, which are signed in the header alone', async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
    const smithy = new SignatureV4({
      credentials,
      region: 'eu-west-1',
      service: 'transcribe',
      sha256: Sha256,
    })
    const date = new Date('2026-11-22T12:00:00.789Z')
    const url = 'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket'
    const { url: opened, signature: priorSignature } = presignWebSocket(url, { credentials, date })
    const headers: Message['headers'] = { ':date': { type: 'timestamp', value: date } }
    const body = new Uint8Array()
    const { signature } = await smithy.sign(
      { message: { headers, body }, priorSignature },
      { signingDate: date },
    )
    headers[':chunk-signature'] = { type: 'binary', value: Buffer.from(signature, 'hex') }
    const verifier = createEventStreamVerifier({
      service: 'transcribe',
      region: 'eu-west-1',
      now: () => date,
      secrets: () => credentials,
    })
    const { pathname, search, host } = new URL(opened)
    const { events } = await verifier.verify({
      method: 'GET',
      target: pathname + search,
      headers: [['host', host]],
      body: codec.encode({ headers, body }),
    })
    await expect(events[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: true })
  })
})

describeWithPython('botocore', 'botocore', (python) => {
  it('reads what is written here, however it is split', async () => {
    const streams = fc.sample(
      fc.tuple(fc.array(message, { maxLength: 4 }), fc.integer({ min: 1, max: 300 })),
      100,
    )
    const plan = streams.map(([messages, size]) => {
      const bytes = Buffer.concat(messages.map(encodeEvent))
      const count = Math.ceil(bytes.length / size)
      return Array.from({ length: count }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size).toString('base64'),
      )
    })
    const script = fileURLToPath(new URL('eventstream-botocore.py', import.meta.url))
    const stdout = await run(python, [script], { input: JSON.stringify(plan) })
    const read = JSON.parse(stdout) as unknown
    const expected = streams.map(([messages]) =>
      messages.map(({ headers, payload }) => ({
        headers: Array.from(headers, ([key, given]) => [key, toBotocore(given)]),
        payload: Buffer.from(payload).toString('base64'),
      })),
    )
    expect(read).toEqual(JSON.parse(JSON.stringify(expected)))
  })
})

/** A value as the script prints it. Numbers of 64 bits lose their last digits in JSON, on both sides. */
function toBotocore(given: EventHeaderValue): unknown {
  if (given instanceof Date) return given.getTime()
  if (given instanceof Uint8Array) return { base64: Buffer.from(given).toString('base64') }
  if (typeof given === 'bigint') return Number(given)
  if (typeof given !== 'object') return given
  return given.type === 'uuid'
    ? { base64: Buffer.from(given.value.replaceAll('-', ''), 'hex').toString('base64') }
    : given.value
}
