/**
 * What a message costs grows with its size, and no faster: the exponent of the time is at most 1.2 for everything that
 * whoever sends it may make long. Run by `npm run test:long` alone, since a busy machine can fail it.
 */
import { describe, expect, it } from 'vitest'
import { createVerifier, sigV4, type Limits } from '../../packages/countersign/src/verify/index.ts'
import { s3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { uploadMessage } from '../kit/chunked-uploads.ts'
import { postVerifier, readAll, sendForm } from '../kit/forms.ts'
import { measureGrowth } from '../kit/growth.ts'
import {
  KEY_ID,
  NOW,
  presign,
  SECRET,
  signInHeader,
  withAuthorization,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'
import { signS3V2InUrl, signSigV2Message } from '../kit/messages-v2.ts'

const MOST = 1.2
const SIZES = [500, 1000, 2000, 4000, 8000]
// Out of the way: what is measured is what no limit would stop.
const limits: Partial<Limits> = {
  headerFields: 1e6,
  headerBytes: 1e8,
  authorizationBytes: 1e8,
  queryBytes: 1e8,
  queryPairs: 1e6,
  signedHeaders: 1e6,
  credentialBytes: 1e8,
  accessKeyIdLength: 1e8,
  sessionTokenBytes: 1e8,
  metadataBytes: 1e8,
  userMetadataBytes: 1e8,
}
const options = {
  region: 'us-east-1',
  algorithms: [sigV4, sigV4A, s3V2, sigV2],
  now: () => NOW,
  limits,
  secrets: (id: string) => (id === KEY_ID ? { secretAccessKey: SECRET } : undefined),
  streaming: { minChunk: 1, trailers: ['x-amz-checksum-crc32'] },
}
const store = createVerifier({ ...options, service: ['s3', 'execute-api'] })
const limited = createVerifier({ ...options, limits: undefined, service: 's3' })
const database = createVerifier({ ...options, service: 'sdb' })

async function outcomeOf(message: SentMessage, verifier = store): Promise<string> {
  try {
    const { body } = await verifier.verify(message)
    for await (const piece of body ?? []) if (piece.length === 0) return 'EMPTY'
    return 'let in'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const list = (size: number, make: (index: number) => string): string[] =>
  Array.from({ length: size }, (_, index) => make(index))
/** In an order that no sort has an easy time with. */
const mixed = (index: number): string => ((index * 2_654_435_761) % 4_294_967_296).toString(36)

const headers = (size: number): HeaderField[] =>
  list(size, (index) => `x-${mixed(index)}`).map((name) => [name, 'a b'])
const target = (size: number): string =>
  `/k?${list(size, (index) => `${mixed(index)}=%20${index}`).join('&')}`
const authorizationOf = (change: (value: string, size: number) => string) => (size: number) =>
  withAuthorization(signInHeader(), (value) => change(value, size))

type Row = readonly [
  name: string,
  make: (size: number) => SentMessage,
  outcome: string,
  verifier?: typeof store,
  sizes?: readonly number[],
]

const ROWS: readonly Row[] = [
  // Names are looked for in lists, which is quickest for as many as are taken; so no more than these are measured.
  [
    'signed headers',
    (size) => signInHeader({ headers: headers(size) }),
    'let in',
    limited,
    [6, 12, 24, 48, 96],
  ],
  [
    'headers that are not signed',
    (size) => ({ ...signInHeader(), headers: [...signInHeader().headers, ...headers(size)] }),
    'let in',
  ],
  [
    'one header many times',
    (size) => signInHeader({ headers: list(size, String).map((value) => ['x-a', value]) }),
    'let in',
  ],
  [
    'a long header of blanks',
    (size) => signInHeader({ headers: [['x-a', `a${' '.repeat(size * 20)}b`]] }),
    'let in',
  ],
  ['query parameters', (size) => signInHeader({ target: target(size) }), 'let in'],
  ['query parameters of a URL', (size) => presign({ target: target(size) }), 'let in'],
  [
    'one query parameter many times',
    (size) => signInHeader({ target: `/k?${'a=b&'.repeat(size)}` }),
    'let in',
  ],
  [
    'query parameters of version 2',
    (size) =>
      signSigV2Message({
        parameters: Object.fromEntries(
          list(size, (index) => `p${String(index).padStart(6, '0')}`).map((name) => [name, 'a']),
        ),
      }),
    'let in',
    database,
  ],
  [
    'parameters of a URL of version 2 of S3',
    (size) => signS3V2InUrl({ target: target(size), resource: '/k' }),
    'let in',
  ],
  ['segments of a path of S3', (size) => signInHeader({ target: '/a%20b'.repeat(size) }), 'let in'],
  [
    'segments of a path',
    (size) => signInHeader({ service: 'execute-api', target: '/a/..//b%'.repeat(size) }),
    'let in',
  ],
  ['escapes of a path', (size) => signInHeader({ target: `/${'%C3%A9'.repeat(size)}` }), 'let in'],
  [
    'a long credential',
    authorizationOf((value, size) => value.replace(KEY_ID, KEY_ID + 'A'.repeat(size * 20))),
    'KEY_UNKNOWN',
  ],
  [
    'a credential of slashes',
    authorizationOf((value, size) => value.replace(KEY_ID, '/'.repeat(size * 20))),
    'KEY_UNKNOWN',
  ],
  [
    'an Authorization of commas',
    authorizationOf((value, size) => value + ','.repeat(size * 20)),
    'AUTHORIZATION_MALFORMED',
  ],
  [
    'an Authorization of blanks',
    authorizationOf(
      (value, size) => value.replace(', ', `,${' '.repeat(size * 20)}`) + ' '.repeat(size * 20),
    ),
    'let in',
  ],
  [
    'an Authorization of components',
    authorizationOf((value, size) => value + ', a=b'.repeat(size)),
    'AUTHORIZATION_MALFORMED',
  ],
  [
    'an Authorization of blanks alone',
    authorizationOf((_, size) => `AWS4-HMAC-SHA256${' '.repeat(size * 20)}x`),
    'AUTHORIZATION_MALFORMED',
  ],
  [
    'names of headers that are not there',
    authorizationOf((value, size) =>
      value.replace(
        'host;',
        `${list(size, (index) => `a${String(index).padStart(6, '0')}`).join(';')};host;`,
      ),
    ),
    'SIGNED_HEADER_MISSING',
  ],
  ['chunks', (size) => uploadMessage({ data: Buffer.alloc(size / 4), chunkSize: 1 }), 'let in'],
  [
    'a chunk head without an end',
    (size) => ({
      ...uploadMessage({ data: Buffer.alloc(1) }),
      body: Buffer.from('0'.repeat(size * 20)),
    }),
    'CHUNK_MALFORMED',
  ],
  [
    'an unsigned trailer',
    (size) => ({
      ...uploadMessage({
        data: Buffer.alloc(1),
        isSigned: false,
        trailers: [['x-amz-checksum-crc32', 'a'.repeat(size * 4)]],
      }),
    }),
    'TRAILER_MALFORMED',
  ],
]

// Tried again: others at work on the machine slow down what takes long, and not what takes no time.
describe('time grows no faster than its cause', { retry: 2 }, () => {
  it.each(ROWS.map((row) => [row[0], row] as const))('%s', async (name, row) => {
    const [, make, outcome, verifier, sizes = SIZES] = row
    const works = sizes.map((size) => {
      const message = make(size)
      return { size, message, run: () => outcomeOf(message, verifier) }
    })
    for (const { message } of works) expect(await outcomeOf(message, verifier)).toBe(outcome)
    const { exponent, points } = await measureGrowth(works)
    console.log(
      `${name}: ${exponent.toFixed(2)} (${points.map(([, time]) => `${Math.round(time)} µs`).join(', ')})`,
    )
    expect(exponent).toBeLessThanOrEqual(MOST)
  })

  it.each([
    [
      'conditions',
      (size: number) => ({
        conditions: list(size, String).map((index) => ({ [`x-ignore-${index}`]: '' })),
        fields: list(size, String).map((index) => [`x-ignore-${index}`, ''] as const),
      }),
      'hello',
    ],
    [
      'a policy of blanks',
      (size: number) => ({
        conditions: [['starts-with', '$x-ignore-a', ' '.repeat(size * 4)]],
        fields: [['x-ignore-a', ' '.repeat(size * 4)]] as const,
      }),
      'hello',
    ],
    ['a policy of brackets', (size: number) => ({ policyText: '['.repeat(size * 2) }), 'POLICY_MALFORMED'],
  ] as const)('of a form: %s', async (name, draftOf, outcome) => {
    const verifier = postVerifier({ limits: { formBytes: 1e8, policyBytes: 1e8 } })
    const works = SIZES.map((size) => {
      const message = sendForm(draftOf(size))
      return {
        size,
        run: () =>
          verifier
            .verify(message)
            .then(({ file }) => readAll(file))
            .then(String, (error: { code: string }) => error.code),
      }
    })
    for (const { run } of works) expect(await run()).toBe(outcome)
    const { exponent, points } = await measureGrowth(works)
    console.log(
      `${name}: ${exponent.toFixed(2)} (${points.map(([, time]) => `${Math.round(time)} µs`).join(', ')})`,
    )
    expect(exponent).toBeLessThanOrEqual(MOST)
  })
})

it('finds what is quadratic', async () => {
  const works = [1000, 2000, 4000, 8000].map((size) => {
    const text = ' '.repeat(size)
    // Each blank begins a try that goes to the end.
    return { size, run: () => / +$/.test(`${text}x`) }
  })
  expect((await measureGrowth(works)).exponent).toBeGreaterThan(1.7)
})
