/**
 * C2: a body of 10 GB behind a head that cannot be good. On a real socket nobody asks for a byte of it: whoever waits
 * for `100 Continue` gets a refusal instead, and of whoever sends at once nothing is read but what the kernel had taken.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readNodeRequest } from '../../packages/countersign/src/servers/node.ts'
import {
  s3Xml,
  VerificationError,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import {
  presign,
  sha256,
  signInHeader,
  verifierFor,
  withBadSignature,
  withHeaders,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'
import { startServer, type Listening } from '../kit/servers.ts'

const TEN_GIGABYTES = 10_000_000_000
const MEBIBYTE = 1024 * 1024

interface Seen {
  readonly code: string
  readonly isRead: boolean
}

let server: Listening<unknown>
let options: Partial<VerifierOptions<string>>
let seen: Seen | undefined
let bytesRead = 0

beforeEach(async () => {
  options = { maxBytes: 1e9 }
  seen = undefined
  const listening = await startServer((request, response) => void serve(request, response, false))
  listening.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, true)
  })
  server = listening
})
afterEach(() => server.close())

/** Verifies, reads what is good, and answers. Only a read of the body tells the client to go on. */
async function serve(request: IncomingMessage, response: ServerResponse, isWaiting: boolean): Promise<void> {
  const message = readNodeRequest(request)
  const given = message.body
  async function* asked(): AsyncGenerator<Uint8Array> {
    if (isWaiting) response.writeContinue()
    if (given && !(given instanceof Uint8Array)) yield* given
  }
  try {
    const { body = [] } = await verifierFor(options).verify({ ...message, body: given && asked() })
    let length = 0
    for await (const piece of body) length += piece.length
    response.end(String(length))
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    seen = { code: error.code, isRead: request.readableDidRead }
    bytesRead = request.socket.bytesRead
    const { status, headers, body } = s3Xml(error)
    response.writeHead(status, [...headers.flat(), 'connection', 'close']).end(body)
  }
}

function headOf({ method, target, headers }: SentMessage, ...more: HeaderField[]): string {
  const lines = [...headers, ...more].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${target} HTTP/1.1\r\n${lines}\r\n`
}

/** Sends a head, and zeroes behind it for as long as they are taken; what is answered until the connection closes. */
function send(head: string, piece?: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(head)
      if (piece) push()
    })
    function push(): void {
      while (!socket.destroyed && socket.write(piece!));
      socket.once('drain', push)
    }
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('end', () => socket.destroy())
    socket.on('close', () => resolve(text))
  })
}

const put = { method: 'PUT', target: '/b/k' }
const md5 = createHash('md5').update('x').digest('base64')
const unsigned = (...headers: HeaderField[]): SentMessage =>
  signInHeader({ ...put, headers, payloadHash: 'UNSIGNED-PAYLOAD' })
const hashed = (...headers: HeaderField[]): SentMessage =>
  signInHeader({ ...put, headers, payloadHash: sha256('x') })
const general = (...headers: HeaderField[]): SentMessage =>
  signInHeader({ ...put, service: 'execute-api', headers, payloadHash: sha256('x') })
const chunked = (decoded: number, ...headers: HeaderField[]): SentMessage =>
  signInHeader({
    ...put,
    headers: [['x-amz-decoded-content-length', String(decoded)], ...headers],
    payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  })

const TAKEN = { maxBytes: Infinity }
const ROWS: [name: string, message: SentMessage, code: string, options?: Partial<VerifierOptions<string>>][] =
  [
    ['a wrong signature', withBadSignature(hashed()), 'SIGNATURE_MISMATCH', TAKEN],
    ['a wrong signature in a URL', withBadSignature(presign(put)), 'SIGNATURE_MISMATCH', TAKEN],
    ['a wrong signature of chunks', withBadSignature(chunked(5)), 'SIGNATURE_MISMATCH'],
    ['an unknown key', signInHeader({ ...put, accessKeyId: 'NOBODY' }), 'KEY_UNKNOWN', TAKEN],
    ['no signature', { ...put, headers: [['host', 'h']] }, 'SIGNATURE_MISSING', TAKEN],
    ['an unsigned header', withHeaders(hashed(), ['x-amz-acl', 'private']), 'HEADERS_NOT_SIGNED', TAKEN],
    ['too long a hashed body', hashed(), 'BODY_TOO_LARGE'],
    ['too long an unsigned body', unsigned(), 'BODY_TOO_LARGE'],
    ['too long a body of a URL', presign(put), 'BODY_TOO_LARGE'],
    ['too long an upload in chunks', chunked(TEN_GIGABYTES - 100), 'BODY_TOO_LARGE'],
    ['a body that must be read first, and is too long for that', general(), 'BODY_TOO_LARGE', TAKEN],
    ['Content-MD5 that is none', unsigned(['content-md5', 'x']), 'CONTENT_MD5_INVALID', TAKEN],
    ['a checksum that is none', hashed(['x-amz-checksum-sha1', md5]), 'CHECKSUM_INVALID', TAKEN],
    [
      'a checksum that is none, of chunks',
      chunked(9, ['x-amz-checksum-crc32', 'x']),
      'CHECKSUM_INVALID',
      TAKEN,
    ],
    ['a checksum of an unknown kind', hashed(['x-amz-checksum-a', md5]), 'CHECKSUM_UNSUPPORTED', TAKEN],
    [
      'two checksums',
      hashed(['x-amz-checksum-crc32', 'AAAAAA=='], ['x-amz-checksum-md5', md5]),
      'CHECKSUMS_SEVERAL',
      TAKEN,
    ],
    ['a trailer that is not taken', chunked(9, ['x-amz-trailer', 'x-amz-a']), 'TRAILER_UNSUPPORTED', TAKEN],
    ['too much metadata', hashed(['x-amz-meta-a', 'v'.repeat(3000)]), 'METADATA_TOO_LARGE', TAKEN],
    [
      'an unsigned payload where none is taken',
      unsigned(),
      'PAYLOAD_UNSIGNED',
      { unsignedPayload: 'refused' },
    ],
  ]

describe.each(ROWS)('%s', (_, message, code, given = {}) => {
  const length: HeaderField = ['content-length', String(TEN_GIGABYTES)]
  beforeEach(() => {
    options = { ...options, ...given }
    if (code === 'PAYLOAD_UNSIGNED') options = { ...options, maxBytes: Infinity }
  })

  it('is refused in place of 100 Continue', async () => {
    const head = headOf(message, length, ['expect', '100-continue'])
    const text = await send(head)
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(text).not.toContain('100 Continue')
    expect(seen).toEqual({ code, isRead: false })
    expect(bytesRead).toBe(head.length)
  })

  it('is refused while its sender is writing', async () => {
    const text = await send(headOf(message, length), new Uint8Array(64 * 1024))
    // Where the rest of a body is not read, the kernel may take back the answer, too.
    if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(seen).toEqual({ code, isRead: false })
    expect(bytesRead).toBeLessThan(MEBIBYTE)
  })
})

it('what is good is asked for', async () => {
  options = TAKEN
  const head = headOf(
    hashed(['content-md5', md5]),
    ['content-length', '1'],
    ['expect', '100-continue'],
    ['connection', 'close'],
  )
  const text = await new Promise<string>((resolve) => {
    let all = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(head))
    socket.on('data', (chunk) => {
      all += chunk.toString('latin1')
      if (all === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('x')
    })
    socket.on('close', () => resolve(all))
  })
  expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
})
