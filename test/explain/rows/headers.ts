/**
 * Rows M60 to M78: headers.
 *
 * @module
 */
import type { ObservedAnswer, ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { changedOnTheWay, credentials, signedWith, told, withHeader, type ExplainRow } from '../row.ts'
import { refusalOf } from '../server.ts'
import { signWrongly } from '../wrong-signer.ts'

const ALL = { log: 'proven', key: 'proven' } as const
const ON_THE_WAY = { log: 'proven', echo: 'proven', wire: 'proven' } as const
const GENERAL = { dialect: 'awsJson' } as const

function setting(name: string, ...values: readonly string[]): (sent: ObservedRequest) => ObservedRequest {
  return (sent) => withHeader(sent, name, ...values)
}

/** A server as some are: it takes the header apart at fixed texts, and says no more than that it did not like it. */
function comparingServer({ headers }: ObservedRequest): ObservedAnswer {
  const value = headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  const isTaken = /^AWS4-HMAC-SHA256 Credential=.+, SignedHeaders=.+, Signature=\w+$/.test(value)
  return { status: isTaken ? 200 : 401, headers: [], body: Buffer.from('{"message":"Unauthorized"}') }
}

/** The rows. */
export const HEADER_ROWS: readonly ExplainRow[] = [
  {
    id: 'M60',
    input: '`x-amz-acl` added after signing',
    expected: { answer: 'stated', key: 'stated' },
    make: changedOnTheWay({ method: 'PUT', target: '/bucket/key' }, setting('x-amz-acl', 'public-read')),
  },
  {
    id: 'M61',
    input: 'a signed `range` dropped by a cache',
    expected: { answer: 'stated', wire: 'proven' },
    make: changedOnTheWay(
      { target: '/bucket/key', headers: [['range', 'bytes=0-9']] },
      setting('range'),
      GENERAL,
    ),
  },
  {
    id: 'M62',
    input: 'a signed `accept-encoding: identity` that arrives as `gzip`',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { target: '/bucket/key', headers: [['accept-encoding', 'identity']] },
      setting('accept-encoding', 'gzip'),
    ),
  },
  {
    id: 'M63',
    input: 'a signed `connection: keep-alive` that a proxy writes anew',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { target: '/bucket/key', headers: [['connection', 'keep-alive']] },
      setting('connection', 'close'),
    ),
  },
  {
    id: 'M64',
    input: 'a signed `content-length: 2` that goes out in chunks, without it',
    expected: { answer: 'stated', wire: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', method: 'POST', body: '{}', headers: [['content-length', '2']] },
      setting('content-length'),
      GENERAL,
    ),
  },
  {
    id: 'M65',
    input: 'a signed `traceparent`, written anew by a proxy',
    expected: ON_THE_WAY,
    make: changedOnTheWay(
      { headers: [['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']] },
      setting('traceparent', '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01'),
    ),
  },
  {
    id: 'M66',
    input: 'a signed `traceparent`, sent a second time by a tracing library',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { headers: [['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']] },
      setting(
        'traceparent',
        '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      ),
    ),
  },
  {
    id: 'M67',
    input: '`x-amz-cf-id` added by CloudFront in front',
    expected: { answer: 'stated', wire: 'stated' },
    make: changedOnTheWay({ target: '/bucket/key' }, setting('x-amz-cf-id', 'abc==')),
  },
  {
    id: 'M68',
    input: 'two values of `x-amz-meta-tag`, joined with `, `',
    expected: ALL,
    make: signedWith(
      {
        headers: [
          ['x-amz-meta-tag', 'a'],
          ['x-amz-meta-tag', 'b'],
        ],
      },
      { headers: (lines) => lines.map(([name, value]) => [name, value.replace('a,b', 'a, b')]) },
    ),
  },
  {
    id: 'M69',
    input: 'two blanks in `x-amz-meta-title`, signed as they stand',
    expected: ALL,
    make: signedWith(
      { headers: [['x-amz-meta-title', 'a  b']] },
      { headers: (lines) => lines.map(([name, value]) => [name, value.replace('a b', 'a  b')]) },
    ),
  },
  {
    id: 'M70',
    input: 'a folded value, signed folded, that the server reads as one line',
    expected: { key: 'likely' },
    make: async () => {
      const folded = 'first\r\n second'
      const { request } = signWrongly(
        { headers: [['x-amz-meta-note', 'first second']] },
        { headers: (lines) => lines.map(([name, value]) => [name, value.replace('first second', folded)]) },
      )
      const answer = await refusalOf(request, { isEchoed: false })
      if (!answer) throw new Error('The request was let in')
      return {
        evidence: { request: withHeader(request, 'x-amz-meta-note', folded), answer },
        options: { credentials },
      }
    },
  },
  {
    id: 'M71',
    input: 'names in the order of the wire in what was hashed, in order in the header',
    expected: { log: 'proven', key: 'proven' },
    make: signedWith(
      { target: '/bucket/key' },
      {
        text: (text) =>
          text.replace('host;x-amz-content-sha256;x-amz-date', 'host;x-amz-date;x-amz-content-sha256'),
      },
    ),
  },
  {
    id: 'M71',
    input: 'a list that is not sorted, in the header and in what was hashed',
    expected: { answer: 'likely', key: 'likely' },
    make: signedWith({ target: '/bucket/key' }, { list: (names) => names.split(';').toReversed().join(';') }),
  },
  {
    id: 'M72',
    input: 'no empty line behind the headers',
    expected: ALL,
    make: signedWith({ target: '/bucket/key' }, { text: (text) => text.replace('\n\nhost;', '\nhost;') }),
  },
  {
    id: 'M73',
    input: '`x-amz-meta-city: Zürich` sent in UTF-8, signed in latin-1',
    expected: ALL,
    make: signedWith(
      { headers: [['x-amz-meta-city', Buffer.from('Zürich').toString('latin1')]] },
      { headers: (lines) => lines.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString()]) },
    ),
  },
  {
    id: 'M74',
    input: '`content-type: application/json`, made `…; charset=utf-8` on the way',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', method: 'POST', body: '{}', headers: [['content-type', 'application/json']] },
      setting('content-type', 'application/json; charset=utf-8'),
      GENERAL,
    ),
  },
  {
    id: 'M75',
    input: 'a signed `x-agent:` without a value, dropped on the way',
    expected: { answer: 'stated', wire: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', headers: [['x-agent', '']] },
      setting('x-agent'),
      GENERAL,
    ),
  },
  {
    id: 'M76',
    input: 'a signature without the host',
    expected: { answer: 'stated', key: 'stated' },
    make: signedWith(
      { service: 'execute-api' },
      { headers: (lines) => lines.filter(([name]) => name !== 'host') },
      GENERAL,
    ),
  },
  {
    id: 'M77',
    input: 'no blanks behind the commas of `Authorization`, at a server that compares it as text',
    expected: { answer: 'possible' },
    make: async () => {
      const { request } = signWrongly({ target: '/bucket/key' })
      const value = request.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
      const sent = withHeader(request, 'authorization', value.replaceAll(', ', ','))
      if (await refusalOf(sent)) throw new Error('A verifier that parses takes it')
      return told(sent, comparingServer(sent))
    },
  },
  {
    id: 'M78',
    input: 'an `Authorization` of the client beside that of the signer',
    expected: { wire: 'likely', key: 'likely' },
    make: changedOnTheWay({ target: '/bucket/key' }, (sent) => ({
      ...sent,
      headers: [...sent.headers, ['authorization', 'Basic dXNlcjpwYXNz']],
    })),
  },
]
