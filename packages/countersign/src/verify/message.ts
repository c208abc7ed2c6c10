/**
 * The request as it came, and a first reading of it that checks nothing but its anatomy.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { isPlainPath } from '../core/canonical-path.ts'
import { isEncodedQuery } from '../core/canonical-query.ts'
import { X_AMZ_DECODED_CONTENT_LENGTH } from '../core/chunk-framing.ts'
import {
  EMPTY_SHA256,
  X_AMZ_CONTENT_SHA256,
  X_AMZ_DATE,
  X_AMZ_REGION_SET,
  X_AMZ_SECURITY_TOKEN,
} from '../core/names.ts'
import { CHECKSUM_PREFIX } from '../crypto/checksums/s3-checksums.ts'
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

/** A request target, split. */
interface Target {
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
  /** Whether both are canonical as they stand, whatever the rules, but for the order of the query. */
  readonly isPlain: boolean
}

/** A message in its parts. */
export interface ReadMessage extends Target {
  readonly method: string
  /** Whether all of the headers is ASCII, as nearly always. */
  readonly isAscii: boolean
  /** Whether a header tells a digest of the body. */
  readonly hasDigest: boolean
  /** Lower-case names. */
  readonly headers: readonly Header[]
}

/** Header of a digest of the body. */
export const CONTENT_MD5 = 'content-md5'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// To look for what may not be there takes less than to go through all that may.
const NOT_ASCII = /[^\t\x20-\x7e]/
const NOT_BYTES = /[^\t\x20-\x7e\x80-\xff]/
// No fragment: routers and proxies cut it off, where the signature of `/k%23x` is that of `/k#x`.
const TARGET = /^[!"$-~\x80-\xff]+$/
const ABSOLUTE = /^https?:\/\/([^/?]+)(.*)$/i

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

/** What is known of a header by its name alone. */
interface HeaderName {
  /** In lower case. */
  readonly name: string
  readonly isSingle: boolean
  readonly isDigest: boolean
}

/**
 * Reads a message.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`, `LIMIT_EXCEEDED`
 */
export function readMessage(message: RequestMessage, limits: Limits): ReadMessage {
  const { method, target } = message
  if (method !== 'GET' && (typeof method !== 'string' || !TOKEN.test(method)))
    throw malformed('the method is not a token')
  if (typeof target !== 'string') throw malformed('the request target is none')
  const { headers, isAscii, hasDigest } = readHeaders(message.headers, limits)
  const { path, query, isPlain } = readTarget(target, headers)
  assertQuery(query, limits)
  return { method, path, query, isPlain, headers, isAscii, hasDigest }
}

function readHeaders(
  list: RequestMessage['headers'],
  limits: Limits,
): Pick<ReadMessage, 'headers' | 'isAscii' | 'hasDigest'> {
  if (!Array.isArray(list)) throw malformed('headers must be a list of pairs')
  if (list.length > limits.headerFields) throw exceeded('headerFields', limits)
  const headers: Header[] = []
  let bytes = 0
  let isAscii = true
  let hasDigest = false
  for (const header of list) {
    const given: unknown = header?.[0]
    const value: unknown = header?.[1]
    if (typeof given !== 'string' || typeof value !== 'string') {
      throw malformed('a header must be a name and a value')
    }
    const { name, isSingle, isDigest } = knownNames.get(given) ?? readName(given)
    hasDigest ||= isDigest
    bytes += name.length + value.length
    if (bytes > limits.headerBytes) throw exceeded('headerBytes', limits)
    // The longest one of most requests is looked at when it is read, unless it has been read before.
    isAscii &&= name === 'authorization' || value === EMPTY_SHA256 || !NOT_ASCII.test(value)
    if (!isAscii) assertBytes(name, value)
    if (isSingle && valueOf(headers, name) !== undefined) throw malformed('a header stands twice', name)
    // A pair that is as it should be is taken as it is.
    headers.push(name === given ? (header as Header) : [name, value])
  }
  const isHttp2 = valueOf(headers, ':authority') !== undefined
  return { headers: isHttp2 ? withHost(headers) : headers, isAscii, hasDigest }
}

/**
 * Checks that a header's value is of bytes that may stand in one.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function assertBytes(name: string, value: string): void {
  if (NOT_BYTES.test(value)) throw malformed('a header value is no bytes', name)
}

/** Names that came before, as clients have few of them. */
const knownNames = new Map<string, HeaderName>()
/** Strangers may write any: so many are kept, and none that is so long. */
const MOST = 256

function readName(given: string): HeaderName {
  // Before lower case, which makes ASCII of some letters that are not.
  if (!NAME.test(given)) throw malformed('a header name is none')
  const name = given.toLowerCase()
  const isDigest = name === CONTENT_MD5 || name.startsWith(CHECKSUM_PREFIX)
  const known = { name, isSingle: SINGLE.has(name), isDigest }
  if (knownNames.size === MOST) knownNames.clear()
  if (given.length < MOST) knownNames.set(given, known)
  return known
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

function readTarget(target: string, headers: readonly Header[]): Target {
  const split = splitTarget(target)
  if (split.isPlain) return split
  if (!TARGET.test(target)) throw malformed('the request target has forbidden characters')
  if (target.startsWith('/')) return split
  const [, authority = '', rest = ''] = ABSOLUTE.exec(target) ?? []
  const host = valueOf(headers, 'host')
  if (authority === '' || authority.toLowerCase() !== host?.toLowerCase()) {
    throw malformed('the request target must begin with a slash, or be a URL of the Host')
  }
  return splitTarget(rest.startsWith('/') ? rest : `/${rest}`)
}

function splitTarget(target: string): Target {
  const question = target.indexOf('?')
  const path = question < 0 ? target : target.slice(0, question)
  const query = target.slice(path.length + 1)
  return { path, query, isPlain: path !== '' && isPlainPath(path) && isEncodedQuery(query) }
}

function assertQuery(query: string, limits: Limits): void {
  if (query.length > limits.queryBytes) throw exceeded('queryBytes', limits)
  // Shorter ones cannot hold that many.
  const isLong = query.length > limits.queryPairs
  if (isLong && query.split('&').length > limits.queryPairs) throw exceeded('queryPairs', limits)
}

function malformed(what: string, header?: string): Error {
  return header
    ? refuse('REQUEST_MALFORMED', `${what}: ${header}`, { header })
    : refuse('REQUEST_MALFORMED', what)
}
