/**
 * Node's `http2` server. Its half that is compatible with `http` is guarded like that; its streams have a guard of their
 * own:
 *
 * ```ts
 * const guard = requireStreamSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' }))
 * server.on('stream', (stream, headers, flags, rawHeaders) =>
 *   guard(stream, rawHeaders, (error) => (error ? stream.close() : handle(stream, verifiedOf(stream)))),
 * )
 * ```
 *
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import type { RequestMessage } from '../verify/message.ts'
import type { ErrorResponse } from '../verify/responses/response.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { tapMessage } from './body-tap.ts'
import { bodyAlreadyRead, createGuard, isShadow, type GuardOptions } from './guard.ts'
import { readHttp2Headers } from './http2-headers.ts'
import type { NodeNext } from './node.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export {
  deferContinue,
  requireSignature,
  type ContinuingResponse,
  type ContinuingServer,
  type NodeGuard,
  type NodeGuardOptions,
  type NodeNext,
  type NodeRequest,
  type NodeResponse,
  type WaitingRequest,
} from './node.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** What is needed of Node's `ServerHttp2Stream`. */
export interface Http2Stream extends AsyncIterable<Uint8Array> {
  readonly session?:
    | {
        readonly encrypted?: boolean | undefined
        readonly socket: { readonly remoteAddress?: string | undefined }
      }
    | undefined
  readonly endAfterHeaders?: boolean | undefined
  readonly readableDidRead?: boolean | undefined
  readonly destroyed?: boolean | undefined
  iterator?(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array>
  respond(headers: Record<string, string | number>): void
  end(body?: string): unknown
}

/** Lets signed streams through to `next`, and answers the others. */
export type Http2Guard = (stream: Http2Stream, rawHeaders: readonly string[], next: NodeNext) => void

/**
 * Reads a request from its stream and the list of its headers, the last argument of the event `stream`.
 *
 * @throws {@link CountersignError} `BODY_ALREADY_READ`
 */
export function readHttp2Stream(stream: Http2Stream, rawHeaders: readonly string[]): RequestMessage {
  const hasBody = stream.endAfterHeaders !== true
  if (hasBody && stream.readableDidRead) throw bodyAlreadyRead()
  return {
    method: pseudoHeader(rawHeaders, ':method'),
    target: pseudoHeader(rawHeaders, ':path'),
    headers: readHttp2Headers(rawHeaders),
    // A refused body must not take the stream down before the answer is sent.
    body: hasBody ? (stream.iterator?.({ destroyOnReturn: false }) ?? stream) : undefined,
    protocol: stream.session?.encrypted ? 'https' : 'http',
    remoteAddress: stream.session?.socket.remoteAddress,
  }
}

// The protocol has each of them once, and refuses a request with two.
function pseudoHeader(rawHeaders: readonly string[], name: string): string {
  const at = rawHeaders.findIndex((given, index) => index % 2 === 0 && given === name)
  return at < 0 ? '' : (rawHeaders[at + 1] ?? '')
}

/**
 * Makes a guard of streams that lets only signed requests through. A refused one is answered; any other error, such as
 * one of the key look-up, goes to `next`.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireStreamSignature(
  verifier: Verifier | Shadow,
  options: GuardOptions<Http2Stream> = {},
): Http2Guard {
  const guard = createGuard(verifier, options)

  function read(stream: Http2Stream, rawHeaders: readonly string[]): RequestMessage {
    const message = readHttp2Stream(stream, rawHeaders)
    return isShadow(verifier) ? tapMessage(message, stream) : message
  }

  async function admit(stream: Http2Stream, rawHeaders: readonly string[], next: NodeNext): Promise<void> {
    try {
      const { refusal } = await guard(stream, () => read(stream, rawHeaders))
      if (refusal) return respond(stream, pseudoHeader(rawHeaders, ':method'), refusal)
    } catch (error) {
      return next(error)
    }
    next()
  }

  return (stream, rawHeaders, next) => void admit(stream, rawHeaders, next)
}

function respond(stream: Http2Stream, method: string, { status, headers, body }: ErrorResponse): void {
  if (stream.destroyed) return
  stream.respond({
    ...Object.fromEntries(headers),
    ':status': status,
    'content-length': String(utf8(body).length),
  })
  stream.end(method === 'HEAD' ? undefined : body)
}
