/**
 * Published event streams: messages on the wire, what must be refused, and the chain of signatures, signed and
 * verified. Reads eventstream.json.
 */
import { describe, expect, it } from 'vitest'
import { deriveSigV4Key } from '../../packages/countersign/src/algorithms/sigv4.ts'
import { parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import { formatCredentialScope } from '../../packages/countersign/src/core/credential-scope.ts'
import { defaultSha256 } from '../../packages/countersign/src/crypto/default-sha256.ts'
import { encodeHeaders } from '../../packages/countersign/src/event-stream/encode-headers.ts'
import { buildEventStringToSign } from '../../packages/countersign/src/event-stream/event-chain.ts'
import { EventProof } from '../../packages/countersign/src/event-stream/event-proof.ts'
import { SigningKeyCache } from '../../packages/countersign/src/keys/signing-key-cache.ts'
import type { VerifyingKey } from '../../packages/countersign/src/keys/verifying-key.ts'
import type {
  EventHeaderValue,
  EventInput,
  EventSigner,
} from '../../packages/countersign/src/streaming/index.ts'
import {
  createEventSigner,
  createEventStreamVerifier,
  decodeEvent,
  encodeEvent,
  eventStreams,
  signEventStream,
} from '../../packages/countersign/src/streaming/index.ts'
import { createVerifier } from '../../packages/countersign/src/verify/index.ts'
import { readMessage } from '../../packages/countersign/src/verify/message.ts'
import { readClaim } from '../../packages/countersign/src/verify/read-claim.ts'
import { settleRules } from '../../packages/countersign/src/verify/verifier-options.ts'
import type { HeaderField } from '../kit/messages.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import { codeOf } from '../kit/code-of.ts'

interface Event {
  readonly amzDate: string
  readonly headersHex: string
  readonly payloadHex: string
  readonly stringToSign: string
  readonly signature?: string
}

interface Case {
  readonly name: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly region: string
  readonly service: string
  readonly seedSignature: string
  readonly seedRequest?: {
    readonly request: { readonly method: string; readonly target: string; readonly headers: HeaderField[] }
    readonly header: { canonicalRequest: string; stringToSign: string; authorization: string }
  }
  readonly events: readonly Event[]
}

interface CodecHeader {
  readonly name: string
  readonly type: string
  readonly value: string | number | boolean
}

interface Encoded {
  readonly name: string
  readonly encodedHex: string
}

interface Vectors {
  readonly cases: readonly Case[]
  readonly stringsToSign: readonly (Omit<Case, 'events' | 'seedSignature'> &
    Omit<Event, 'signature'> & { readonly priorSignature: string })[]
  readonly codec: readonly (Encoded & { decoded: { headers: CodecHeader[]; payloadBase64: string } })[]
  readonly negative: readonly (Encoded & { error: string })[]
}

/** The headers of these are no headers of the format, or not the date of the message alone. */
const RAW = /raw headers and payload|empty prior signature/

/** What a codec here says of what a source refuses, by the name of the source's error. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['Prelude checksum mismatch', 'EVENT_CHECKSUM_MISMATCH'],
  ['Message checksum mismatch', 'EVENT_CHECKSUM_MISMATCH'],
  ['PreludeChecksumMismatch', 'EVENT_CHECKSUM_MISMATCH'],
  ['MessageChecksumMismatch', 'EVENT_CHECKSUM_MISMATCH'],
  // Their prelude is good, the message is not: the checksum is looked at before any header.
  ['InvalidHeaderNameLength', 'EVENT_CHECKSUM_MISMATCH'],
  ['InvalidHeaderValueType', 'EVENT_CHECKSUM_MISMATCH'],
  ['InvalidHeaderValue', 'EVENT_CHECKSUM_MISMATCH'],
  ['InvalidHeadersLength', 'EVENT_MALFORMED'],
  ['InvalidUtf8String', 'EVENT_CHECKSUM_MISMATCH'],
])

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function valueOf({ type, value }: CodecHeader): EventHeaderValue {
  switch (type) {
    case 'boolTrue':
    case 'boolFalse':
      return Boolean(value)
    case 'byte':
      return { type: 'byte', value: Number(value) }
    case 'int16':
      return { type: 'short', value: Number(value) }
    case 'int32':
      return { type: 'integer', value: Number(value) }
    case 'int64':
      return BigInt(value)
    case 'bytes':
      return new Uint8Array(Buffer.from(String(value), 'base64'))
    case 'string':
      return String(value)
    case 'timestamp':
      return new Date(Number(value))
    case 'uuid':
      return { type: 'uuid', value: String(value).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') }
    default:
      throw new Error(`Not known here: ${type}`)
  }
}

/** What the payload of an outer message holds. */
function innerOf({ payloadHex }: Event): EventInput {
  const { headers, payload } = decodeEvent(bytesOf(payloadHex))
  return { headers, payload }
}

describeVectors('event streams', () => {
  const vectors = loadVectors<Vectors>('eventstream.json')

  describe('messages', () => {
    it.each(expectCases(vectors.codec))('$name', ({ encodedHex, decoded }) => {
      const payload = new Uint8Array(Buffer.from(decoded.payloadBase64, 'base64'))
      const headers = decoded.headers.map((header) => [header.name, valueOf(header)] as const)
      const message = decodeEvent(bytesOf(encodedHex))
      expect([...message.headers]).toEqual(headers)
      expect(hexOf(message.payload)).toBe(hexOf(payload))
      expect(hexOf(encodeEvent({ headers, payload }))).toBe(encodedHex)
    })

    it.each(expectCases(vectors.negative))('refuses $name', ({ encodedHex, error }) => {
      expect(codeOf(() => decodeEvent(bytesOf(encodedHex)))).toBe(REFUSALS.get(error))
    })
  })

  describe('chains', () => {
    it.each(expectCases(vectors.cases))('$name', ({ name, credentials, region, service, ...chain }) => {
      let previous = chain.seedSignature
      for (const event of expectCases(chain.events)) {
        const { amzDate, headersHex, payloadHex, stringToSign, signature } = event
        const scope = { date: amzDate.slice(0, 8), region, service }
        const scopeText = formatCredentialScope(scope)
        const place = { algorithm: 'AWS4-HMAC-SHA256', amzDate, scopeText, previous }
        expect(buildEventStringToSign(place, bytesOf(headersHex), bytesOf(payloadHex))).toBe(stringToSign)
        const key = defaultSha256().hmacKey(deriveSigV4Key(credentials.secretAccessKey, scope))
        previous = key.signHex(stringToSign)
        expect(previous).toBe(signature)
        if (RAW.test(name)) continue
        expect(hexOf(encodeHeaders([[':date', parseAmzDate(amzDate)!]]))).toBe(headersHex)
      }
    })

    it.each(expectCases(vectors.stringsToSign))('string to sign: $name', (given) => {
      const { amzDate, region, service, priorSignature: previous, stringToSign } = given
      const scopeText = formatCredentialScope({ date: amzDate.slice(0, 8), region, service })
      const place = { algorithm: 'AWS4-HMAC-SHA256', amzDate, scopeText, previous }
      expect(buildEventStringToSign(place, bytesOf(given.headersHex), bytesOf(given.payloadHex))).toBe(
        stringToSign,
      )
    })
  })

  describe('through the public names', () => {
    const whole = vectors.cases.filter(({ name }) => name === 'smithy-kotlin: wrapped message')

    it.each(expectCases(whole))('signs: $name', ({ credentials, region, service, seedSignature, events }) => {
      const [event] = expectCases(events)
      const signer: EventSigner = createEventSigner(
        {
          url: 'https://example.com/',
          stringToSign: 'AWS4-HMAC-SHA256\n',
          signature: seedSignature,
          scope: { date: event!.amzDate.slice(0, 8), region, service },
        },
        { credentials, now: () => parseAmzDate(event!.amzDate)! },
      )
      const { headers, payload } = decodeEvent(signer.sign(innerOf(event!)))
      expect(hexOf(payload)).toBe(event!.payloadHex)
      expect([...headers.keys()]).toEqual([':date', ':chunk-signature'])
      expect(headers.get(':chunk-signature')).toEqual(bytesOf(event!.signature ?? ''))
    })

    const begun = vectors.cases.filter(({ seedRequest }) => seedRequest !== undefined)

    it.each(expectCases(begun))('begins: $name', ({ credentials, region, service, seedRequest }) => {
      const { request, header } = seedRequest!
      const signed = signEventStream(
        {
          method: request.method,
          url: `https://${request.headers[0]?.[1]}${request.target}`,
          // The published request has no content type, which is sent and not signed here.
          headers: [...request.headers.slice(1), ['content-type', 'application/vnd.amazon.eventstream']],
          body: [],
        },
        {
          credentials,
          region,
          service,
          signHeaders: ['content-encoding'],
          now: () => parseAmzDate(header.stringToSign.split('\n')[1] ?? '')!,
        },
      )
      expect(signed.canonicalRequest).toBe(header.canonicalRequest)
      expect(signed.headers.find(([name]) => name === 'authorization')?.[1]).toBe(header.authorization)
    })

    it.each(expectCases(begun))('verifies: $name', async (given) => {
      const { credentials, region, service, seedRequest, events } = given
      const { request, header } = seedRequest!
      const amzDate = header.stringToSign.split('\n')[1] ?? ''
      const now = parseAmzDate(amzDate)!
      const headers: HeaderField[] = [
        ...request.headers,
        ['x-amz-date', amzDate],
        ['authorization', header.authorization],
      ]
      const wrapped = expectCases(events).map(({ amzDate: date, payloadHex, signature }) =>
        encodeEvent({
          headers: [
            [':date', parseAmzDate(date)!],
            [':chunk-signature', bytesOf(signature ?? '')],
          ],
          payload: bytesOf(payloadHex),
        }),
      )
      const message = { method: request.method, target: request.target, headers }

      // The published payloads are no messages, and so come out of no stream: the proof is asked about them.
      const rules = settleRules({ service, region, now: () => now })
      const claim = readClaim(readMessage(message, rules.limits), rules, now)
      const cache = new SigningKeyCache<VerifyingKey>(1)
      const findOwner = async () => credentials
      const proof = new EventProof({ claim, found: credentials, cache, rules, findOwner })
      for (const bytes of wrapped) await proof.check(decodeEvent(bytes))

      // Without the first of them, the rest is not as it was signed.
      const verifier = createEventStreamVerifier({ service, region, now: () => now, secrets: findOwner })
      const { events: stream } = await verifier.verify({ ...message, body: Buffer.concat(wrapped.slice(1)) })
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'CHUNK_SIGNATURE_MISMATCH',
      })

      // As the body of a request it is the same: what is signed right gets as far as its payload.
      const bodies = createVerifier({ service, region, now: () => now, secrets: findOwner, eventStreams })
      for (const [sent, code] of [
        [wrapped, 'CHUNK_MALFORMED'],
        [wrapped.slice(1), 'CHUNK_SIGNATURE_MISMATCH'],
      ] as const) {
        const { body, payload } = await bodies.verify({ ...message, body: Buffer.concat(sent) })
        expect(payload).toBe('pending')
        await expect(body?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code })
      }
    })
  })
})
