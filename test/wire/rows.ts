/**
 * The tricky inputs: what people put into a request, and what has to come of it. The numbers are those of the table
 * of tricky inputs that the signer is built to.
 *
 * @module
 */
import type { SigningErrorCode } from '../../packages/countersign/src/errors.ts'
import type { Body, HeadersLike } from '../../packages/countersign/src/index.ts'
import type { VerificationErrorCode } from '../../packages/countersign/src/verify/index.ts'
import { HEADERS_CLASS, URL_CLASS, type ClientName } from './clients.ts'

export type Service = 's3' | 'execute-api'
export type Carrier = 'header' | 'query'

/** How the sending of a row ends where it does not arrive as it was signed. */
export type Refusal =
  | { readonly by: 'signer'; readonly code: SigningErrorCode }
  | { readonly by: 'server'; readonly code: VerificationErrorCode }

/** One input. */
export interface Row {
  readonly row: number
  readonly name: string
  readonly method?: string
  /** Path and query; `/` by default. */
  readonly target?: string
  /** The whole URL where the host matters; `*` stands for the port of the server. */
  readonly url?: string
  readonly headers?: HeadersLike
  readonly body?: () => Body
  readonly bytes?: Uint8Array
  /** Where the content type comes with the body. */
  readonly isForm?: boolean
  readonly services?: readonly Service[]
  readonly carriers?: readonly Carrier[]
  /** Canonical path at S3. */
  readonly pathAtS3?: string
  readonly canonicalPath?: string
  /** Canonical query of a header signing. */
  readonly canonicalQuery?: string
  /** A line of the canonical headers. */
  readonly headerLine?: string
  /** The path that the server sees, decoded. */
  readonly sees?: string
  readonly host?: string
  readonly sentMethod?: string
  /** Refused whatever the client. */
  readonly refused?: Refusal
  /** Clients that send something else than was signed, by service where it matters. */
  readonly altered?: (client: ClientName, service: Service, carrier: Carrier) => Refusal | undefined
}

const MISMATCH: Refusal = { by: 'server', code: 'SIGNATURE_MISMATCH' }
const ALTERED: Refusal = { by: 'signer', code: 'TRANSPORT_WOULD_ALTER' }
const NOT_SENDABLE: Refusal = { by: 'signer', code: 'HEADER_INVALID' }

/** A path from which a URL class takes segments: another object at S3. */
function dotSegments(client: ClientName): Refusal | undefined {
  if (client === 'signed fetch') return ALTERED
  return URL_CLASS.includes(client) ? MISMATCH : undefined
}

/** The same where the general rules take out just what a URL class does. */
function harmlessDots(client: ClientName, service: Service): Refusal | undefined {
  return service === 's3' || client === 'signed fetch' ? dotSegments(client) : undefined
}

/** Header lines of one name, of which `Headers` makes one. */
function repeats(client: ClientName): Refusal | undefined {
  return HEADERS_CLASS.includes(client) ? MISMATCH : undefined
}

const repeated = (...values: string[]): [string, string][] => values.map((value) => ['x-amz-meta-a', value])

/** Rows 1 to 4: header values. */
export const HEADER_ROWS: readonly Row[] = [
  {
    row: 1,
    name: 'a header repeated, two values alike',
    headers: repeated('value2', 'value2', 'value1'),
    headerLine: 'x-amz-meta-a:value2,value2,value1',
    altered: repeats,
  },
  {
    row: 2,
    name: 'four values that are not sorted',
    headers: repeated('value4', 'value1', 'value3', 'value2'),
    headerLine: 'x-amz-meta-a:value4,value1,value3,value2',
    altered: repeats,
  },
  {
    row: 3,
    name: 'a folded value',
    headers: repeated('value1\r\n value2\r\n value3'),
    refused: NOT_SENDABLE,
  },
  {
    row: 4,
    name: 'runs of blanks in quotes',
    headers: repeated('"a   b   c"'),
    headerLine: 'x-amz-meta-a:"a b c"',
  },
  {
    row: 26,
    name: 'a number',
    headers: { 'x-amz-meta-a': 5 },
    headerLine: 'x-amz-meta-a:5',
  },
  {
    row: 26,
    name: 'names that differ in case',
    headers: [
      ['X-Amz-Meta-A', '1'],
      ['x-amz-meta-a', '2'],
    ],
    headerLine: 'x-amz-meta-a:1,2',
    altered: repeats,
  },
  { row: 26, name: 'a value that is not ASCII', headers: repeated('caf\u00e9'), refused: NOT_SENDABLE },
  { row: 26, name: 'a no-break space', headers: repeated('a\u00a0b'), refused: NOT_SENDABLE },
  { row: 26, name: 'an empty value', headers: repeated(''), headerLine: 'x-amz-meta-a:' },
  { row: 26, name: 'a header named constructor', headers: [['constructor', 'x']] },
]

/** Rows 6 to 9, 20, 24 and 25: paths. */
export const PATH_ROWS: readonly Row[] = [
  { row: 6, name: '/ሴ', target: '/ሴ', pathAtS3: '/%E1%88%B4', sees: '/ሴ' },
  { row: 7, name: '/example space/', target: '/example space/', pathAtS3: '/example%20space/' },
  {
    row: 8,
    name: '/test/%2a%2b%25/~-_^& %%',
    target: '/test/%2a%2b%25/~-_^& %%',
    pathAtS3: '/test/%2A%2B%25/~-_%5E%26%20%25%25',
    sees: '/test/*+%/~-_^& %%',
  },
  {
    row: 9,
    name: '/./test/../stuff//more/',
    target: '/./test/../stuff//more/',
    canonicalPath: '/stuff/more/',
    pathAtS3: '/./test/../stuff//more/',
    altered: harmlessDots,
  },
  {
    row: 9,
    name: '/example1/example2/../..',
    target: '/example1/example2/../..',
    canonicalPath: '/',
    altered: harmlessDots,
  },
  {
    row: 9,
    name: '/a/b/., of which a URL class makes /a/b/',
    target: '/a/b/.',
    canonicalPath: '/a/b',
    altered: dotSegments,
  },
  { row: 9, name: '/a/%2e%2e/b, which only a URL class tidies', target: '/a/%2e%2e/b', altered: dotSegments },
  {
    row: 9,
    name: '//example//',
    target: '//example//',
    canonicalPath: '/example/',
    pathAtS3: '//example//',
  },
  { row: 20, name: '/foo?', target: '/foo?', canonicalPath: '/foo', canonicalQuery: '' },
  { row: 24, name: '/a%2Fb', target: '/a%2Fb', pathAtS3: '/a/b', canonicalPath: '/a%252Fb' },
  { row: 24, name: '/caf%c3%a9', target: '/caf%c3%a9', pathAtS3: '/caf%C3%A9', sees: '/café' },
  { row: 24, name: '/a%7Eb', target: '/a%7Eb', pathAtS3: '/a~b', canonicalPath: '/a%257Eb' },
  {
    row: 24,
    name: '/a@:$,;=&b',
    target: '/a@:$,;=&b',
    pathAtS3: '/a%40%3A%24%2C%3B%3D%26b',
    sees: '/a@:$,;=&b',
  },
  { row: 24, name: "/a!'()*b", target: "/a!'()*b", pathAtS3: '/a%21%27%28%29%2Ab', sees: "/a!'()*b" },
  { row: 24, name: '/a+b', target: '/a+b', pathAtS3: '/a%2Bb', sees: '/a+b' },
  { row: 24, name: '/a[0]|b', target: '/a[0]|b', pathAtS3: '/a%5B0%5D%7Cb', sees: '/a[0]|b' },
  { row: 24, name: '/%FF, which is not UTF-8', target: '/%FF', pathAtS3: '/%FF', canonicalPath: '/%25FF' },
  { row: 25, name: 'no path', url: 'http://127.0.0.1:*', pathAtS3: '/', canonicalPath: '/' },
  { row: 25, name: 'no path, but a query', url: 'http://127.0.0.1:*?a=1', canonicalQuery: 'a=1' },
]

/** Rows 5 and 10 to 19: queries, with the canonical form of each. */
export const QUERY_ROWS: readonly Row[] = (
  [
    [5, 'Param-3=Value3&Param=Value2&%E1%88%B4=Value1', '%E1%88%B4=Value1&Param=Value2&Param-3=Value3'],
    [10, 'foo=1&bar=2&foo_bar=1&foo-bar=1', 'bar=2&foo=1&foo-bar=1&foo_bar=1'],
    [11, 'key=&key-type=s3&format=json', 'format=json&key=&key-type=s3'],
    [12, 'foo=1&bar=2&bar=3&bar=1', 'bar=1&bar=2&bar=3&foo=1'],
    [13, 'q.options=1&q=2', 'q=2&q.options=1'],
    [14, 'a=%26&b=%3D&c=%2B&d=%20&e=/?a=b', 'a=%26&b=%3D&c=%2B&d=%20&e=%2F%3Fa%3Db'],
    [15, 'marker=%C3%A4%C3%B6%C3%BC-01.txt&prefix', 'marker=%C3%A4%C3%B6%C3%BC-01.txt&prefix='],
    [16, 'acl', 'acl='],
    [16, 'acl&b=1', 'acl=&b=1'],
    [16, '=v&a=1', '=v&a=1'],
    [16, 'a=b=c==', 'a=b%3Dc%3D%3D'],
    [16, 'a=1&&b=2', 'a=1&b=2'],
    [17, '__proto__=x&a=1', '__proto__=x&a=1'],
    [17, 'constructor=x', 'constructor=x'],
    [17, '10=a&9=b&1=c', '1=c&10=a&9=b'],
    [18, 'a=100%', 'a=100%25'],
    [18, 'a=%FF', 'a=%FF'],
    [18, 'a=%c3%a9', 'a=%C3%A9'],
    [18, 'b=%7E', 'b=~'],
    [19, 'a=x@y:z,w;v', 'a=x%40y%3Az%2Cw%3Bv'],
    [19, 'a=/x?y', 'a=%2Fx%3Fy'],
    // By the bytes of the encoded name, in which `%` comes before `0`.
    [19, 'a0=2&a[b]=1', 'a%5Bb%5D=1&a0=2'],
    [19, "a='!()*'&b=\"<>`{|}^\\", 'a=%27%21%28%29%2A%27&b=%22%3C%3E%60%7B%7C%7D%5E%5C'],
    [19, 'a=é ሴ', 'a=%C3%A9%20%E1%88%B4'],
    [34, 'q=a+b', 'q=a%20b'],
  ] as const
).map(([row, query, canonicalQuery]) => ({ row, name: `?${query}`, target: `/?${query}`, canonicalQuery }))

/** Row 21: hosts. */
export const HOST_ROWS: readonly Row[] = [
  ['http://S5.Us-WeAsT-2.AmAZonAwS.com/', 's5.us-weast-2.amazonaws.com'],
  ['http://u:p@h:80/', 'h'],
  ['http://[::1]:80/', '[::1]'],
  ['http://[::1]:6789/', '[::1]:6789'],
  ['https://h:8443/', 'h:8443'],
  ['https://h:443/', 'h'],
  ['http://h:443/', 'h:443'],
  ['http://h.:8080/', 'h.:8080'],
].map(([url = '', host = '']) => ({ row: 21, name: url, url, host }))

/** Row 21, hosts that a URL class writes in another way than they are signed. */
export const REWRITTEN_HOST_ROWS: readonly Row[] = [
  ['http://[0:0:0:0:0:0:0:1]:6789/', '[0:0:0:0:0:0:0:1]:6789'],
  ['http://127.1:9000/', '127.1:9000'],
].map(([url = '', host = '']) => ({
  row: 21,
  name: url,
  url,
  host,
  altered: rewrittenHost,
}))

/** undici sends a Host header as it is given; but a presigned URL goes without one. */
function rewrittenHost(client: ClientName, _service: Service, carrier: Carrier): Refusal | undefined {
  if (client === 'signed fetch') return ALTERED
  if (
    client === 'node:http' ||
    (carrier === 'header' && client.startsWith('undici') && client !== 'undici fetch')
  ) {
    return undefined
  }
  return MISMATCH
}

/** Row 22: object keys. */
export const KEYS: readonly string[] = [
  '/lead',
  'trail/',
  'a/./b',
  'a/../b',
  '../x',
  '../other-bucket/secret',
  '.',
  '..',
  '...',
  'a//b',
  'a\\b',
  'a?b',
  'a#b',
  'a%2Fb',
  'a%b',
  '100%',
  'a+b c',
  '\u00e9',
  'e\u0301',
  'x'.repeat(1024),
  '\u00e9'.repeat(400),
  '🦊.txt',
  '~!@$&*()=:;,\'[]{}|^`"<>',
]

/** A key as it is written into a URL. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}

/** Row 22 as requests, with the bucket in the path and in the host. */
export const KEY_ROWS: readonly Row[] = KEYS.flatMap((key) => {
  const name = key.length > 40 ? `${key.slice(0, 3)}… of ${Buffer.byteLength(key)} bytes` : key
  const altered = key.split('/').some((segment) => segment === '.' || segment === '..')
  return ['/bucket/', '/'].map((prefix) => ({
    row: 22,
    name: `${name} below ${prefix}`,
    method: 'PUT',
    target: `${prefix}${encodeKey(key)}`,
    sees: `${prefix}${key}`,
    services: ['s3'] as const,
    body: () => 'content',
    bytes: new TextEncoder().encode('content'),
    ...(altered ? { altered: dotSegments } : {}),
  }))
})

/** Rows 23 and 27: what cannot be sent, and methods. */
export const METHOD_ROWS: readonly Row[] = [
  {
    row: 23,
    name: 'half of a surrogate pair',
    target: '/\ud800',
    refused: { by: 'signer', code: 'TEXT_INVALID' },
  },
  { row: 27, name: 'get', method: 'get', sentMethod: 'GET' },
  { row: 27, name: 'patch', method: 'patch', sentMethod: 'PATCH' },
  { row: 27, name: 'PROPFIND', method: 'PROPFIND', sentMethod: 'PROPFIND' },
  { row: 27, name: 'propfind', method: 'propfind', sentMethod: 'PROPFIND' },
  { row: 27, name: 'head', method: 'head', sentMethod: 'HEAD' },
  { row: 27, name: 'DELETE', method: 'DELETE', sentMethod: 'DELETE' },
  { row: 27, name: 'POST without a body', method: 'POST', sentMethod: 'POST' },
  { row: 27, name: 'G T', method: 'G T', refused: { by: 'signer', code: 'METHOD_INVALID' } },
]

const HIDDEN = Uint8Array.of(9, 1, 2, 3, 255, 0, 9, 9)
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const LONG = new Uint8Array(200_000).fill(120)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Row 28: bodies, each with the bytes meant. */
export const BODY_ROWS: readonly Row[] = [
  { name: 'a string', body: () => 'h\u00e9llo', bytes: utf8('h\u00e9llo') },
  { name: 'an empty string', body: () => '', bytes: utf8('') },
  { name: 'a subarray', body: () => HIDDEN.subarray(1, 6), bytes: HIDDEN.slice(1, 6) },
  {
    name: 'a Uint16Array over part of a buffer',
    body: () => new Uint16Array(HIDDEN.buffer, 2, 2),
    bytes: HIDDEN.slice(2, 6),
  },
  { name: 'a DataView', body: () => new DataView(HIDDEN.buffer, 3, 2), bytes: HIDDEN.slice(3, 5) },
  { name: 'an ArrayBuffer', body: () => HIDDEN.buffer, bytes: HIDDEN },
  { name: 'a Blob', body: () => new Blob(['bl', 'ob'], { type: 'text/x-blob' }), bytes: utf8('blob') },
  {
    name: 'URLSearchParams',
    body: () =>
      new URLSearchParams([
        ['a', '1 2'],
        ['a', '\u00e9'],
      ]),
    bytes: utf8('a=1+2&a=%C3%A9'),
  },
  { name: 'every byte', body: () => ALL_BYTES, bytes: ALL_BYTES },
  { name: '200 KB', body: () => LONG, bytes: LONG },
  {
    name: 'DELETE with a body',
    method: 'DELETE',
    body: () => '{"Objects":[]}',
    bytes: utf8('{"Objects":[]}'),
  },
  { name: 'FormData', isForm: true, body: formBody, carriers: ['header'] as const },
].map((row) => ({ row: 28, method: 'PUT', ...row }))

function formBody(): FormData {
  const form = new FormData()
  form.append('name', 'caf\u00e9')
  form.append('file', new Blob(['\r\n--x\r\n']), 'a.txt')
  return form
}
