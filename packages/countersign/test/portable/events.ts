/**
 * Event streams: messages on the wire, and the signed chain that AWS prints, there and back.
 *
 * @module
 */
import {
  createEventSigner,
  createEventStreamVerifier,
  decodeEvent,
  encodeEvent,
  presignWebSocket,
  signEventStream,
} from 'countersign/streaming'
import { VerificationError, type RequestMessage } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { collect, expectEqual, outcomeOf, textOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const SCOPE = { service: 'transcribe', region: 'local' }
const ALL_KINDS = {
  headers: {
    yes: true,
    byte: { type: 'byte', value: -49 },
    short: { type: 'short', value: 42 },
    integer: { type: 'integer', value: 40_972 },
    long: 42_424_242_424_242n,
    bytes: utf8("I'm a little teapot!"),
    text: 'é €',
    when: DATE,
    uuid: { type: 'uuid', value: '01020304-0506-0708-090a-0b0c0d0e0f10' },
  },
  payload: "{'foo':'bar'}",
} as const

/** The chain of `test_event_signing.c`: three events and the end. */
function documentedEvents(): unknown {
  const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
  const dates = [1, 2, 3, 4].map((second) => new Date(Date.UTC(1981, 0, 16, 6, 30, second)))
  const signer = createEventSigner(
    {
      url: 'https://demo.us-east-1.amazonaws.com/streaming',
      stringToSign:
        'AWS4-HMAC-SHA256\n19810116T063000Z\n19810116/us-east-1/demo/aws4_request\n2f55adac13ea36e052f8fd00babb547c42b2649a25164de4e28e622721867b46',
      signature: 'e1d8e8c8815e60969f2a34765c9a15945ffc0badbaa4b7e3b163ea19131e949b',
      scope: { date: '19810116', region: 'us-east-1', service: 'demo' },
    },
    { credentials, now: () => dates.shift()! },
  )
  const wire = [...['A', 'B', 'C'].map((text) => signer.sign({ payload: text })), signer.end()]
  return wire.map((bytes) => [bytes, decodeEvent(bytes)])
}

async function stream(alter: (wire: Uint8Array) => Uint8Array): Promise<unknown> {
  const events = ['hello', 'is anybody there?'].map((payload) => ({
    headers: { ':event-type': 'Audio' },
    payload,
  }))
  const { method, headers, body } = signEventStream(
    { method: 'POST', url: 'https://transcribe.example/stream', body: events },
    { credentials: CREDENTIALS, ...SCOPE, now },
  )
  const wire = alter(await collect(body))
  const pieces = async function* () {
    for (let at = 0; at < wire.length; at += 33) yield wire.subarray(at, at + 33)
  }
  const message: RequestMessage = { method, target: '/stream', headers, body: pieces() }
  const said: unknown[] = []
  try {
    const verified = await createEventStreamVerifier({ ...SCOPE, secrets, now }).verify(message)
    for await (const event of verified.events) said.push(textOf(event.payload))
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    said.push(error.code)
  }
  return { wire, said }
}

/** All of them. */
export function eventCases(): Case[] {
  const encoded = encodeEvent(ALL_KINDS)
  return [
    {
      name: 'events: encode and decode',
      run: () => {
        const decoded = decodeEvent(encoded)
        expectEqual(textOf(decoded.payload), ALL_KINDS.payload, 'payload')
        return [encoded, decoded]
      },
    },
    {
      name: 'events: what is no event',
      run: () =>
        Promise.all(
          [encoded.with(5, 9), encoded.with(40, 9), encoded.subarray(0, 30)].map((bytes) =>
            outcomeOf(() => decodeEvent(bytes)),
          ),
        ),
    },
    { name: 'events: a chain', run: documentedEvents },
    { name: 'events: a stream', run: () => stream((wire) => wire) },
    {
      name: 'events: a stream that was altered',
      run: () => stream((wire) => wire.with(wire.length - 40, 1)),
    },
    {
      name: 'events: a web socket',
      run: () =>
        presignWebSocket(
          'wss://transcribestreaming.us-east-1.amazonaws.com:8443/stream?language-code=en-US',
          {
            credentials: CREDENTIALS,
            service: 'transcribe',
            region: 'us-east-1',
            date: DATE,
          },
        ),
    },
  ]
}
