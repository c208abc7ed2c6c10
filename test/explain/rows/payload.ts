/**
 * Rows M84a to M84j: the payload.
 *
 * @module
 */
import { gzipSync } from 'node:zlib'
import type { ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { changedOnTheWay, credentials, signedWith, withHeader, type ExplainRow } from '../row.ts'
import { refusalOf } from '../server.ts'
import { sha256, signWrongly, type Request as Draft } from '../wrong-signer.ts'

const ALL = { log: 'proven', key: 'proven' } as const
const ON_THE_WAY = { log: 'proven', echo: 'proven', wire: 'proven' } as const
const GENERAL = { dialect: 'awsJson' } as const
const JSON_TYPE = [['content-type', 'application/json']] as const
const POST = { service: 'execute-api', method: 'POST', target: '/pets', headers: JSON_TYPE } as const

function withBody(body: string | Uint8Array): (sent: ObservedRequest) => ObservedRequest {
  return (sent) => ({ ...sent, body: Buffer.from(body) })
}

function form(boundary: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--${boundary}--\r\n`
}

/** An upload in signed chunks, altered on the way. */
function chunked(
  alter: (body: Buffer) => Buffer,
  lengthOf: (length: number) => number = (length) => length,
): ExplainRow['make'] {
  return async (known) => {
    const data = ['a'.repeat(8192), 'tail']
    const { request, chunkSignature } = signWrongly({
      method: 'PUT',
      target: '/bucket/key',
      headers: [
        ['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
        ['x-amz-decoded-content-length', String(lengthOf(8196))],
      ],
    })
    const frames = [...data, ''].map(
      (chunk) => `${chunk.length.toString(16)};chunk-signature=${chunkSignature(chunk)}\r\n${chunk}\r\n`,
    )
    const sent = { ...request, body: alter(Buffer.from(frames.join(''))) }
    const answer = await refusalOf(sent, { isEchoed: false })
    if (!answer) throw new Error('The upload was let in')
    const options = known === 'key' || known === 'wire' ? { options: { credentials } } : {}
    return { evidence: { request: sent, answer }, ...options }
  }
}

/** A request that was signed right, and the answer of a server whose answer we do not give ourselves. */
function answered(request: Draft, status: number, document: string): ExplainRow['make'] {
  return async () => {
    const answer = { status, headers: [], body: Buffer.from(document) }
    return { evidence: { request: signWrongly(request).request, answer } }
  }
}

/** The rows. */
export const PAYLOAD_ROWS: readonly ExplainRow[] = [
  {
    id: 'M84a',
    input: 'JSON printed with blanks for the hash, and compactly on the wire',
    expected: ALL,
    make: signedWith(
      { ...POST, body: '{"a":1,"b":[1,2]}' },
      { payloadHash: () => sha256('{"a": 1, "b": [1, 2]}') },
      GENERAL,
    ),
  },
  {
    id: 'M84a',
    input: 'a final line end that the client dropped after hashing',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay({ ...POST, body: '{"a":1}\n' }, withBody('{"a":1}'), GENERAL),
  },
  {
    id: 'M84a',
    input: '`PUT` to S3 of a text whose line ends became CRLF (XAmzContentSHA256Mismatch)',
    expected: { answer: 'proven', key: 'proven' },
    make: changedOnTheWay({ method: 'PUT', target: '/bucket/key', body: 'a\nb\n' }, withBody('a\r\nb\r\n')),
  },
  {
    id: 'M84b',
    input: 'an upload whose stream was read before it was hashed: the hash of nothing',
    expected: ALL,
    make: signedWith({ ...POST, body: '{"a":1}' }, { payloadHash: () => sha256('') }, GENERAL),
  },
  {
    id: 'M84b',
    input: '`PUT` to S3 with the hash of its body, which was not sent',
    expected: { answer: 'proven' },
    make: changedOnTheWay({ method: 'PUT', target: '/bucket/key', body: 'data' }, withBody('')),
  },
  {
    id: 'M84c',
    input: 'a body compressed after it was hashed',
    expected: { key: 'proven' },
    make: changedOnTheWay(
      { ...POST, body: '{"pets":["cat","dog","cat","dog"]}' },
      withBody(gzipSync('{"pets":["cat","dog","cat","dog"]}')),
      GENERAL,
    ),
  },
  {
    id: 'M84d',
    input: 'a form hashed with one boundary and sent with another',
    expected: { log: 'proven', key: 'proven' },
    make: signedWith(
      { ...POST, headers: [['content-type', 'multipart/form-data; boundary=AAAA']], body: form('BBBB') },
      { payloadHash: () => sha256(form('AAAA')) },
      GENERAL,
    ),
  },
  {
    id: 'M84e',
    input: '`UNSIGNED-PAYLOAD` to API Gateway',
    expected: { answer: 'likely' },
    make: signedWith(
      { ...POST, headers: [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']], body: '{}' },
      {},
      GENERAL,
    ),
  },
  {
    id: 'M84e',
    input: 'the same without the header',
    expected: ALL,
    make: signedWith({ ...POST, body: '{}' }, { payloadHash: () => 'UNSIGNED-PAYLOAD' }, GENERAL),
  },
  {
    id: 'M84f',
    input: '`GET` of S3 without `x-amz-content-sha256`',
    expected: { answer: 'stated' },
    make: changedOnTheWay({ target: '/bucket/key' }, (sent) => withHeader(sent, 'x-amz-content-sha256')),
  },
  {
    id: 'M84f',
    input: '`GET` of OpenSearch Serverless without it',
    expected: { key: 'likely' },
    make: changedOnTheWay(
      { service: 'aoss', target: '/_search', headers: [['x-amz-content-sha256', sha256('')]] },
      (sent) => withHeader(sent, 'x-amz-content-sha256'),
      GENERAL,
    ),
  },
  {
    id: 'M84g',
    input: 'chunks whose `0` chunk is missing',
    expected: { answer: 'stated', wire: 'stated' },
    make: chunked((body) => body.subarray(0, body.lastIndexOf('0;chunk-signature'))),
  },
  {
    id: 'M84g',
    input: '`x-amz-decoded-content-length` of the framed body in the place of the data',
    expected: { answer: 'stated' },
    make: chunked(
      (body) => body,
      (length) => length + 1,
    ),
  },
  {
    id: 'M84g',
    input: 'a chunk altered on the way, with the key at hand',
    expected: { key: 'likely', wire: 'likely' },
    make: chunked((body) => Buffer.from(body.toString('latin1').replace('aaaa', 'aaab'), 'latin1')),
  },
  {
    id: 'M84h',
    input: '`STREAMING-UNSIGNED-PAYLOAD-TRAILER` to a store that does not know it',
    expected: { answer: 'likely' },
    make: answered(
      {
        method: 'PUT',
        headers: [
          ['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
          ['x-amz-trailer', 'x-amz-checksum-crc32'],
        ],
        body: '4\r\ndata\r\n0\r\nx-amz-checksum-crc32:rfPzYw==\r\n\r\n',
      },
      400,
      '<Error><Code>InvalidArgument</Code><Message>x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.</Message></Error>',
    ),
  },
  {
    id: 'M84i',
    input: '`PUT` in HTTP chunks, without a length',
    expected: { answer: 'stated' },
    make: answered(
      { method: 'PUT', headers: [['transfer-encoding', 'chunked']], body: 'data' },
      411,
      '<Error><Code>MissingContentLength</Code><Message>You must provide the Content-Length HTTP header.</Message></Error>',
    ),
  },
  {
    id: 'M84i',
    input: 'the same, answered with NotImplemented',
    expected: { answer: 'likely' },
    also: ['M63'],
    make: answered(
      { method: 'PUT', headers: [['transfer-encoding', 'chunked']], body: 'data' },
      501,
      '<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>',
    ),
  },
  {
    id: 'M84j',
    input: 'a text handed to `fetch`, which says `text/plain;charset=UTF-8` of it',
    expected: ON_THE_WAY,
    make: changedOnTheWay(
      { ...POST, headers: [['content-type', '']], body: 'hello' },
      (sent) =>
        withHeader(
          sent,
          'content-type',
          new Request('http://h', { method: 'POST', body: 'hello' }).headers.get('content-type') ?? '',
        ),
      GENERAL,
    ),
  },
]
