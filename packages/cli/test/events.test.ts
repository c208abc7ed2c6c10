/** `countersign presign` of WebSockets: their URLs live as long as the service takes, and begin a chain of events. */
import { describe, expect, it } from 'vitest'
import { createEventSigner, createEventStreamVerifier, presignWebSocket } from 'countersign/streaming'
import { countersign, KEY, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const URL_SOCKET =
  'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US'
const credentials = { accessKeyId: KEY.AWS_ACCESS_KEY_ID, secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY }
const now = (): Date => new Date('2026-11-22T12:34:56Z')
const THREE_LINES = /^error: .+\n {2}why: .+\n {2}fix: .+\n$/

describe.concurrent('presign of a WebSocket', () => {
  const presign = (args: readonly string[]): Promise<Run> =>
    countersign(['presign', '--at', AT, ...args], { env: KEY })

  it('opens for five minutes, and begins a chain that verify takes', async () => {
    const { code, stdout, stderr } = await presign([URL_SOCKET])
    expect([code, stderr]).toEqual([0, 'GET, valid until 2026-11-22T12:39:56Z (5 minutes)\n'])
    const presigned = presignWebSocket(URL_SOCKET, { credentials, date: now() })
    expect(stdout).toBe(`${presigned.url}\n`)
    const signer = createEventSigner(presigned, { credentials, now })
    const { host, pathname, search } = new URL(stdout.trim())
    const verifier = createEventStreamVerifier({
      service: 'transcribe',
      region: 'eu-west-1',
      now,
      secrets: () => credentials,
    })
    const { events } = await verifier.verify({
      method: 'GET',
      target: pathname + search,
      headers: [['host', host]],
      body: Buffer.concat([signer.sign({ payload: 'x' }), signer.end()]),
    })
    const payloads: string[] = []
    for await (const { payload } of events) payloads.push(Buffer.from(payload).toString())
    expect(payloads).toEqual(['x'])
  })

  it('lives as long as the service takes', async () => {
    const other = 'wss://abc.execute-api.eu-west-1.amazonaws.com/prod'
    const { stdout } = await presign(['--expires', '1h', other])
    expect(stdout).toContain('X-Amz-Expires=3600&')
    for (const expires of ['301', '0']) {
      const { code, stderr } = await presign(['--expires', expires, URL_SOCKET])
      expect(code).toBe(2)
      expect(stderr).toMatch(THREE_LINES)
      expect(stderr).toContain('5m')
    }
  })

  it.each([[['-X', 'PUT']], [['-H', 'a: b']], [['--algorithm', 'v2']]])('refuses %j', async (args) => {
    const { code, stdout, stderr } = await presign([...args, URL_SOCKET])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('A WebSocket opens with a GET without headers')
  })

  it('leaves other URLs an hour', async () => {
    const { stdout } = await presign(['https://my-bucket.s3.eu-west-1.amazonaws.com/a.png'])
    expect(stdout).toContain('X-Amz-Expires=3600&')
  })
})
