/**
 * Attacks on chunked uploads: forged, dropped, repeated and moved frames, trailers that were not declared, lengths
 * that lie.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { VerificationError, VerifierOptions } from '../../packages/countersign/src/verify/index.ts'
import {
  bytesOfFrames,
  signText,
  signUpload,
  uploadMessage,
  withFrames,
  type SentUpload,
  type Upload,
} from '../kit/chunked-uploads.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  BAD_SIGNATURE,
  bytesOf,
  dateAt,
  refusalOf,
  sha256,
  signInHeader,
  verifierFor,
  verifyWhole,
  withBadSignature,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

const DATA = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 31) % 251)

/** CRC32 of bytes as S3 writes it. */
function crc32Of(data: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(data))
  return bytes.toString('base64')
}

const CRC: HeaderField = ['x-amz-checksum-crc32', crc32Of(DATA)]
const SHA: HeaderField = ['x-amz-checksum-sha256', createHash('sha256').update(DATA).digest('base64')]
const OTHER: HeaderField = ['x-amz-meta-a', 'value']
/** Takes the trailer that is none of a checksum, too. */
const WITH_OTHER: Partial<VerifierOptions<string>> = { streaming: { trailers: [CRC[0], SHA[0], OTHER[0]] } }

const plain: Upload = { data: DATA }
const trailing: Upload = { data: DATA, trailers: [CRC] }
const unsigned: Upload = { data: DATA, trailers: [CRC], isSigned: false }
const ALL = [
  ['signed', plain],
  ['signed, with trailers', trailing],
  ['unsigned', unsigned],
] as const

/** What reaches a handler of a body that is longer than what is held back, and the error that ends it. */
async function received(
  message: SentMessage,
  options: Partial<VerifierOptions<string>> = {},
): Promise<{ bytes: Buffer; error: VerificationError | undefined }> {
  const pieces: Uint8Array[] = []
  let error: unknown
  const body = message.body && inPieces(message.body)
  try {
    const verified = await verifierFor({ maxBufferedBody: 0, ...options }).verify({ ...message, body })
    for await (const piece of verified.body ?? []) pieces.push(piece)
  } catch (refusal) {
    error = refusal
  }
  return { bytes: Buffer.concat(pieces), error: error as VerificationError | undefined }
}

async function* inPieces(body: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

function altered(upload: Upload, change: (frames: string[]) => readonly string[]): SentMessage {
  const sent = signUpload(upload)
  return withFrames(sent, change([...sent.frames]))
}

describe('what is right is let in', () => {
  it.each(ALL)('%s', async (_, upload) => {
    const isSigned = upload.isSigned ?? true
    const verified = await verifyWhole(uploadMessage(upload))
    expect(verified.payload).toBe(isSigned ? 'verified' : 'unsigned')
    expect(verified.warnings).toEqual(isSigned ? [] : ['PAYLOAD_UNSIGNED'])
    expect(Buffer.from(verified.bytes).equals(DATA)).toBe(true)
    const { bytes, error } = await received(uploadMessage(upload))
    expect(error).toBeUndefined()
    expect(bytes.equals(DATA)).toBe(true)
  })

  it.each([0, 1, 8191, 8192, 8193, 16_384])('%i bytes', async (length) => {
    for (const upload of [plain, { ...plain, isSigned: false }]) {
      const data = DATA.subarray(0, length)
      const { bytes } = await verifyWhole(uploadMessage({ ...upload, data }))
      expect(Buffer.from(bytes).equals(data)).toBe(true)
    }
  })

  it('without content-encoding, which chooses nothing', async () => {
    await expectLetIn(uploadMessage({ ...plain, headers: [['content-encoding', '']] }))
  })

  it('several trailers, in any order', async () => {
    await expectLetIn(uploadMessage({ ...trailing, trailers: [SHA, CRC] }))
    await expectLetIn(uploadMessage({ ...unsigned, trailers: [CRC, OTHER] }), WITH_OTHER)
  })

  it('a LF before the line end of a trailer', async () => {
    await expectLetIn(altered(unsigned, (frames) => [...frames.slice(0, -1), `${CRC.join(':')}\n\r\n\r\n`]))
    const lines = (frames: string[]): string => frames.at(-1)!.replace('\r\n', '\n\r\n')
    await expectLetIn(altered(trailing, (frames) => [...frames.slice(0, -1), lines(frames)]))
  })

  it('for a service that is named as one', async () => {
    const message = uploadMessage({ ...plain, service: 'execute-api' })
    await expectRefused(message, 'PAYLOAD_MODE_UNSUPPORTED', 'InvalidRequest')
    await expectLetIn(message, { streaming: { services: ['execute-api'] } })
    await expectRefused(uploadMessage(plain), 'PAYLOAD_MODE_UNSUPPORTED', 'InvalidRequest', {
      streaming: false,
    })
  })
})

describe('C2 body buffered before auth', () => {
  it.each(ALL)('nothing is read of a body whose head is not right: %s', async (_, upload) => {
    let isRead = false
    const body = {
      [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
        isRead = true
        return inPieces(bytesOf('x'))
      },
    }
    const verifying = verifierFor().verify({ ...withBadSignature(uploadMessage(upload)), body })
    await expect(verifying).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    expect(isRead).toBe(false)
  })
})

describe('chunks that were not signed so', () => {
  const cases: [string, (frames: string[]) => readonly string[]][] = [
    ['the first dropped', (frames) => frames.slice(1)],
    ['one repeated', ([first, ...rest]) => [first!, first!, ...rest]],
    ['two exchanged', ([first, second, ...rest]) => [second!, first!, ...rest]],
    ['the data changed', ([first, ...rest]) => [first!.replace(/.\r\n$/s, 'x\r\n'), ...rest]],
    [
      'a signature of zeroes',
      ([first, ...rest]) => [first!.replace(/=[0-9a-f]{64}/, `=${BAD_SIGNATURE}`), ...rest],
    ],
    [
      "the next one's signature",
      ([first, second, ...rest]) => [withSignatureOf(first!, second!), second!, ...rest],
    ],
  ]
  it.each(cases)('%s', async (_, change) => {
    for (const upload of [plain, trailing]) {
      const message = altered(upload, change)
      const error = await refusalOf(message)
      expect(error.awsCode).toMatch(/^(?:SignatureDoesNotMatch|IncompleteBody)$/)
      const { bytes, error: late } = await received(message)
      expect(late?.code).toBe(error.code)
      expect(bytes.length).toBeLessThan(DATA.length)
      expect(Buffer.from(DATA).subarray(0, bytes.length).equals(bytes)).toBe(true)
    }
  })

  it('no byte of a chunk comes out before its signature was checked', async () => {
    const message = altered(plain, ([first, second, ...rest]) => [
      first!,
      second!.replace(/.\r\n$/s, 'x\r\n'),
      ...rest,
    ])
    const { bytes, error } = await received(message)
    expect(bytes.equals(DATA.subarray(0, 8192))).toBe(true)
    expect(error).toMatchObject({ code: 'CHUNK_SIGNATURE_MISMATCH', facts: { chunk: '2' } })
    expect(JSON.stringify(error)).not.toContain(signText('x'))
  })

  it('the last chunk with another signature, or none', async () => {
    const forge = (frames: string[]): string[] =>
      frames.map((frame) => (frame.startsWith('0;') ? `0;chunk-signature=${BAD_SIGNATURE}\r\n` : frame))
    await expectRefused(altered(plain, forge), 'CHUNK_SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    const bare = (frames: string[]): string[] =>
      frames.map((frame) => (frame.startsWith('0;') ? '0\r\n' : frame))
    await expectRefused(altered(plain, bare), 'CHUNK_MALFORMED', 'InvalidChunkSizeError')
  })

  it('a chain that does not begin with the head', async () => {
    const { message } = signUpload({ ...plain, headers: [['x-amz-meta-a', 'other']] })
    const stolen: SentUpload = { ...signUpload(plain), message }
    await expectRefused(
      withFrames(stolen, stolen.frames),
      'CHUNK_SIGNATURE_MISMATCH',
      'SignatureDoesNotMatch',
    )
  })
})

function withSignatureOf(frame: string, other: string): string {
  return frame.replace(/=[0-9a-f]{64}/, other.match(/=[0-9a-f]{64}/)![0])
}

describe('C5 one chunk sequence onto a second object', () => {
  it('is stopped by the head', async () => {
    const message = withTarget(uploadMessage(plain), () => '/b/other')
    await expectRefused(message, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A7 trailer signature absent or forged', () => {
  const at = (change: (last: string) => string): SentMessage =>
    altered(trailing, (frames) => [...frames.slice(0, -1), change(frames.at(-1)!)])

  it('(a) of zeroes', async () => {
    const message = at((last) => last.replace(/[0-9a-f]{64}/, BAD_SIGNATURE))
    await expectRefused(message, 'TRAILER_SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it('(b) a forged value', async () => {
    const message = at((last) => last.replace(CRC[1], 'AAAAAA=='))
    await expectRefused(message, 'TRAILER_SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it.each([
    ['no block', () => '\r\n'],
    ['no signature', () => `${CRC.join(':')}\r\n\r\n`],
    ['the signature alone', (last: string) => last.replace(`${CRC.join(':')}\r\n`, '')],
    ['the signature first', (last: string) => last.replace(/^(.*\r\n)(.*\r\n)/, '$2$1')],
    ['the signature twice', (last: string) => last.replace(/(x-amz-trailer.*\r\n)/, '$1$1')],
  ])('(c) %s', async (_, change) => {
    await expectRefused(at(change), 'TRAILER_MALFORMED', 'MalformedTrailerError')
  })

  it('(c) nothing at all', async () => {
    await expectRefused(
      at(() => ''),
      'BODY_INCOMPLETE',
      'IncompleteBody',
    )
  })

  it('(d) made with another algorithm name', async () => {
    const sent = signUpload(trailing)
    const previous = sent.frames.at(-2)!.match(/=([0-9a-f]{64})/)![1]!
    const sign = (name: string): string => {
      const date = dateAt()
      const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`
      return signText(`${name}\n${date}\n${scope}\n${previous}\n${sha256(`${CRC.join(':')}\n`)}`)
    }
    const last = (name: string): string => `${CRC.join(':')}\r\nx-amz-trailer-signature:${sign(name)}\r\n\r\n`
    const message = (name: string): SentMessage => withFrames(sent, [...sent.frames.slice(0, -1), last(name)])
    await expectLetIn(message('AWS4-HMAC-SHA256-TRAILER'))
    for (const name of ['AWS4-HMAC-SHA256-PAYLOAD', 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256-TRAILER'])
      await expectRefused(message(name), 'TRAILER_SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it('trailers that change places', async () => {
    const two: Upload = { ...trailing, trailers: [CRC, SHA] }
    const swap = (last: string): string => last.replace(/^(.*\r\n)(.*\r\n)/, '$2$1')
    const message = altered(two, (frames) => [...frames.slice(0, -1), swap(frames.at(-1)!)])
    await expectRefused(message, 'TRAILER_SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A8 undeclared or extra trailer', () => {
  const declared = (names: string): HeaderField[] => [['x-amz-trailer', names]]
  const cases: [string, string, readonly HeaderField[]][] = [
    ['an extra one', CRC[0], [CRC, OTHER]],
    ['the same twice', CRC[0], [CRC, CRC]],
    ['a declared one missing', CRC[0], []],
    ['another one', CRC[0], [SHA]],
    ['one of two missing', `${CRC[0]},${SHA[0]}`, [CRC]],
    ['one that was not declared', '', [CRC]],
  ]
  it.each(cases)('%s', async (_, names, trailers) => {
    for (const isSigned of [true, false]) {
      const message = uploadMessage({ data: DATA, isSigned, trailers, headers: declared(names) })
      await expectRefused(message, 'TRAILER_MALFORMED', 'MalformedTrailerError', WITH_OTHER)
    }
  })

  it.each([
    ['one twice', { ...trailing, headers: declared(`${CRC[0]},${CRC[0]}`) }],
    ['one, in a mode that has none', { ...plain, headers: declared(CRC[0]) }],
  ])('the head declares %s', async (_, upload) => {
    const error = await expectRefused(uploadMessage(upload), 'TRAILER_MALFORMED', 'MalformedTrailerError')
    expect(error.message).toContain('x-amz-trailer')
  })

  it.each([
    ['one that is not taken here', { ...trailing, trailers: [OTHER] }],
    ['the signature', { ...trailing, headers: declared('x-amz-trailer-signature') }],
  ])('the head declares %s', async (_, upload) => {
    await expectRefused(uploadMessage(upload), 'TRAILER_UNSUPPORTED', 'InvalidRequest')
  })

  it('a trailer behind a body that has none', async () => {
    const message = altered(plain, (frames) => [...frames.slice(0, -1), `${CRC.join(':')}\r\n\r\n`])
    await expectRefused(message, 'CHUNK_MALFORMED', 'InvalidChunkSizeError')
  })

  it('a checksum that is not that of the data', async () => {
    for (const isSigned of [true, false]) {
      const message = uploadMessage({ data: DATA, isSigned, trailers: [[CRC[0], 'AAAAAA==']] })
      const error = await expectRefused(message, 'CHECKSUM_MISMATCH', 'BadDigest')
      expect(error.facts).toEqual({ checksum: 'crc32' })
    }
  })

  it.each([
    ['capitals', 'X-Amz-Checksum-Crc32:'],
    ['a blank behind the colon', 'x-amz-checksum-crc32: '],
    ['a blank before the colon', 'x-amz-checksum-crc32 :'],
    ['a folded line', ' x-amz-checksum-crc32:'],
    ['no name', ':'],
  ])('%s', async (_, name) => {
    const message = altered(unsigned, (frames) => [...frames.slice(0, -1), `${name}${CRC[1]}\r\n\r\n`])
    await expectRefused(message, 'TRAILER_MALFORMED', 'MalformedTrailerError')
  })
})

describe('A25 decoded length lies', () => {
  const lying = (length: string, upload: Upload): Upload => ({
    ...upload,
    headers: [['x-amz-decoded-content-length', length]],
  })

  it.each(ALL)('too small: refused before the first byte over: %s', async (_, upload) => {
    for (const length of [0, 1, 8192, 16_384, 19_999]) {
      const message = uploadMessage(lying(String(length), upload))
      await expectRefused(message, 'BODY_LENGTH_MISMATCH', 'IncompleteBody')
      const { bytes, error } = await received(message)
      expect(error?.code).toBe('BODY_LENGTH_MISMATCH')
      expect(bytes.length).toBeLessThanOrEqual(length)
    }
  })

  it.each(ALL)('too large: %s', async (_, upload) => {
    for (const length of [20_001, 999_999_999_999_999]) {
      const { error } = await received(uploadMessage(lying(String(length), upload)))
      expect(error).toMatchObject({ code: 'BODY_LENGTH_MISMATCH', awsCode: 'IncompleteBody' })
    }
  })

  it.each(ALL)('missing, or no number: %s', async (_, upload) => {
    await expectRefused(uploadMessage(lying('', upload)), 'DECODED_LENGTH_MISSING', 'MissingContentLength')
    for (const length of ['-1', '1e3', '0x10', '2e4', '1'.repeat(16)])
      await expectRefused(uploadMessage(lying(length, upload)), 'REQUEST_MALFORMED', 'InvalidRequest')
  })

  it('over what is taken: refused although nothing was read', async () => {
    const message = uploadMessage(plain)
    const error = await expectRefused(message, 'BODY_TOO_LARGE', 'EntityTooLarge', { maxBytes: 19_999 })
    expect(error.facts).toEqual({ maxBytes: '19999', proposedSize: '20000' })
    await expectLetIn(message, { maxBytes: 20_000 })
  })

  it('content-length is that of the frames', async () => {
    const { frames } = signUpload(plain)
    const length = bytesOfFrames(frames).length
    const withLength = (given: number): Upload => ({ ...plain, headers: [['content-length', String(given)]] })
    await expectLetIn(uploadMessage(withLength(length)))
    for (const wrong of [length - 1, length + 1, DATA.length])
      await expectRefused(uploadMessage(withLength(wrong)), 'BODY_LENGTH_MISMATCH', 'IncompleteBody')
  })

  it('on a request that is not chunked it says the same, or is refused', async () => {
    const sign = (length: string): SentMessage =>
      signInHeader({ method: 'PUT', body: 'hello', headers: [['x-amz-decoded-content-length', length]] })
    await expectLetIn(sign('5'))
    for (const length of ['3', '10'])
      await expectRefused(sign(length), 'BODY_LENGTH_MISMATCH', 'IncompleteBody')
    await expectRefused(sign('five'), 'REQUEST_MALFORMED', 'InvalidRequest')
  })
})

describe('A26 chunk size lies', () => {
  const first = (line: (size: string, signature: string) => string, upload = plain): SentMessage =>
    altered(upload, ([frame, ...rest]) => {
      const [size, signature = ''] = frame!.split('\r\n', 1)[0]!.split(';chunk-signature=')
      return [frame!.replace(/^.*?\r\n/, line(size!, signature)), ...rest]
    })
  const signed = (size: string): SentMessage =>
    first((_, signature) => `${size};chunk-signature=${signature}\r\n`)

  it.each([
    ['FFFFFFFF', 'CHUNK_SIZE_INVALID'],
    ['ffffffffffffffff', 'CHUNK_SIZE_INVALID'],
    ['1000001', 'CHUNK_SIZE_INVALID'],
    ['5000', 'BODY_LENGTH_MISMATCH'],
    ['1ffffffffffffffff', 'CHUNK_MALFORMED'],
    ['f'.repeat(1024 * 1024), 'CHUNK_MALFORMED'],
    ['-5', 'CHUNK_MALFORMED'],
    ['+5', 'CHUNK_MALFORMED'],
    ['0x5', 'CHUNK_MALFORMED'],
    ['2000 ', 'CHUNK_MALFORMED'],
    [' 2000', 'CHUNK_MALFORMED'],
    ['', 'CHUNK_MALFORMED'],
    ['2001', 'CHUNK_MALFORMED'],
    ['1fff', 'CHUNK_MALFORMED'],
  ])('the size %.20s', async (size, code) => {
    const error = await refusalOf(signed(size))
    expect(error.code).toBe(code)
    const { bytes } = await received(signed(size))
    expect(bytes.length).toBe(0)
  })

  it.each([
    ['LF only', (size: string, signature: string) => `${size};chunk-signature=${signature}\n`],
    ['CR only', (size: string, signature: string) => `${size};chunk-signature=${signature}\r`],
    [
      'an extension before',
      (size: string, signature: string) => `${size};a=b;chunk-signature=${signature}\r\n`,
    ],
    [
      'an extension behind',
      (size: string, signature: string) => `${size};chunk-signature=${signature};a=b\r\n`,
    ],
    [
      'a blank before the signature',
      (size: string, signature: string) => `${size}; chunk-signature=${signature}\r\n`,
    ],
    ['quotes', (size: string, signature: string) => `${size};chunk-signature="${signature}"\r\n`],
    ['a line before', (size: string, signature: string) => `\r\n${size};chunk-signature=${signature}\r\n`],
    ['no signature', (size: string) => `${size}\r\n`],
    ['an empty signature', (size: string) => `${size};chunk-signature=\r\n`],
  ])('%s', async (_, line) => {
    const error = await refusalOf(first(line))
    expect(error).toMatchObject({ code: 'CHUNK_MALFORMED', awsCode: 'InvalidChunkSizeError' })
  })

  it.each([
    ['capitals', (signature: string) => signature.toUpperCase()],
    ['a digit short', (signature: string) => signature.slice(1)],
    ['a digit more', (signature: string) => `${signature}0`],
    ['filled up as ECDSA is, with more behind', (signature: string) => `${signature}*0`],
  ])('a signature with %s', async (_, change) => {
    const error = await refusalOf(
      first((size, signature) => `${size};chunk-signature=${change(signature)}\r\n`),
    )
    expect(error.code).toMatch(/^CHUNK_(?:MALFORMED|SIGNATURE_MISMATCH)$/)
  })

  it('a signature where there are none', async () => {
    const message = first((size) => `${size};chunk-signature=${BAD_SIGNATURE}\r\n`, unsigned)
    await expectRefused(message, 'CHUNK_MALFORMED', 'InvalidChunkSizeError')
  })

  it.each(ALL)('data after the last chunk: %s', async (_, upload) => {
    for (const more of ['x', '\r\n', '0\r\n\r\n', '5\r\nhello\r\n']) {
      const message = altered(upload, (frames) => [...frames, more])
      await expectRefused(message, 'CHUNK_MALFORMED', 'InvalidChunkSizeError')
    }
  })

  it.each(ALL)('the body ends anywhere before its end: %s', async (_, upload) => {
    const { message } = signUpload(upload)
    const whole = bytesOfFrames(signUpload(upload).frames)
    for (const end of [0, 1, 50, 86, 87, 4000, whole.length - 200, whole.length - 5, whole.length - 1]) {
      await expectRefused({ ...message, body: whole.slice(0, end) }, 'BODY_INCOMPLETE', 'IncompleteBody')
    }
    await expectRefused({ ...message, body: undefined }, 'BODY_INCOMPLETE', 'IncompleteBody')
  })

  it('signed chunks below 8 KiB, but for the last one', async () => {
    const small = uploadMessage({ ...plain, chunkSize: 8191 })
    const error = await expectRefused(small, 'CHUNK_SIZE_INVALID', 'InvalidChunkSizeError')
    expect(error.facts).toMatchObject({ chunk: '2' })
    await expectLetIn(small, { streaming: { minChunk: 8191 } })
    // The AWS SDK for JavaScript sends frames of a few bytes.
    await expectLetIn(uploadMessage({ ...unsigned, chunkSize: 6 }))
  })

  it('a signed chunk over what is held', async () => {
    await expectLetIn(uploadMessage(plain), { streaming: { maxChunk: 8192 } })
    const message = uploadMessage({ ...plain, chunkSize: 8193 })
    await expectRefused(message, 'CHUNK_SIZE_INVALID', 'InvalidChunkSizeError', {
      streaming: { maxChunk: 8192 },
    })
  })
})

describe('A27 aws-chunked taken from Content-Encoding', () => {
  it('with an unsigned payload the frames are the body', async () => {
    const body = bytesOfFrames(signUpload({ ...unsigned, data: bytesOf('hello'), trailers: [] }).frames)
    const message = signInHeader({
      method: 'PUT',
      headers: [
        ['content-encoding', 'aws-chunked'],
        ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
      ],
      body: Buffer.from(body).toString(),
    })
    const { bytes, payload } = await verifyWhole(message)
    expect(payload).toBe('unsigned')
    expect(bytes).toEqual(Buffer.from(body))
  })

  it('a body that is not framed is none of chunks', async () => {
    const sent = signUpload({ ...plain, data: bytesOf('hello'), headers: [['content-encoding', '']] })
    await expectRefused(withFrames(sent, ['hello']), 'BODY_INCOMPLETE', 'IncompleteBody')
  })
})

describe('A33 range checked against Content-Length', () => {
  it('a chunked body is counted without its frames', async () => {
    await expectLetIn(uploadMessage({ ...unsigned, chunkSize: 6 }), { maxBytes: DATA.length })
  })
})

describe('C3 slow trailers, endless headers', () => {
  it.each([
    ['a trailer of 1 GB', (): string => 'x-amz-checksum-crc32:'],
    ['trailers without end', (): string => `${CRC.join(':')}\r\n`],
    ['a line without end', (): string => ''],
  ])('%s is given up after 1 KiB', async (_, head) => {
    const { message, frames } = signUpload(unsigned)
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytesOfFrames(frames.slice(0, -1))
      for (let rest = head(); ; rest = head() || 'a') {
        const piece = bytesOf(rest + 'a'.repeat(64))
        sent += piece.length
        yield piece
      }
    }
    const verifying = verifierFor().verify({ ...message, body: endless() })
    await expect(verifying).rejects.toMatchObject({ code: 'TRAILER_MALFORMED' })
    expect(sent).toBeLessThan(1300)
  })

  it('a chunk header without end', async () => {
    const { message } = signUpload(plain)
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sent += 1
        yield bytesOf('0')
      }
    }
    const verifying = verifierFor().verify({ ...message, body: endless() })
    await expect(verifying).rejects.toMatchObject({ code: 'CHUNK_MALFORMED' })
    expect(sent).toBeLessThan(300)
  })

  it('a request that is given up is read no further', async () => {
    const { message, frames } = signUpload(plain)
    const abort = new AbortController()
    let isClosed = false
    async function* slow(): AsyncGenerator<Uint8Array> {
      try {
        yield bytesOfFrames(frames.slice(0, 1))
        abort.abort(new Error('gone'))
        yield bytesOfFrames(frames.slice(1))
      } finally {
        isClosed = true
      }
    }
    const verifying = verifierFor().verify({ ...message, body: slow(), signal: abort.signal })
    await expect(verifying).rejects.toThrow('gone')
    expect(isClosed).toBe(true)
  })
})
