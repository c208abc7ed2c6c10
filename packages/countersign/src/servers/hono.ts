/**
 * Hono: a middleware that lets only signed requests through, on every runtime of Hono's.
 *
 * ```ts
 * app.use(requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' })))
 * app.get('/things', (c) => c.text(`hello ${verifiedOf(c).principal}`))
 * ```
 *
 * On Node (`@hono/node-server`) it reads the request as it stood on the wire, and refuses a target that Hono, which routes by
 * URLs, would take for another one. Elsewhere there is only a `Request`, which has lost dot segments, and which of its headers
 * stood twice: requests that were signed with either are refused.
 *
 * @module
 */
import { createReadableStream } from '../core/readable-stream.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { readerFor, refusalHeaders, type NodeRequest } from './node-message.ts'
import { readWebRequest, refusalResponse } from './web-message.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** What is needed of Hono's context. */
export interface HonoContextLike {
  readonly req: { raw: Request }
  /** What the runtime adds; on Node, its own request is in it. */
  readonly env: unknown
}

/** A middleware of Hono. */
export type HonoGuard<C extends HonoContextLike> = (
  context: C,
  next: () => Promise<void>,
) => Promise<Response | undefined>

/** Options of {@link requireSignature}. */
export interface HonoGuardOptions<C> extends GuardOptions<C> {
  /** Tells the address of the client where the runtime is not Node, such as `getConnInfo` of Hono's adapters. */
  readonly remoteAddress?: ((context: C) => string | undefined) | undefined
}

/**
 * Makes a middleware that lets only signed requests through; `c.req` then has the verified body. A refused one is
 * answered; any other error, such as one of the key look-up, goes to `app.onError`.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature<C extends HonoContextLike>(
  verifier: Verifier | Shadow,
  options: HonoGuardOptions<C> = {},
): HonoGuard<C> {
  const guard = createGuard(verifier, options)
  const readRequest = readerFor(verifier)

  function read(context: C): RequestMessage {
    const incoming = incomingOf(context.env)
    if (!incoming) return readWebRequest(context.req.raw, options.remoteAddress?.(context))
    const message = readRequest(incoming)
    assertRouted(message.target, context.req.raw.url)
    return message
  }

  return async (context, next) => {
    const { admitted, refusal } = await guard(context, () => read(context))
    if (refusal) {
      const incoming = incomingOf(context.env)
      const headers = incoming ? refusalHeaders(incoming, refusal) : refusal.headers
      return refusalResponse(context.req.raw.method, { ...refusal, headers })
    }
    if (admitted.body) context.req.raw = withBody(context.req.raw, admitted.body)
    await next()
    return undefined
  }
}

// Hono routes by a URL, whose dots are gone and whose backslashes are slashes: a signature for `/a/..\\b` is none for `/b`.
function assertRouted(target: string, url: string): void {
  const routed = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/, '')
  if (decodeUri(target.replace(/^https?:\/\/[^/?#]*/i, '')) === decodeUri(routed)) return
  throw refuse('REQUEST_MALFORMED', 'Hono would take the request target for another one')
}

function incomingOf(env: unknown): NodeRequest | undefined {
  const incoming = (env as { incoming?: Partial<NodeRequest> } | null | undefined)?.incoming
  return Array.isArray(incoming?.rawHeaders) ? (incoming as NodeRequest) : undefined
}

/** The request with its verified body. Not a copy of the old one, whose body Node's adapter would ask for. */
function withBody({ url, method, headers }: Request, body: AsyncIterable<Uint8Array>): Request {
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: createReadableStream(body),
    duplex: 'half',
  }
  return new Request(url, init)
}
