/**
 * What people put into requests, and what has to arrive.
 *
 * @module
 */
import { Readable } from 'node:stream'

/** Queries as they stand in a URL. */
export const QUERIES: readonly string[] = [
  'foo=1&bar=2&foo_bar=1&foo-bar=1',
  'key=&key-type=s3&format=json',
  'foo=1&bar=2&bar=3&bar=1',
  'q=1&q.options=2',
  'a=%26b%3Dc%2Bd%20%2F%3Fa%3Db%26c%3Dd',
  'marker=%C3%A4%C3%B6%C3%BC-01.txt&prefix',
  'acl',
  'acl&b=1',
  '=v&a=1',
  'a=b=c==',
  '__proto__=x&a=1',
  'constructor=x',
  '10=a&9=b&1=c',
  'a=100%25',
  'a=%FF',
  'a=%c3%a9',
  'b=%7E',
  'a=x@y:z,w;v',
  'a=/x?y',
  'a[b]=1&a0=2',
  "a='b'!(c)*",
  'a=b+c',
  'a=1&&b=2',
  'a=%F0%9F%A6%8A&%E1%88%B4=1',
  '',
]

/** Paths of S3, each with the name that the server has to see. */
export const PATHS: ReadonlyMap<string, string> = new Map([
  ['/bucket/a%20b', '/bucket/a b'],
  ['/bucket/a+b', '/bucket/a+b'],
  ['/bucket/a%2Bb', '/bucket/a+b'],
  ['/bucket/a%2Fb', '/bucket/a/b'],
  ['/bucket//lead', '/bucket//lead'],
  ['/bucket/trail/', '/bucket/trail/'],
  ['/bucket/a//b', '/bucket/a//b'],
  ['/bucket/a%5Cb', '/bucket/a\\b'],
  ['/bucket/a%3Fb', '/bucket/a?b'],
  ['/bucket/a%23b', '/bucket/a#b'],
  ['/bucket/100%25', '/bucket/100%'],
  ['/bucket/a%252Fb', '/bucket/a%2Fb'],
  ['/bucket/caf%C3%A9', '/bucket/caf\u00e9'],
  ['/bucket/caf%c3%a9', '/bucket/caf\u00e9'],
  ['/bucket/cafe%CC%81', '/bucket/cafe\u0301'],
  ["/bucket/!'()*,;:@&=$[]~", "/bucket/!'()*,;:@&=$[]~"],
  ['/bucket/%F0%9F%A6%8A', '/bucket/\u{1f98a}'],
  [`/bucket/${'x'.repeat(1024)}`, `/bucket/${'x'.repeat(1024)}`],
  ['/bucket/a/../b', '/bucket/a/../b'],
  ['/bucket/a/./b', '/bucket/a/./b'],
  ['/bucket/a/%2e%2e/b', '/bucket/a/../b'],
  ['/bucket/..', '/bucket/..'],
])

/** A body, the bytes that have to arrive, and the content type that comes with it. */
export interface BodyKind {
  readonly make: () => unknown
  readonly bytes: Uint8Array
  readonly type?: string
}

const BYTES = Uint8Array.of(0, 1, 2, 127, 128, 255)
const bytesOf = (text: string): Uint8Array => Buffer.from(text)

/** Bodies of all kinds but streams and forms. */
export const BODIES: Readonly<Record<string, BodyKind>> = {
  'a text': { make: () => 'h\u00e9llo', bytes: bytesOf('h\u00e9llo') },
  bytes: { make: () => BYTES, bytes: BYTES },
  'a part of a buffer': { make: () => BYTES.subarray(1, 4), bytes: BYTES.slice(1, 4) },
  'a Buffer': { make: () => Buffer.from(BYTES), bytes: BYTES },
  'an ArrayBuffer': { make: () => BYTES.slice().buffer, bytes: BYTES },
  'a DataView': { make: () => new DataView(BYTES.buffer, 2, 2), bytes: BYTES.slice(2, 4) },
  'a Uint16Array': { make: () => Uint16Array.of(0x0102), bytes: Uint8Array.of(2, 1) },
  'a Blob': { make: () => new Blob(['b', 'c']), bytes: bytesOf('bc') },
  'a Blob with a type': {
    make: () => new Blob(['b'], { type: 'text/x-a' }),
    bytes: bytesOf('b'),
    type: 'text/x-a',
  },
  URLSearchParams: {
    make: () => new URLSearchParams({ a: 'b c', d: '&' }),
    bytes: bytesOf('a=b+c&d=%26'),
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
  },
}

/** A form with a text and a file. */
export function makeForm(): FormData {
  const form = new FormData()
  form.set('a', 'b\u00e9')
  form.set('file', new File(['content'], 'f.txt', { type: 'text/plain' }))
  return form
}

/** Bytes of the streams. */
export const STREAMED: Uint8Array = Buffer.alloc(200_000, 'stream ')

/** Streams of those bytes. */
export const STREAMS: Readonly<Record<string, () => unknown>> = {
  'a web stream': () => new Blob([STREAMED as Uint8Array<ArrayBuffer>]).stream(),
  'a stream of Node': () => Readable.from([STREAMED.subarray(0, 70_000), STREAMED.subarray(70_000)]),
}
