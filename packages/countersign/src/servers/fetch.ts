/**
 * Handlers of web-standard requests, as in Workers, Deno and Bun: a wrapper that lets only signed requests through.
 *
 * ```ts
 * const guard = requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' }))
 * export default { fetch: guard(async (request) => new Response(`hello ${verifiedOf(request).principal}`)) }
 * ```
 *
 * A `Request` has lost what a URL and `Headers` cannot hold: dot segments, and which of its headers stood twice.
 * Requests that were signed with either are refused, S3's odd keys (`a/../b`) among them.
 *
 * @module
 */
import { createReadableStream } from '../core/readable-stream.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, rememberAs, type GuardOptions } from './guard.ts'
import { readWebRequest, refusalResponse } from './web-message.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** What a runtime calls: the request, then whatever it adds, such as an environment. */
export type FetchHandler<A extends unknown[]> = (request: Request, ...more: A) => Response | Promise<Response>

/** Options of {@link requireSignature}. */
export interface FetchGuardOptions<A extends unknown[] = unknown[]> extends GuardOptions<Request> {
  /** Tells the address of the client, which a `Request` does not: `(_, info) => info.remoteAddr.hostname` in Deno. */
  readonly remoteAddress?: ((request: Request, ...more: A) => string | undefined) | undefined
}

/** Puts itself before a handler. */
export type FetchGuard<A extends unknown[]> = <B extends A>(
  handler: FetchHandler<B>,
) => (request: Request, ...more: B) => Promise<Response>

/**
 * Makes a wrapper that lets only signed requests through to a handler, which gets them with their verified body. A
 * refused one is answered; any other error, such as one of the key look-up, is thrown on.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature<A extends unknown[] = unknown[]>(
  verifier: Verifier | Shadow,
  options: FetchGuardOptions<A> = {},
): FetchGuard<A> {
  const guard = createGuard(verifier, options)

  return (handler) =>
    async (request, ...more) => {
      const { admitted, refusal } = await guard(request, () =>
        readWebRequest(request, options.remoteAddress?.(request, ...more)),
      )
      if (refusal) return refusalResponse(request.method, refusal)
      if (!admitted.body) return handler(request, ...more)
      const fresh = withBody(request, admitted.body)
      rememberAs(fresh, request)
      return handler(fresh, ...more)
    }
}

/** The same request with another body. */
function withBody(request: Request, body: AsyncIterable<Uint8Array>): Request {
  const init: RequestInit & { duplex: 'half' } = { body: createReadableStream(body), duplex: 'half' }
  return new Request(request, init)
}
