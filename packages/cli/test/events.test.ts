/** `countersign events`, and `presign` of WebSockets: what others published is read, written, signed and checked alike. */
import { describe, expect, it } from 'vitest'
import { createEventSigner, encodeEvent, presignWebSocket } from 'countersign/streaming'
import { describeVectors, expectCases, loadVectors } from '../../../test/kit/vectors.ts'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run, type RunOptions } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const URL_HTTPS = 'https://transcribestreaming.eu-west-1.amazonaws.com/stream-transcription'
const URL_SOCKET =
  'wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US'
const credentials = { accessKeyId: KEY.AWS_ACCESS_KEY_ID, secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY }
const now = (): Date => new Date('2026-11-22T12:34:56Z')

const LINES = [
  '{"headers":[{"name":":event-type","type":"string","value":"AudioEvent"}],"payload":"one"}',
  '{"headers":[],"payloadBase64":"//4="}',
  '{"headers":[{"name":"2","type":"long","value":"-9223372036854775808"},{"name":"1","type":"boolean","value":true}],"payload":"\\u0000ü"}',
]
const TEXT = `${LINES.join('\n')}\n`

const events = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  countersign(['events', ...args], { env: KEY, ...options })
const sign = (args: readonly string[] = [], options: RunOptions = {}): Promise<Run> =>
  events(['sign', '--at', AT, ...args, URL_HTTPS], { input: TEXT, ...options })
const verify = (input: Uint8Array, args: readonly string[] = [], options: RunOptions = {}): Promise<Run> =>
  events(['verify', '--at', AT, ...args], { input, ...options })

/** The frames of a raw request, each as the bytes that it has. */
function framesOf(request: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = request.indexOf('\r\n\r\n') + 4; at < request.length;) {
    const length = request.readUInt32BE(at)
    frames.push(request.subarray(at, at + length))
    at += length
  }
  return frames
}

const withFrames = (request: Buffer, frames: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(frames)
  const head = request.subarray(0, request.indexOf('\r\n\r\n') + 4).toString('latin1')
  const framed = head.replace(/content-length: \d+/, `content-length: ${body.length}`)
  return Buffer.concat([Buffer.from(framed, 'latin1'), body])
}

const THREE_LINES = /^error: .+\n {2}why: .+\n {2}fix: .+\n$/

describeVectors('published event streams', () => {
  interface Published {
    readonly credentials: typeof credentials
    readonly region: string
    readonly service: string
    readonly seedRequest?: {
      readonly request: { readonly target: string; readonly headers: readonly [string, string][] }
      readonly header: { readonly stringToSign: string; readonly authorization: string }
    }
    readonly events: readonly { amzDate: string; payloadHex: string; signature: string }[]
  }
  const vectors = loadVectors<{
    codec: readonly { name: string; encodedHex: string; decoded: { payloadBase64: string } }[]
    negative: readonly { name: string; encodedHex: string }[]
    cases: readonly Published[]
  }>('eventstream.json')
  const bytesOf = ({ encodedHex }: { encodedHex: string }): Buffer => Buffer.from(encodedHex, 'hex')

  it('are read to the last byte, and come out again', async () => {
    const cases = expectCases(vectors.codec)
    const stream = Buffer.concat(cases.map(bytesOf))
    const home = makeHome({ stream })
    const { code, stdout, stderr } = await events(['decode', 'stream'], { home })
    expect([code, stderr]).toEqual([0, ''])
    const payloads = stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { payload, payloadBase64 } = JSON.parse(line) as Record<string, string>
        return payloadBase64 ?? Buffer.from(payload ?? '').toString('base64')
      })
    expect(payloads).toEqual(cases.map(({ decoded }) => decoded.payloadBase64))
    const { bytes } = await events(['encode'], { input: stdout })
    expect(bytes.toString('hex')).toBe(stream.toString('hex'))
  })

  it.concurrent.each(expectCases(vectors.negative).map((one) => [one.name, one] as const))(
    'refuses %s behind a good one, and tells where',
    async (_, one) => {
      const good = encodeEvent({ headers: { naïve: new Uint8Array(3), at: now() }, payload: 'x' })
      const input = Buffer.concat([good, bytesOf(one)])
      const { code, stdout, stderr } = await events(['decode', '-'], { input })
      expect([code, stdout.split('\n').length]).toEqual([5, 2])
      expect(stderr).toMatch(THREE_LINES)
      expect(stderr).toContain(`Message 2, which begins at byte ${good.length}, cannot be read`)
    },
  )

  const begun = vectors.cases.filter(({ seedRequest }) => seedRequest !== undefined)

  it.each(expectCases(begun))('are begun and checked: %#', async (one) => {
    const { request, header } = one.seedRequest!
    const [, at = ''] = header.stringToSign.split('\n')
    const env = {
      AWS_ACCESS_KEY_ID: one.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: one.credentials.secretAccessKey,
    }
    const [[, host], ...others] = request.headers as [[string, string], ...[string, string][]]
    const given = others.flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const scope = ['--service', one.service, '--region', one.region, '--at', at]
    const signed = await events(
      ['sign', ...scope, ...given, '--sign-headers', 'content-encoding', `https://${host}${request.target}`],
      { env },
    )
    expect(signed.stdout).toContain(`authorization: ${header.authorization}\r\n`)

    const frames = one.events.map(({ amzDate, payloadHex, signature }) =>
      encodeEvent({
        headers: {
          ':date': new Date(amzDate.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:')),
          ':chunk-signature': new Uint8Array(Buffer.from(signature, 'hex')),
        },
        payload: new Uint8Array(Buffer.from(payloadHex, 'hex')),
      }),
    )
    const check = async (input: Buffer): Promise<string> =>
      (await events(['verify', '--at', at], { env, input })).stdout
    // The payloads are no messages: the first signature is found good before that is seen.
    expect(await check(withFrames(signed.bytes, frames))).toContain('(CHUNK_MALFORMED)')
    expect(await check(withFrames(signed.bytes, frames.slice(1)))).toContain('(CHUNK_SIGNATURE_MISMATCH)')
    expect(await check(withFrames(signed.bytes, frames.slice(-1)))).toContain('(CHUNK_SIGNATURE_MISMATCH)')
  })
})

describe.concurrent('events encode and decode', () => {
  it('keep order, types and bytes', async () => {
    const { bytes } = await events(['encode', '-'], { input: `\n${TEXT}\r\n` })
    const { code, stdout } = await events(['decode'], { input: bytes })
    expect([code, stdout]).toEqual([0, TEXT])
  })

  it('tell where a stream is cut off', async () => {
    const { bytes } = await events(['encode'], { input: TEXT })
    const { code, stdout, stderr } = await events(['decode', '--json'], { input: bytes.subarray(0, -1) })
    expect([code, stdout]).toEqual([5, `${LINES.slice(0, 2).join('\n')}\n`])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'EVENT_STREAM_INCOMPLETE' } })
  })

  it.each([
    ['{', 'it is no JSON'],
    ['[]', 'it is no object'],
    ['{"Payload":""}', '"Payload" is none of'],
    ['{"headers":{}}', 'headers is no list'],
    ['{"headers":[1]}', 'a header is no object'],
    ['{"headers":[{"name":"a"}]}', 'has no name or no type'],
    ['{"headers":[{"name":"a","type":"text","value":""}]}', 'no value of the type "text"'],
    ['{"headers":[{"name":"a","type":"long","value":1}]}', 'no value of the type "long"'],
    ['{"headers":[{"name":"a","type":"byte","value":128}]}', 'has no byte'],
    ['{"headers":[{"name":"a","type":"uuid","value":"1"}]}', 'of a type that the format does not know'],
    ['{"headers":[{"name":"a","type":"bytes","value":"%"}]}', 'no value of the type "bytes"'],
    ['{"headers":[{"name":"a","type":"timestamp","value":"2026-02-30T00:00:00Z"}]}', '"timestamp"'],
    [
      '{"headers":[{"name":"a","type":"boolean","value":true},{"name":"a","type":"boolean","value":true}]}',
      'twice',
    ],
    ['{"payload":1}', 'payload is no text'],
    ['{"payload":"\\ud800"}', 'surrogate'],
    ['{"payload":"","payloadBase64":""}', 'both there'],
    ['{"payloadBase64":"a"}', 'payloadBase64 is no base64'],
  ])('refuse %s, and write nothing', async (line, why) => {
    const { code, stdout, stderr } = await events(['encode'], { input: `${LINES[0]}\n\n${line}\n` })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(THREE_LINES)
    expect(stderr).toContain('Line 3 is no event')
    expect(stderr).toContain(why)
  })

  it.each(['decode', 'encode'])('tell of a file that is not there: %s', async (verb) => {
    const { code, stderr } = await events([verb, 'nothing'])
    expect(code).toBe(2)
    expect(stderr).toContain('cannot read nothing\n  why: there is no such file\n')
  })
})

describe.concurrent('events sign and verify', () => {
  it('agree, with temporary credentials too, and show no token', async () => {
    for (const env of [KEY, TEMPORARY_KEY]) {
      const { code, bytes, stderr } = await sign([], { env })
      expect([code, stderr]).toEqual([0, ''])
      const body = Buffer.concat(framesOf(bytes))
      expect(bytes.toString('latin1')).toContain(`content-length: ${body.length}\r\n\r\n`)
      const checked = await verify(bytes, [], { env })
      expect(checked.stdout).toBe(
        'valid\nkey      AKIDEXAMPLE\nscope    20261122/eu-west-1/transcribe\nevents   3, and their signed end\n',
      )
      expect([checked.code, checked.stderr]).toEqual([0, ''])
    }
  })

  it('agree with SigV4A', async () => {
    const { bytes } = await sign(['--algorithm', 'v4a', '--region-set', '*'])
    expect(await verify(bytes)).toMatchObject({ code: 0 })
    expect(await verify(bytes, ['--region', 'eu-west-1'])).toMatchObject({ code: 0 })
  })

  it('find what was changed, left out, moved or cut off', async () => {
    const { bytes } = await sign()
    const frames = framesOf(bytes)
    const [first, second, third, end] = frames as [Buffer, Buffer, Buffer, Buffer]
    const flipped = Buffer.from(second)
    flipped[flipped.length - 1]! ^= 1
    const cases: readonly [readonly Buffer[], number, string][] = [
      [[first, third, end], 1, 'CHUNK_SIGNATURE_MISMATCH'],
      [[second, first, third, end], 0, 'CHUNK_SIGNATURE_MISMATCH'],
      [[first, first], 1, 'CHUNK_SIGNATURE_MISMATCH'],
      [[first, flipped, third, end], 1, 'CHUNK_MALFORMED'],
      [[first, second, third], 3, 'BODY_INCOMPLETE'],
      [[...frames, end], 3, 'CHUNK_MALFORMED'],
    ]
    for (const [kept, good, code] of cases) {
      const run = await verify(withFrames(bytes, kept), ['--json'])
      expect(run.code).toBe(5)
      expect(JSON.parse(run.stdout)).toMatchObject({
        schema: 'countersign/events-verify/1',
        verdict: 'invalid',
        events: good,
        finding: { code },
      })
    }
  })

  it.each([
    [['--at', '20261122T124456Z'], KEY, 6, 'CLOCK_SKEWED'],
    [['--at', '20261122T124456Z', '--max-clock-skew', '15m'], KEY, 0, ''],
    [['--region', 'eu-west-2'], KEY, 5, 'SCOPE_REGION_WRONG'],
    [[], { ...KEY, AWS_ACCESS_KEY_ID: 'AKIDOTHER' }, 3, 'KEY_UNKNOWN'],
    [[], { ...KEY, AWS_SECRET_ACCESS_KEY: 'other' }, 5, 'SIGNATURE_MISMATCH'],
    [[], {}, 3, undefined],
    [['--algorithm', 'v2'], KEY, 2, undefined],
  ])('with %j and %j end with %i', async (args, env, expected, finding) => {
    const { bytes } = await sign()
    const { code, stdout, stderr } = await verify(bytes, args, { env })
    expect(code).toBe(expected)
    if (finding === undefined) expect(stderr).toMatch(THREE_LINES)
    else expect(stdout).toContain(finding)
    const signature = /Signature=(\w+)/.exec(bytes.toString('latin1'))![1]!
    expect(stdout + stderr).not.toContain(signature)
  })

  it('give the frames as JSON', async () => {
    const { bytes } = await sign()
    const { stdout } = await sign(['--json'])
    const { schema, frames } = JSON.parse(stdout) as { schema: string; frames: string[] }
    expect(schema).toBe('countersign/events-sign/1')
    expect(frames).toEqual(framesOf(bytes).map((frame) => frame.toString('base64')))
  })

  it.each([
    [['--algorithm', 'v2', URL_HTTPS], 'v2 signs no events'],
    [[URL_SOCKET], 'A WebSocket opens with no request of its own'],
    [['https://example.com/'], 'does not tell service and region'],
    [['-'], 'The URL must be absolute'],
    [[URL_HTTPS, 'nothing'], 'cannot read nothing'],
  ])('refuse %j', async (args, message) => {
    const { code, stdout, stderr } = await events(['sign', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(THREE_LINES)
    expect(stderr).toContain(message)
  })

  it('take plain requests for none with events', async () => {
    const { bytes } = await countersign(['sign', '--at', AT, '--format', 'http', '-d', 'x', URL_HTTPS], {
      env: KEY,
    })
    const { code, stderr } = await verify(bytes)
    expect([code, stderr]).toEqual([2, expect.stringContaining('This request has no signed events')])
  })
})

describe.concurrent('presign of a WebSocket', () => {
  const presign = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
    countersign(['presign', '--at', AT, ...args], { env: KEY, ...options })

  it('opens for five minutes, and begins a chain that verify takes', async () => {
    const { code, stdout, stderr } = await presign([URL_SOCKET])
    expect([code, stderr]).toEqual([0, 'GET, valid until 2026-11-22T12:39:56Z (5 minutes)\n'])
    const presigned = presignWebSocket(URL_SOCKET, { credentials, date: now() })
    expect(stdout).toBe(`${presigned.url}\n`)
    const signer = createEventSigner(presigned, { credentials, now })
    const { host, pathname, search } = new URL(stdout.trim())
    const head = `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n\r\n`
    const frames = [signer.sign({ payload: 'x' }), signer.end()]
    const request = Buffer.concat([Buffer.from(head), ...frames])
    expect(await verify(request)).toMatchObject({ code: 0 })
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

describe.concurrent('help on events', () => {
  it.each([['events'], ['events', 'decode'], ['events', 'encode'], ['events', 'sign'], ['events', 'verify']])(
    'of %s %s has at most 40 lines',
    async (...args) => {
      const { code, stdout } = await countersign([...args.filter((arg) => typeof arg === 'string'), '-h'])
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: countersign ${args.join(' ')} `)
      expect(stdout.split('\n').length).toBeLessThanOrEqual(41)
    },
  )
})
