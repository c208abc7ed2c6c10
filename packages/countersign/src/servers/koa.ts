/**
 * Koa: a middleware that lets only signed requests through.
 *
 * ```ts
 * app.use(requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' })))
 * app.use((ctx) => (ctx.body = `hello ${verifiedOf(ctx).principal}`))
 * ```
 *
 * @module
 */
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { readerFor, refusalHeaders, type NodeRequest } from './node-message.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** What is needed of Koa's context. */
export interface KoaContextLike {
  readonly req: NodeRequest
  /** The target before `koa-mount` shortens it. */
  readonly originalUrl: string
  status: number
  body: unknown
  set(headers: Record<string, string>): unknown
}

/** A middleware of Koa. */
export type KoaGuard<C extends KoaContextLike> = (context: C, next: () => Promise<unknown>) => Promise<void>

/**
 * Makes a middleware that lets only signed requests through. A refused one is answered; any other error, such as one
 * of the key look-up, goes to Koa. It has to stand before whatever reads bodies.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature<C extends KoaContextLike>(
  verifier: Verifier | Shadow,
  options: GuardOptions<C> = {},
): KoaGuard<C> {
  const guard = createGuard(verifier, options)
  const readRequest = readerFor(verifier)

  return async (context, next) => {
    const { refusal } = await guard(context, () => ({
      ...readRequest(context.req),
      // In Express, Koa knows the target no better than a router does.
      target: context.req.originalUrl ?? context.originalUrl,
    }))
    if (!refusal) {
      await next()
      return
    }
    context.status = refusal.status
    context.set(Object.fromEntries(refusalHeaders(context.req, refusal)))
    context.body = refusal.body
  }
}
