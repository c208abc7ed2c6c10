/**
 * Requests as odd as people send them, for tests that compare or attack. Most parts of most requests are plain, so
 * that one oddity at a time shows.
 *
 * @module
 */
import fc from 'fast-check'

/** A request before signing, and how it shall be signed. */
export interface GeneratedRequest {
  readonly service: 's3' | 'execute-api'
  readonly carrier: 'header' | 'query'
  readonly method: string
  readonly url: string
  readonly headers: [name: string, value: string][]
  readonly body: string | undefined
  readonly sessionToken: string | undefined
}

const METHODS = ['GET', 'get', 'HEAD', 'PUT', 'put', 'POST', 'post', 'patch', 'DELETE', 'PROPFIND']
const WITH_BODY = /^p(?:ut|ost|atch)$/i

const HOSTS = [
  'examplebucket.s3.amazonaws.com',
  'S5.Us-WeAsT-2.AmAZonAwS.com',
  'abc123.execute-api.eu-west-1.amazonaws.com',
  'api.example.com:8443',
  'api.example.com:443',
  'api.example.com:80',
  'localhost:4566',
  '127.0.0.1:9000',
  '[::1]',
  '[::1]:6789',
  '[2001:DB8::A]:443',
  'user:password@api.example.com',
]
/** Names of the same hosts that a URL class writes in another way. */
const REWRITTEN_HOSTS = ['[0:0:0:0:0:0:0:1]', '127.1:9000']

const PLAIN = ['a', 'b1', 'key', 'file.txt', 'A-Z_0~9', '2026', 'x.', '-']
const ESCAPES = ['%20', '%2F', '%2f', '%7E', '%41', '%C3%A9', '%c3%a9', '%25', '%2B', '%3D', '%26', '%3A']
const DOTS = ['.', '..', '...', '%2e', '%2E%2e', '.%2E']
const BROKEN_ESCAPES = ['%', '%zz', '%4', '%%']
const NOT_UTF8 = ['%FF', '%C3', '%ed%a0%80']
const RESERVED = "!'()*@$,;:~".split('')
const BRACKETS = ['[', ']', 'a[0]']
const UNSENDABLE = [' ', '"', '<', '>', '^', '`', '{', '|', '}', '\\']
const UNICODE = ['é', 'e\u0301', 'ሴ', '日本', '🦊', '\u00a0', '\u200b']

const SEGMENT_PIECE = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 8, arbitrary: fc.constantFrom(...ESCAPES) },
  { weight: 5, arbitrary: fc.constantFrom(...RESERVED, '=', '&') },
  { weight: 3, arbitrary: fc.constantFrom(...UNICODE) },
  { weight: 2, arbitrary: fc.constantFrom(...UNSENDABLE) },
  { weight: 1, arbitrary: fc.constantFrom(...BROKEN_ESCAPES) },
  { weight: 1, arbitrary: fc.constantFrom(...NOT_UTF8) },
  { weight: 1, arbitrary: fc.constant('+') },
  { weight: 1, arbitrary: fc.constantFrom(...BRACKETS) },
)

const SEGMENT = fc.oneof(
  { weight: 12, arbitrary: fc.array(SEGMENT_PIECE, { minLength: 1, maxLength: 3 }).map(joined) },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(...DOTS) },
)

const PATH = fc
  .tuple(fc.array(SEGMENT, { maxLength: 5 }), fc.constantFrom('', '', '', '/'))
  .map(([segments, end]) => segments.map((segment) => `/${segment}`).join('') + end)

const NAME = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom('a', 'b', 'A', 'a-b', 'a_b', 'a0', 'a1', 'q', 'q.options', 'list-type'),
  },
  { weight: 8, arbitrary: fc.constantFrom('10', '9', '1', 'prefix', 'uploads', 'acl', 'versionId') },
  { weight: 3, arbitrary: fc.constantFrom('constructor', 'toString', 'hasOwnProperty') },
  { weight: 1, arbitrary: fc.constant('__proto__') },
  { weight: 3, arbitrary: fc.constantFrom('%41', 'a%20b', 'a%2Fb', 'a!', 'a*', 'é', 'ሴ') },
  { weight: 1, arbitrary: fc.constantFrom('a[b]', '[') },
  { weight: 1, arbitrary: fc.constant('') },
)

const VALUE = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', '1', 'value', '/', 'x@y:z,w;v', 'a=b==', '/x?y') },
  {
    weight: 6,
    arbitrary: fc.array(SEGMENT_PIECE, { maxLength: 3 }).map((pieces) => joined(pieces).replaceAll('&', '')),
  },
)

const PAIR = fc
  .tuple(NAME, fc.option(VALUE, { freq: 8, nil: undefined }))
  .map(([name, value]) => (value === undefined ? name : `${name}=${value}`))

const QUERY = fc
  .tuple(fc.array(PAIR, { maxLength: 4 }), fc.constantFrom('&', '&', '&', '&', '&', '&&'))
  .map(([pairs, separator]) => pairs.join(separator))

const HEADER_NAME = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      'x-a',
      'X-A1',
      'x-a-b',
      'x-a_b',
      'X-Amz-Meta-Key',
      'x-amz-acl',
      'Cache-Control',
      'Accept',
    ),
  },
  { weight: 1, arbitrary: fc.constant('constructor') },
  { weight: 1, arbitrary: fc.constant('__proto__') },
)

const HEADER_VALUE = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('value', 'a,b', 'text/plain; charset=utf-8', '"quoted"', '%20') },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constantFrom('a  b', '"a   b   c"', 'a\tb', 'a \t b') },
  { weight: 2, arbitrary: fc.constantFrom(' a', 'a ', '\ta\t', '   ', '  a  b  ') },
)

const TOKEN = fc.constantFrom(undefined, undefined, undefined, 'token', 'AQoDYXdzEPT//////////wEX+a=b==')

function joined(pieces: readonly string[]): string {
  return pieces.join('')
}

function headersFor(body: string | undefined, headers: [string, string][]): [string, string][] {
  if (body === undefined) return headers
  return [...headers, ['content-type', 'text/plain'], ['Content-Length', String(Buffer.byteLength(body))]]
}

/** Requests for S3 and for a service that follows the general rules, signed in headers and in the query. */
export function requests(): fc.Arbitrary<GeneratedRequest> {
  return fc
    .record({
      service: fc.constantFrom('s3', 'execute-api'),
      carrier: fc.constantFrom('header', 'query'),
      method: fc.constantFrom(...METHODS),
      scheme: fc.constantFrom('https', 'https', 'http'),
      host: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...HOSTS) },
        { weight: 1, arbitrary: fc.constantFrom(...REWRITTEN_HOSTS) },
      ),
      path: PATH,
      query: QUERY,
      end: fc.oneof({ weight: 80, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant(' ') }),
      headers: fc.array(fc.tuple(HEADER_NAME, HEADER_VALUE), { maxLength: 3 }),
      body: fc.constantFrom('', 'body', '{"name":"é"}'),
      sessionToken: TOKEN,
    })
    .map(({ scheme, host, path, query, end, body: text, ...rest }) => {
      const body = rest.carrier === 'header' && WITH_BODY.test(rest.method) ? text : undefined
      const target = `${path}${query && '?'}${query}`
      const url = `${scheme}://${host}${target}${target && end}`
      return { ...rest, url, body, headers: headersFor(body, rest.headers) }
    })
}
