/**
 * Signing in chunks: what is sent, where its bytes come from, and what is refused before the last of them.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSigner, SigningError, type Body, type HttpRequest } from '../index.ts'
import { createVerifier } from '../verify/index.ts'
import {
  createReadableStream,
  signChunks,
  type ChunkSource,
  type SignChunksOptions,
  type SignedUpload,
} from './index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const KIB = 1024
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00Z')
const url = 'https://bucket.s3.us-east-1.amazonaws.com/key'
const DATA = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) % 251)

const verifier = createVerifier({
  service: 's3',
  region: 'us-east-1',
  now: () => date,
  secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
})

function sign(
  body: ChunkSource,
  options: Partial<SignChunksOptions> = {},
  headers: Record<string, string> = {},
): SignedUpload {
  return signChunks({ method: 'PUT', url, headers, body }, { credentials, date, ...options })
}

/** Signs a stream, whose length must be told. */
const signStream = (body: ChunkSource, length = DATA.length): SignedUpload =>
  sign(body, {}, { 'content-length': String(length) })

async function collect(body: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of body ?? []) pieces.push(piece)
  return pieces
}

const headerOf = ({ headers }: SignedUpload, name: string): string | undefined =>
  headers.find(([other]) => other === name)?.[1]

/** Verifies what was signed; the data that a server gets. */
async function verified(signed: SignedUpload): Promise<Buffer> {
  const { method, headers, body } = signed
  const whole = await verifier.verify({ method, target: '/key', headers, body })
  return Buffer.concat(await collect(whole.body))
}

async function* piecesOf(data: Uint8Array, ...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length]!
    yield data.subarray(at, at + size)
    at += size
  }
}

/** The error that ends a body, and what came out before. */
async function failing(body: AsyncIterable<Uint8Array>): Promise<{ error: unknown; sent: string }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of body) pieces.push(piece)
  } catch (error) {
    return { error, sent: Buffer.concat(pieces).toString('latin1') }
  }
  return { error: undefined, sent: Buffer.concat(pieces).toString('latin1') }
}

describe('the head', () => {
  it('announces what is sent', async () => {
    const signed = sign(DATA)
    expect(Object.fromEntries(signed.headers)).toMatchObject({
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': '200000',
    })
    expect(headerOf(signed, 'x-amz-trailer')).toBeUndefined()
    const body = Buffer.concat(await collect(signed.body))
    expect(headerOf(signed, 'content-length')).toBe(String(body.length))
    expect(signed.signedHeaders).toEqual([
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-decoded-content-length',
    ])
  })

  it.each([
    [undefined, 'aws-chunked'],
    ['gzip', 'gzip,aws-chunked'],
    ['gzip, br', 'gzip,br,aws-chunked'],
    ['aws-chunked', 'aws-chunked'],
    ['gzip,AWS-Chunked', 'gzip,aws-chunked'],
    ['', 'aws-chunked'],
  ])('content-encoding %s becomes %s', (given, expected) => {
    const signed = sign(
      DATA,
      { signHeaders: 'sdk' },
      given === undefined ? {} : { 'content-encoding': given },
    )
    expect(signed.headers.filter(([name]) => name === 'content-encoding')).toEqual([
      ['content-encoding', expected],
    ])
    expect(signed.signedHeaders).toContain('content-encoding')
  })

  it('signs what chunks need, whichever headers are named', () => {
    const signed = sign(DATA, { signHeaders: ['content-type'] }, { 'content-type': 'a/b', 'x-team': 'a' })
    expect(signed.signedHeaders).toEqual([
      'content-type',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-decoded-content-length',
    ])
  })

  it('joins repeated codings, and sends one framing', () => {
    const headers: [string, string][] = [
      ['Content-Encoding', 'gzip'],
      ['content-encoding', 'br'],
      ['Transfer-Encoding', 'chunked'],
    ]
    const signed = signChunks({ method: 'PUT', url, headers, body: DATA }, { credentials, date })
    expect(headerOf(signed, 'content-encoding')).toBe('gzip,br,aws-chunked')
    expect(headerOf(signed, 'transfer-encoding')).toBeUndefined()
  })

  it('replaces what an earlier signing left, and keeps the rest', () => {
    const once = sign(DATA, { checksum: 'crc32' }, { 'content-type': 'text/plain', 'x-amz-acl': 'private' })
    const again = signChunks({ method: 'PUT', url, headers: once.headers, body: DATA }, { credentials, date })
    const names = again.headers.map(([name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(headerOf(again, 'x-amz-trailer')).toBeUndefined()
    expect(again.signedHeaders).toEqual(expect.arrayContaining(['content-type', 'x-amz-acl']))
    expect(headerOf(again, 'content-encoding')).toBe('aws-chunked')
  })

  it.each([
    [0, 86],
    [1, 173],
    [65_536, undefined],
    [65_537, undefined],
    [5 * KIB * KIB * KIB * KIB, undefined],
  ])('content-length is known for %i bytes before any is read', (length, expected) => {
    const signed = signStream(piecesOf(DATA, 1), length)
    const encoded = Number(headerOf(signed, 'content-length'))
    if (expected !== undefined) expect(encoded).toBe(expected)
    expect(encoded).toBeGreaterThan(length)
    expect(encoded).toBeLessThan(length * 1.002 + 300)
  })
})

describe('sources', () => {
  const sources: [string, () => ChunkSource][] = [
    ['bytes', () => DATA],
    ['an ArrayBuffer', () => DATA.slice().buffer],
    ['a Blob', () => new Blob([DATA])],
    ['a web stream', () => new Blob([DATA]).stream()],
    ['a stream that cannot be iterated', () => withoutIterator(new Blob([DATA]).stream())],
    ['a Node stream', () => Readable.from(piecesOf(DATA, 70_000))],
    ['single bytes', () => piecesOf(DATA.subarray(0), 1)],
    ['odd pieces', () => piecesOf(DATA, 1, 7, 8191, 3, 65_536, 1023, 1024)],
    ['empty pieces', () => piecesWithGaps()],
    ['one long piece', () => piecesOf(DATA, DATA.length)],
  ]

  it.each(sources)('%s', async (_, source) => {
    const body = source()
    const signed = signStream(body)
    expect((await verified(signed)).equals(DATA)).toBe(true)
  })

  function withoutIterator(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return new Proxy(stream, {
      has: (target, key) => key !== Symbol.asyncIterator && key in target,
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? (value as () => void).bind(target) : value
      },
    })
  }

  async function* piecesWithGaps(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array()
    for await (const piece of piecesOf(DATA, 9000)) {
      yield piece
      yield new Uint8Array()
    }
  }

  it('a text is its UTF-8 bytes, no body is none', async () => {
    expect((await verified(sign('grüße'))).toString()).toBe('grüße')
    expect((await verified(sign(undefined))).length).toBe(0)
  })

  it('data is passed on, not copied', async () => {
    const source = Array.from({ length: 3 }, () => new Uint8Array(64 * KIB).fill(7))
    const signed = signStream(
      (async function* () {
        yield* source
      })(),
      3 * 64 * KIB,
    )
    const pieces = await collect(signed.body)
    const sent = pieces.filter(({ length }) => length > KIB)
    expect(sent.map(({ buffer }) => buffer)).toEqual(source.map(({ buffer }) => buffer))
    for (const [index, { buffer }] of sent.entries()) expect(buffer).toBe(source[index]!.buffer)
  })

  it('is read no faster than the body, one chunk at most', async () => {
    let read = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for await (const piece of piecesOf(DATA, 8192)) {
        read += piece.length
        yield piece
      }
    }
    const iterator = signStream(source()).body[Symbol.asyncIterator]()
    expect(read).toBe(0)
    await iterator.next()
    expect(read).toBe(65_536)
    await iterator.return?.()
  })

  it('is closed by whoever stops reading', async () => {
    let isClosed = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* [DATA]
      } finally {
        isClosed = true
      }
    }
    for await (const piece of signStream(source()).body) {
      expect(piece.length).toBeGreaterThan(0)
      break
    }
    expect(isClosed).toBe(true)
  })

  it('bytes and a Blob can be sent again, a stream cannot', async () => {
    for (const source of [DATA, new Blob([DATA])]) {
      const signed = sign(source, { checksum: 'crc32' })
      expect((await verified(signed)).equals(DATA)).toBe(true)
      expect((await verified(signed)).equals(DATA)).toBe(true)
    }
    for (const source of [piecesOf(DATA, 9000), new Blob([DATA]).stream()]) {
      const signed = signStream(source)
      await collect(signed.body)
      const { error } = await failing(signed.body)
      expect(error).toMatchObject({ name: 'SigningError', code: 'BODY_NOT_REPEATABLE' })
    }
  })

  it('an error of the source is passed on', async () => {
    const fault = new Error('read failed')
    async function* source(): AsyncGenerator<Uint8Array> {
      yield DATA
      throw fault
    }
    expect((await failing(signStream(source(), DATA.length + 1).body)).error).toBe(fault)
  })
})

describe('lengths', () => {
  it.each([
    ['shorter', DATA.length + 1],
    ['shorter by much', DATA.length * 2],
    ['longer', DATA.length - 1],
    ['longer, at a chunk', 65_536],
    ['longer than nothing', 0],
  ])('a stream that is %s never gets its last chunk', async (_, length) => {
    for (const source of [piecesOf(DATA, 9000), piecesOf(DATA, DATA.length)]) {
      const { error, sent } = await failing(signStream(source, length).body)
      expect(error).toMatchObject({ name: 'SigningError', code: 'BODY_LENGTH_MISMATCH' })
      expect(sent).not.toMatch(/(?:^|\r\n)0;chunk-signature/)
    }
  })

  it.each<Record<string, string>>([
    {},
    { 'content-length': '' },
    { 'content-length': '-1' },
    { 'content-length': '0x10' },
    { 'content-length': 'x' },
    { 'content-length': '1.5' },
    { 'content-length': '9007199254740992' },
  ])('unknown: %o', (headers) => {
    expect(() => sign(piecesOf(DATA, 1), {}, headers)).toThrow(
      expect.objectContaining({ code: 'BODY_LENGTH_UNKNOWN' }),
    )
  })

  it('by option, and by the header of the data itself', async () => {
    expect((await verified(sign(piecesOf(DATA, 9000), { decodedLength: DATA.length }))).length).toBe(
      DATA.length,
    )
    const headers = { 'x-amz-decoded-content-length': '200000', 'content-length': '7' }
    expect((await verified(sign(piecesOf(DATA, 9000), {}, headers))).length).toBe(DATA.length)
  })

  it.each([8192, 8193, 65_535, 65_536, 1024 * KIB, 16 * 1024 * KIB])('chunks of %i', async (chunkSize) => {
    const signed = sign(piecesOf(DATA, 5000), { chunkSize, decodedLength: DATA.length })
    expect((await verified(signed)).equals(DATA)).toBe(true)
  })

  it.each([0, 8191, 8192.5, 16 * 1024 * KIB + 1, NaN, Infinity])('no chunks of %d', (chunkSize) => {
    expect(() => sign(DATA, { chunkSize })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('trailers', () => {
  const crc = Buffer.alloc(4)
  crc.writeUInt32BE(crc32(DATA))

  it.each([
    ['crc32', crc.toString('base64')],
    ['md5', createHash('md5').update(DATA).digest('base64')],
    ['sha1', createHash('sha1').update(DATA).digest('base64')],
    ['sha256', createHash('sha256').update(DATA).digest('base64')],
    ['sha512', createHash('sha512').update(DATA).digest('base64')],
  ] as const)('%s', async (checksum, value) => {
    for (const payload of ['signed', 'unsigned'] as const) {
      const signed = sign(DATA, { checksum, payload })
      const body = Buffer.concat(await collect(signed.body))
      expect(body.toString('latin1')).toContain(`\r\nx-amz-checksum-${checksum}:${value}\r\n`)
      expect(headerOf(signed, 'x-amz-trailer')).toBe(`x-amz-checksum-${checksum}`)
      expect(headerOf(signed, 'content-length')).toBe(String(body.length))
      expect((await verified(signed)).equals(DATA)).toBe(true)
    }
  })

  it.each(['crc32c', 'crc64nvme'] as const)('%s', async (checksum) => {
    expect((await verified(sign(DATA, { checksum }))).equals(DATA)).toBe(true)
  })

  it('sha512 is refused at both ends where there is no node:crypto', async () => {
    const { method, headers, body } = sign(DATA, { checksum: 'sha512' })
    vi.stubGlobal('process', undefined)
    expect(() => sign(DATA, { checksum: 'sha512' })).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'checksum must be one of crc32, crc32c, crc64nvme, md5, sha1, sha256',
      }),
    )
    const elsewhere = createVerifier({
      service: 's3',
      region: '*',
      now: () => date,
      secrets: () => credentials,
    })
    const sent = { method, target: '/key', headers, body }
    await expect(elsewhere.verify(sent)).rejects.toMatchObject({ code: 'TRAILER_UNSUPPORTED' })
  })

  it('given ones, behind the checksum', async () => {
    const signed = sign(DATA, { checksum: 'crc32', trailers: { 'X-Amz-Meta-A': ' 1 ' } })
    expect(headerOf(signed, 'x-amz-trailer')).toBe('x-amz-checksum-crc32,x-amz-meta-a')
    const body = Buffer.concat(await collect(signed.body)).toString('latin1')
    expect(body).toMatch(/\r\nx-amz-meta-a:1\r\nx-amz-trailer-signature:[0-9a-f]{64}\r\n\r\n$/)
    expect(headerOf(signed, 'content-length')).toBe(String(body.length))
  })

  it.each<[string, Partial<SignChunksOptions>]>([
    ['a checksum that is none', { checksum: 'crc16' as 'crc32' }],
    ['the checksum twice', { checksum: 'crc32', trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }],
    [
      'one twice',
      {
        trailers: [
          ['a', '1'],
          ['A', '2'],
        ],
      },
    ],
    ['the signature', { trailers: { 'x-amz-trailer-signature': '0' } }],
  ])('refused: %s', (_, options) => {
    expect(() => sign(DATA, options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  it('refused: line ends in a value', () => {
    expect(() => sign(DATA, { trailers: { a: 'b\r\nc: d' } })).toThrow(
      expect.objectContaining({ code: 'HEADER_INVALID' }),
    )
  })
})

describe('unsigned chunks', () => {
  it('carry no signatures; the head is signed', async () => {
    const signed = sign(DATA, { payload: 'unsigned' })
    expect(headerOf(signed, 'x-amz-content-sha256')).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    expect(Buffer.concat(await collect(signed.body)).includes('signature')).toBe(false)
    expect((await verified(signed)).equals(DATA)).toBe(true)
  })

  it('are refused over http, unless that is wanted', () => {
    const request = { method: 'PUT', url: 'http://localhost:9000/b/k', body: DATA }
    const options = { credentials, date, service: 's3', region: 'us-east-1', payload: 'unsigned' } as const
    expect(() => signChunks(request, options)).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_UNSIGNED_OVER_HTTP' }),
    )
    const allowed = signChunks(request, { ...options, allowUnsignedPayloadOverHttp: true })
    expect(allowed.signature).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('what cannot be signed', () => {
  it('a service that takes no chunks', () => {
    const request = { method: 'PUT', url: 'https://dynamodb.us-east-1.amazonaws.com/', body: DATA }
    expect(() => signChunks(request, { credentials, date })).toThrow(
      expect.objectContaining({ code: 'BODY_UNSUPPORTED' }),
    )
  })

  it('texts out of a stream, and bodies of no known type', async () => {
    const texts = Readable.from(['a', 'b']) as AsyncIterable<Uint8Array>
    expect((await failing(signStream(texts, 2).body)).error).toBeInstanceOf(SigningError)
    expect(() => Reflect.apply(sign, undefined, [7])).toThrow(
      expect.objectContaining({ code: 'BODY_UNSUPPORTED' }),
    )
  })
})

describe('createReadableStream', () => {
  it('gives the same bytes', async () => {
    const signed = sign(DATA)
    const response = new Response(createReadableStream(signed.body))
    const expected = Buffer.concat(await collect(signed.body))
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true)
  })

  it('reads nothing ahead, and closes the source when it is cancelled', async () => {
    let read = 0
    let isClosed = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          read += 1
          yield DATA
        }
      } finally {
        isClosed = true
      }
    }
    const reader = createReadableStream(source()).getReader()
    expect(read).toBe(0)
    await reader.read()
    expect(read).toBe(1)
    await reader.cancel()
    expect([read, isClosed]).toEqual([1, true])
  })

  it('passes errors on', async () => {
    const { body } = signStream(piecesOf(DATA, 9000), 10)
    await expect(new Response(createReadableStream(body)).arrayBuffer()).rejects.toMatchObject({
      code: 'BODY_LENGTH_MISMATCH',
    })
  })
})

describe('createSigner', () => {
  const signer = createSigner({ credentials, now: () => date })
  const request = (body: Body, headers: Record<string, string> = {}): HttpRequest<Body> => ({
    method: 'PUT',
    url,
    headers,
    body,
  })

  it('sends a stream of known length to S3 in signed chunks', async () => {
    for (const body of [piecesOf(DATA, 9000), new Blob([DATA]).stream()]) {
      const signed = await signer.sign(request(body, { 'content-length': '200000' }))
      expect(signed.body instanceof ReadableStream).toBe(body instanceof ReadableStream)
      const { method, headers } = signed
      const wire = signed.body as AsyncIterable<Uint8Array>
      const got = await verifier.verify({ method, target: '/key', headers, body: wire })
      expect(Buffer.concat(await collect(got.body)).equals(DATA)).toBe(true)
    }
  })

  it('leaves a stream alone whose hash is given', async () => {
    const body = piecesOf(DATA, 9000)
    const headers = { 'content-length': '200000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect((await signer.sign(request(body, headers))).body).toBe(body)
  })

  it('refuses one of unknown length, and one for another service', async () => {
    await expect(signer.sign(request(piecesOf(DATA, 9000)))).rejects.toMatchObject({
      code: 'BODY_UNSUPPORTED',
    })
    const other = {
      ...request(piecesOf(DATA, 9000), { 'content-length': '200000' }),
      url: 'https://sqs.us-east-1.amazonaws.com/',
    }
    await expect(signer.sign(other)).rejects.toMatchObject({ code: 'BODY_UNSUPPORTED' })
  })
})
