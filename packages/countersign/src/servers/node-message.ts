/**
 * Requests of Node's own servers as they stood on the wire, of HTTP/1.1 or of the compatible half of HTTP/2, and the
 * answers that refuse them.
 *
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import type { RequestMessage } from '../verify/message.ts'
import type { ErrorResponse } from '../verify/responses/response.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { tapMessage, type TappedMessage } from './body-tap.ts'
import { bodyAlreadyRead, isShadow } from './guard.ts'
import { readHttp2Headers } from './http2-headers.ts'
import { linger } from './linger.ts'

/** What is needed of Node's `IncomingMessage` or `Http2ServerRequest`. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Express puts the target here before routers shorten `url`. */
  readonly originalUrl?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly httpVersionMajor?: number | undefined
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined }
  /** The stream of a request over HTTP/2. */
  readonly stream?: { readonly endAfterHeaders?: boolean | undefined } | undefined
  /** Whether the whole message has arrived. */
  readonly complete?: boolean | undefined
  /** Whether somebody has begun to read the body. */
  readonly readableDidRead?: boolean | undefined
  iterator?(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array>
}

/** What is needed of Node's `ServerResponse` or `Http2ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(): unknown
  end(body: string): unknown
}

/** The message as it stood on the wire: raw target, raw headers, and the body if there is one. */
export function readNodeRequest(request: NodeRequest): RequestMessage {
  const { method = '', socket } = request
  const { headers, hasBody } = isHttp2(request) ? readHttp2(request) : readHttp1(request)
  return {
    method,
    target: request.originalUrl ?? request.url ?? '',
    headers,
    body: hasBody ? bodyOf(request) : undefined,
    protocol: socket.encrypted ? 'https' : 'http',
    remoteAddress: socket.remoteAddress,
  }
}

/**
 * The same, of a request whose body nobody has read yet.
 *
 * @throws {@link CountersignError} `BODY_ALREADY_READ`
 */
function readFreshNodeRequest(request: NodeRequest): RequestMessage {
  const message = readNodeRequest(request)
  if (message.body !== undefined && request.readableDidRead) throw bodyAlreadyRead()
  return message
}

/** How a guard reads requests: for a shadow so that the handler, too, finds them unread. */
export function readerFor(verifier: Verifier | Shadow): (request: NodeRequest) => TappedMessage {
  if (!isShadow(verifier)) return readFreshNodeRequest
  return (request) => tapMessage(readFreshNodeRequest(request), request)
}

function isHttp2({ httpVersionMajor = 1 }: NodeRequest): boolean {
  return httpVersionMajor >= 2
}

interface Head {
  readonly headers: RequestMessage['headers']
  readonly hasBody: boolean
}

function readHttp2({ rawHeaders, stream }: NodeRequest): Head {
  return { headers: readHttp2Headers(rawHeaders), hasBody: stream?.endAfterHeaders !== true }
}

function readHttp1({ rawHeaders }: NodeRequest): Head {
  const headers: [string, string][] = []
  let hasBody = false
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    headers.push([name, value])
    hasBody ||= announcesBody(name, value)
  }
  return { headers, hasBody }
}

/** A message has a body when it says how it ends. @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-6} */
function announcesBody(name: string, value: string): boolean {
  // Of these lengths there are few names; it spares most of them the lower case.
  if (name.length !== 14 && name.length !== 17) return false
  const lower = name.toLowerCase()
  return lower === 'transfer-encoding' || (lower === 'content-length' && value !== '0')
}

// A refused body must not take the connection down before the answer is sent.
function bodyOf(request: NodeRequest): AsyncIterable<Uint8Array> {
  return request.iterator?.({ destroyOnReturn: false }) ?? request
}

/**
 * Headers of an answer that refuses, which is to be sent now. The rest of a body is not worth waiting for, and must not be
 * taken for the next request: the connection then ends, but not before the client can read why. HTTP/2, which numbers its
 * requests, needs no such care.
 */
export function refusalHeaders(request: NodeRequest, { headers }: ErrorResponse): [string, string][] {
  if (request.complete || isHttp2(request)) return headers
  linger(request)
  return [...headers, ['connection', 'close']]
}

/** Answers with a refusal. */
export function sendRefusal(request: NodeRequest, response: NodeResponse, refusal: ErrorResponse): void {
  const { status, body } = refusal
  const headers = Object.fromEntries(refusalHeaders(request, refusal))
  response.writeHead(status, { ...headers, 'content-length': String(utf8(body).length) })
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}
