/**
 * Node's own `http` and `https` servers, and what is built on them: Connect, Express and others with the signature
 * `(request, response, next)`.
 *
 * ```ts
 * const guard = requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' }))
 * http.createServer((request, response) => guard(request, response, () => handle(request, response)))
 * ```
 *
 * @module
 */
import { CountersignError, VerificationError } from '../errors.ts'
import type { RequestMessage } from '../verify/message.ts'
import type { ErrorResponse, ResponseOptions } from '../verify/responses/response.ts'
import { restJson } from '../verify/responses/rest-json.ts'
import { refuse } from '../verify/refusals.ts'
import type { VerifiedRequest } from '../verify/verified-request.ts'
import type { Verifier } from '../verify/verifier.ts'

/** What is needed of Node's `IncomingMessage`. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Express puts the target here before routers shorten `url`. */
  readonly originalUrl?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined }
  /** Whether the whole message has arrived. */
  readonly complete?: boolean | undefined
  /** Whether somebody has begun to read the body. */
  readonly readableDidRead?: boolean | undefined
  iterator?(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array>
}

/** What is needed of Node's `ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: string[]): unknown
  end(body?: string): unknown
}

/** Options of {@link requireSignature}. */
export interface NodeGuardOptions {
  /** Writes the answer to a refused request; that of restJson and API Gateway by default. */
  readonly respond?: ((error: VerificationError, options?: ResponseOptions) => ErrorResponse) | undefined
  /** Is told of every refusal, with its exact cause, for the server's log. */
  readonly onRefused?: ((error: VerificationError, request: NodeRequest) => void) | undefined
}

/** What goes on after the guard, or takes the error that is none of the client's. */
export type NodeNext = (error?: unknown) => void

interface Marked extends NodeRequest {
  [VERIFIED]?: VerifiedRequest
}

/** A middleware. */
export type NodeGuard = (request: NodeRequest, response: NodeResponse, next: NodeNext) => void

/** A property of the request: a WeakMap of all of them costs the collector more than the signature costs. */
const VERIFIED = Symbol('verified')

/** The message as it stood on the wire: raw target, raw headers, and the body if there is one. */
export function readNodeRequest(request: NodeRequest): RequestMessage {
  const { method = '', socket } = request
  const { rawHeaders } = request
  const headers: [string, string][] = []
  let hasBody = false
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    headers.push([name, value])
    hasBody ||= announcesBody(name, value)
  }
  return {
    method,
    target: request.originalUrl ?? request.url ?? '',
    headers,
    body: hasBody ? bodyOf(request) : undefined,
    protocol: socket.encrypted ? 'https' : 'http',
    remoteAddress: socket.remoteAddress,
  }
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
 * What the guard found out about a request that it let through. Its body is here; the request itself has been read.
 *
 * @throws {@link VerificationError} `SIGNATURE_MISSING` for a request that no guard let through
 */
export function verifiedOf(request: object): VerifiedRequest {
  const verified = (request as Partial<Marked>)[VERIFIED]
  if (verified) return verified
  throw refuse('SIGNATURE_MISSING', 'The request did not come through requireSignature')
}

/**
 * Makes a middleware that lets only signed requests through. A refused one is answered; any other error, such as one
 * of the key look-up, goes to `next`. It has to stand before whatever reads bodies.
 */
export function requireSignature(verifier: Verifier, options: NodeGuardOptions = {}): NodeGuard {
  function guard(request: Marked, response: NodeResponse, next: NodeNext): void {
    const pass = (verified: VerifiedRequest): void => {
      request[VERIFIED] = verified
      next()
    }
    const turnAway = (error: unknown): void => answer(error, request, response, next)
    let verified
    try {
      verified = verifyRequest(verifier, request)
    } catch (error) {
      // Not before the parser is through: then it is known whether a body is still to come.
      return queueMicrotask(() => turnAway(error))
    }
    if (verified instanceof Promise) void verified.then(pass, turnAway)
    else pass(verified)
  }

  function answer(error: unknown, request: NodeRequest, response: NodeResponse, next: NodeNext): void {
    try {
      if (!(error instanceof VerificationError)) throw error
      options.onRefused?.(error, request)
      send(request, response, (options.respond ?? restJson)(error))
    } catch (cause) {
      next(cause)
    }
  }

  return guard
}

function verifyRequest(verifier: Verifier, request: NodeRequest): VerifiedRequest | Promise<VerifiedRequest> {
  const message = readNodeRequest(request)
  if (message.body !== undefined && request.readableDidRead) {
    throw new CountersignError(
      'BODY_ALREADY_READ',
      'The body was read before its signature was checked; put requireSignature before what parses bodies',
    )
  }
  return verifier.verifyAtOnce(message)
}

function send(request: NodeRequest, response: NodeResponse, { status, headers, body }: ErrorResponse): void {
  const head = [...headers.flat(), 'content-length', String(byteLength(body))]
  // The rest of a body is not worth waiting for, and must not be taken for the next request.
  if (!request.complete) head.push('connection', 'close')
  response.writeHead(status, head)
  response.end(request.method === 'HEAD' ? undefined : body)
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
