/**
 * The request as it came, and a first reading of it that checks nothing but its anatomy.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { X_AMZ_DECODED_CONTENT_LENGTH } from '../core/chunk-framing.ts'
import { X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_REGION_SET, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { exceeded, type Limits } from './limits.ts'
import { refuse } from './refusals.ts'

/** A request as the socket gave it: nothing decoded, joined or sorted. */
export interface RequestMessage {
  /** As it stood on the request line. */
  readonly method: string
  /** Request target as it stood on the request line: `/path?query`, or an absolute URL. */
  readonly target: string
  /** In the order of the wire, repeats kept, bytes as latin-1 characters. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The bytes behind the head; nothing of a stream is read before the head is known to be good. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined
  /** `https` where it came over TLS, for `unsignedPayload: 'https-only'`. */
  readonly protocol?: 'http' | 'https' | undefined
  /** Address of the client. The guards fill it in; the verifier itself does not look at it. */
  readonly remoteAddress?: string | undefined
  /** For those who read the body: the verifier itself does not look at it. */
  readonly signal?: AbortSignal | undefined
}

/** A message in its parts. */
export interface ReadMessage {
  readonly method: string
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
  /** Whether all of the headers is ASCII, as nearly always. */
  readonly isAscii: boolean
  /** Whether all names of the headers are among the most usual, which need no closer look. */
  readonly isUsual: boolean
  /** Lower-case names. */
  readonly headers: readonly Header[]
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const ASCII = /^[\t\x20-\x7e]*$/
const BYTES = /^[\t\x20-\x7e\x80-\xff]*$/
const TARGET = /^[\x21-\x7e\x80-\xff]+$/
const ABSOLUTE = /^https?:\/\/([^/?#]+)([^#]*)$/i

/** Headers of which a request may have one: two would let client and server read different ones. */
const SINGLE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'date',
  'content-length',
  X_AMZ_DATE,
  X_AMZ_CONTENT_SHA256,
  X_AMZ_SECURITY_TOKEN,
  X_AMZ_REGION_SET,
  X_AMZ_DECODED_CONTENT_LENGTH,
  ':authority',
])

/** Names as clients write them most: known at a glance, without a look at each letter. */
const USUAL: ReadonlyMap<string, string> = new Map(
  [
    'Host',
    'Authorization',
    'X-Amz-Date',
    'X-Amz-Content-Sha256',
    'X-Amz-Security-Token',
    'Content-Type',
    'Content-Length',
    'Connection',
    'User-Agent',
    'Accept',
    'Accept-Encoding',
  ].flatMap((name) =>
    [name, name.toLowerCase()].map((written): [string, string] => [written, name.toLowerCase()]),
  ),
)

/**
 * Reads a message.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`, `LIMIT_EXCEEDED`
 */
export function readMessage(message: RequestMessage, limits: Limits): ReadMessage {
  const { method } = message
  if (typeof method !== 'string' || !TOKEN.test(method)) throw malformed('the method is not a token')
  const { headers, isAscii, isUsual } = readHeaders(message.headers, limits)
  const target = readTarget(message.target, headers)
  const question = target.indexOf('?')
  if (question < 0) return { method, path: target, query: '', headers, isAscii, isUsual }
  const query = target.slice(question + 1)
  assertQuery(query, limits)
  return { method, path: target.slice(0, question), query, headers, isAscii, isUsual }
}

function readHeaders(
  list: RequestMessage['headers'],
  limits: Limits,
): Pick<ReadMessage, 'headers' | 'isAscii' | 'isUsual'> {
  if (!Array.isArray(list)) throw malformed('headers must be a list of names and values')
  if (list.length > limits.headerFields) throw exceeded('headerFields', limits)
  const headers: Header[] = []
  let bytes = 0
  let isAscii = true
  let isUsual = true
  for (const header of list) {
    const given: unknown = header?.[0]
    const value: unknown = header?.[1]
    if (typeof given !== 'string' || typeof value !== 'string') {
      throw malformed('a header must be a name and a value')
    }
    const usual = USUAL.get(given)
    isUsual &&= usual !== undefined
    const name = usual ?? readName(given)
    bytes += name.length + value.length
    if (bytes > limits.headerBytes) throw exceeded('headerBytes', limits)
    // The longest one of most requests is looked at when it is read, unless it has been read before.
    isAscii &&= name === 'authorization' || ASCII.test(value)
    if (!isAscii) assertBytes(name, value)
    if (SINGLE.has(name) && valueOf(headers, name) !== undefined)
      throw malformed('a header stands twice', name)
    // A pair that is as it should be is taken as it is.
    headers.push(name === given ? (header as Header) : [name, value])
  }
  const isHttp2 = valueOf(headers, ':authority') !== undefined
  return { headers: isHttp2 ? withHost(headers) : headers, isAscii, isUsual }
}

/**
 * Checks that a header's value is of bytes that may stand in one.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function assertBytes(name: string, value: string): void {
  if (!BYTES.test(value)) throw malformed('a header has a value that is no bytes', name)
}

function readName(given: string): string {
  // Before lower case, which makes ASCII of some letters that are not.
  if (!NAME.test(given)) throw malformed('a header has a name that is none')
  return given.toLowerCase()
}

/** HTTP/2 has `:authority` in place of `host`, or beside it; then the two must agree. */
function withHost(headers: readonly Header[]): Header[] {
  const fields = headers.filter(([name]) => !name.startsWith(':'))
  const authority = valueOf(headers, ':authority') ?? ''
  const host = valueOf(fields, 'host')
  if (host === undefined) return [['host', authority], ...fields]
  if (host.toLowerCase() !== authority.toLowerCase()) throw malformed('host and :authority differ')
  return fields
}

/** Value of the first header of a name. */
export function valueOf(headers: readonly Header[], name: string): string | undefined {
  for (const header of headers) if (header[0] === name) return header[1]
  return undefined
}

function readTarget(target: string, headers: readonly Header[]): string {
  if (typeof target !== 'string' || !TARGET.test(target))
    throw malformed('the request target has characters that cannot stand in it')
  if (target.startsWith('/')) return target
  const [, authority = '', rest = ''] = ABSOLUTE.exec(target) ?? []
  const host = valueOf(headers, 'host')
  if (authority === '' || authority.toLowerCase() !== host?.toLowerCase()) {
    throw malformed('the request target must begin with a slash, or be a URL of the Host')
  }
  return rest.startsWith('/') ? rest : `/${rest}`
}

function assertQuery(query: string, limits: Limits): void {
  if (query.length > limits.queryBytes) throw exceeded('queryBytes', limits)
  // Shorter ones cannot hold that many.
  const isLong = query.length > limits.queryPairs
  if (isLong && query.split('&').length > limits.queryPairs) throw exceeded('queryPairs', limits)
}

function malformed(what: string, header?: string): Error {
  return refuse(
    'REQUEST_MALFORMED',
    header === undefined ? what : `${what}: ${header}`,
    header === undefined ? {} : { header },
  )
}
