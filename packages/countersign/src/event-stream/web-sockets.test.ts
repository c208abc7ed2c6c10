/**
 * What opens a WebSocket: presigned URLs, and the signed headers of AppSync. A verifier of requests takes both.
 */
import { describe, expect, it } from 'vitest'
import type { Credentials } from '../index.ts'
import {
  createAppSyncSocket,
  createEventSigner,
  createEventStreamVerifier,
  presignWebSocket,
  signAppSyncBody,
  type PresignWebSocketOptions,
} from '../streaming/index.ts'
import { createVerifier } from '../verify/index.ts'

const credentials: Credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const temporary: Credentials = { ...credentials, accessKeyId: 'ASIDEXAMPLE', sessionToken: 'to/ken' }
const date = new Date('2026-11-22T12:00:00Z')
const now = (): Date => date
const transcribe =
  'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US'

const presign = (url: string, options: Partial<PresignWebSocketOptions> = {}) =>
  presignWebSocket(url, { credentials, date, ...options })

/** What opens a socket, as the server sees it. */
function messageOf(url: string): { method: string; target: string; headers: [string, string][] } {
  const { pathname, search, host } = new URL(url)
  return { method: 'GET', target: pathname + search, headers: [['host', host]] }
}

describe('presigned URLs', () => {
  it('for Transcribe: five minutes, the port signed, the token inside', async () => {
    const { url, headers, expiresAt, signedHeaders, canonicalRequest } = presign(transcribe, {
      credentials: temporary,
    })
    const query = new URL(url).searchParams
    expect(query.get('X-Amz-Credential')).toBe('ASIDEXAMPLE/20261122/eu-west-1/transcribe/aws4_request')
    expect(query.get('X-Amz-Expires')).toBe('300')
    expect(query.get('language-code')).toBe('en-US')
    expect([...query.keys()].at(-1)).toBe('X-Amz-Signature')
    expect(canonicalRequest).toMatch(/^host:transcribestreaming\.eu-west-1\.amazonaws\.com:8443$/m)
    expect(canonicalRequest).toMatch(/\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/)
    expect({ headers, signedHeaders }).toEqual({ headers: [], signedHeaders: ['host'] })
    expect(expiresAt).toEqual(new Date('2026-11-22T12:05:00Z'))

    const verifier = createVerifier({
      service: 'transcribe',
      region: 'eu-west-1',
      now,
      secrets: () => temporary,
    })
    await expect(verifier.verify(messageOf(url))).resolves.toMatchObject({ mechanism: 'query' })
  })

  it('for AWS IoT: the token behind the signature', () => {
    const { url } = presign('wss://example-ats.iot.eu-west-1.amazonaws.com/mqtt', { credentials: temporary })
    expect(url).toMatch(
      /%2Fiotdevicegateway%2F.*&X-Amz-Signature=[0-9a-f]{64}&X-Amz-Security-Token=to%2Fken$/,
    )
  })

  it('for others: service and region are read off the host, or given', () => {
    const gateway = presign('wss://abc.execute-api.eu-west-1.amazonaws.com/live', { expiresIn: 3600 })
    expect(gateway.scope).toMatchObject({ service: 'execute-api', region: 'eu-west-1' })
    const own = presign('ws://localhost:8080/x', { service: 'chat', region: 'local' })
    expect(own.scope).toMatchObject({ service: 'chat', region: 'local' })
    expect(() => presign('wss://example.com/')).toThrow(expect.objectContaining({ code: 'SCOPE_UNKNOWN' }))
  })

  it.each([301, 0, 1.5])('refuses a life of %s seconds at Transcribe', (expiresIn) => {
    expect(() => presign(transcribe, { expiresIn })).toThrow(
      expect.objectContaining({ code: 'EXPIRY_INVALID' }),
    )
  })

  it.each(['https://example.com/', 'example.com', '/path', 'wssx://example.com/'])('refuses %s', (url) => {
    expect(() => presign(url)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
  })
})

describe('events over a socket', () => {
  it('end with the last of them, and leave the socket open', async () => {
    const presigned = presign(transcribe)
    const signer = createEventSigner(presigned, { credentials, now })
    let isClosed = false
    // After the end nothing comes, as on a socket that waits for an answer.
    const sent = [signer.sign({ payload: 'one' }), signer.end()]
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const value = sent.shift()
          return value ? Promise.resolve({ value, done: false }) : new Promise<never>(() => {})
        },
        return: () => {
          isClosed = true
          return Promise.resolve({ value: undefined, done: true })
        },
      }),
    }
    const verifier = createEventStreamVerifier({
      service: 'transcribe',
      region: 'eu-west-1',
      now,
      secrets: () => credentials,
    })
    const { events } = await verifier.verify({ ...messageOf(presigned.url), body })
    const texts: string[] = []
    for await (const { payload } of events) texts.push(Buffer.from(payload).toString())
    expect({ texts, isClosed }).toEqual({ texts: ['one'], isClosed: false })
  })
})

describe('AppSync', () => {
  const graphql = 'https://abc123.appsync-api.eu-west-1.amazonaws.com/graphql'
  const event = 'https://abc123.appsync-api.eu-west-1.amazonaws.com/event'

  /** The headers in the subprotocol. */
  const headersOf = ({
    protocols: [, header],
  }: ReturnType<typeof createAppSyncSocket>): Record<string, string> =>
    JSON.parse(Buffer.from(header.slice('header-'.length), 'base64url').toString()) as Record<string, string>

  /** Verifies what was signed, as a POST of a body. */
  async function expectSigned(headers: Record<string, string>, target: string, body: string): Promise<void> {
    const verifier = createVerifier({
      service: 'appsync',
      region: 'eu-west-1',
      now,
      secrets: (id) => (id === temporary.accessKeyId ? temporary : credentials),
    })
    const verified = await verifier.verify({
      method: 'POST',
      target,
      headers: Object.entries(headers),
      body: Buffer.from(body),
    })
    expect(verified.payload).toBe('verified')
  }

  it.each([
    [
      graphql,
      'wss://abc123.appsync-realtime-api.eu-west-1.amazonaws.com/graphql',
      'graphql-ws',
      '/graphql/connect',
    ],
    [
      event,
      'wss://abc123.appsync-realtime-api.eu-west-1.amazonaws.com/event/realtime',
      'aws-appsync-event-ws',
      '/event',
    ],
    [
      'https://api.example.com/graphql',
      'wss://api.example.com/graphql/realtime',
      'graphql-ws',
      '/graphql/connect',
    ],
    [
      'https://api.example.com/event',
      'wss://api.example.com/event/realtime',
      'aws-appsync-event-ws',
      '/event',
    ],
  ])('opens a socket to %s', async (url, socketUrl, protocol, target) => {
    const socket = createAppSyncSocket(url, { credentials, date, region: 'eu-west-1' })
    expect(socket.url).toBe(socketUrl)
    expect(socket.protocols[0]).toBe(protocol)
    // What the WebSocket of browsers takes.
    expect(socket.protocols[1]).toMatch(/^header-[\w-]+$/)
    const headers = headersOf(socket)
    expect(headers).toMatchObject({
      host: new URL(url).host,
      accept: 'application/json, text/javascript',
      'content-encoding': 'amz-1.0',
      'content-type': 'application/json; charset=UTF-8',
      'x-amz-date': '20261122T120000Z',
    })
    await expectSigned(headers, target, '{}')
  })

  it('with a session token, and the region that the host tells', async () => {
    const headers = headersOf(createAppSyncSocket(event, { credentials: temporary, date }))
    expect(headers['x-amz-security-token']).toBe('to/ken')
    await expectSigned(headers, '/event', '{}')
  })

  it('signs what subscribes and publishes', async () => {
    const body = JSON.stringify({ channel: '/news/*' })
    const authorization = signAppSyncBody(event, body, { credentials, date })
    await expectSigned({ ...authorization }, '/event', body)
    await expect(expectSigned({ ...authorization }, '/event', '{"channel":"/*"}')).rejects.toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    })
  })

  it.each([
    'https://abc123.appsync-api.eu-west-1.amazonaws.com/',
    'https://abc123.appsync-api.eu-west-1.amazonaws.com/graphql?x=1',
    'http://abc123.appsync-api.eu-west-1.amazonaws.com/graphql',
    'wss://abc123.appsync-realtime-api.eu-west-1.amazonaws.com/graphql',
  ])('refuses %s', (url) => {
    for (const act of [
      createAppSyncSocket,
      (given: string) => signAppSyncBody(given, '{}', { credentials }),
    ]) {
      expect(() => act(url, { credentials })).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
    }
  })

  it("a domain of one's own does not tell its region", () => {
    expect(() => createAppSyncSocket('https://api.example.com/event', { credentials })).toThrow(
      expect.objectContaining({ code: 'SCOPE_UNKNOWN' }),
    )
  })
})
