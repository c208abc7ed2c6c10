/**
 * Rows M84a to M84j: the payload.
 *
 * @module
 */
import { gzipSync } from 'node:zlib'
import type { ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { changedOnTheWay, signedWith, withHeader, type ExplainRow } from '../row.ts'
import { sha256 } from '../wrong-signer.ts'

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
]
