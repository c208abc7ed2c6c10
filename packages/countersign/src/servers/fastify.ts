/**
 * Fastify: a hook that verifies a request before its body is parsed, and gives the verified bytes to the parser.
 *
 * ```ts
 * app.addHook('preParsing', requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' })))
 * app.put('/things/:id', async (request) => ({ by: verifiedOf(request).principal, thing: request.body }))
 * ```
 *
 * @module
 */
import type { ErrorResponse } from '../verify/responses/response.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { readerFor, refusalHeaders, type NodeRequest } from './node-message.ts'
import { readableOf, type NodeStream } from './node-stream.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** What is needed of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest
}

/** What is needed of Fastify's reply. */
export interface FastifyReplyLike {
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(body: string): unknown
}

/** What goes on after the hook, with the body that is to be parsed. */
export type FastifyDone = (error?: Error | null, body?: NodeStream) => void

/** A hook for `preParsing`. */
export type FastifyGuard<R extends FastifyRequestLike> = (
  request: R,
  reply: FastifyReplyLike,
  payload: unknown,
  done: FastifyDone,
) => void

/**
 * Makes a hook for `preParsing` that lets only signed requests through. A refused one is answered; any other error, such
 * as one of the key look-up, goes to Fastify's error handler. `request.body` is then made of what was verified.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature<R extends FastifyRequestLike>(
  verifier: Verifier | Shadow,
  options: GuardOptions<R> = {},
): FastifyGuard<R> {
  const guard = createGuard(verifier, options)
  const readRequest = readerFor(verifier)

  async function admit(request: R, reply: FastifyReplyLike, done: FastifyDone): Promise<void> {
    let body: NodeStream | undefined
    try {
      const { admitted, refusal } = await guard(request, () => readRequest(request.raw))
      if (refusal) return send(request.raw, reply, refusal)
      body = admitted.body && parsable(admitted.body, request.raw)
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)))
    }
    done(null, body)
  }

  // A promise would have Fastify go on once an answer was sent.
  return (request, reply, _payload, done) => void admit(request, reply, done)
}

function send(request: NodeRequest, reply: FastifyReplyLike, refusal: ErrorResponse): void {
  reply.code(refusal.status)
  reply.headers(Object.fromEntries(refusalHeaders(request, refusal)))
  reply.send(refusal.body)
}

// Fastify holds the length that it reads against Content-Length, which is that of the frames where there are chunks.
function parsable(body: AsyncIterable<Uint8Array>, { rawHeaders }: NodeRequest): NodeStream {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length')
  const length = at < 0 ? {} : { receivedEncodedLength: Number(rawHeaders[at + 1]) }
  return Object.assign(readableOf(body), length)
}
