/**
 * Node's own `http`, `https` and `http2` servers, and what is built on them: Connect, Express and others with the
 * signature `(request, response, next)`.
 *
 * ```ts
 * const guard = requireSignature(createVerifier({ secrets, service: 'execute-api', region: 'us-east-1' }))
 * http.createServer((request, response) =>
 *   guard(request, response, (error) => (error ? response.writeHead(500).end() : handle(request, response))),
 * )
 * ```
 *
 * @module
 */
import type { ErrorResponse } from '../verify/responses/response.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, type GuardOptions, type Verdict } from './guard.ts'
import { readerFor, sendRefusal, type NodeRequest, type NodeResponse } from './node-message.ts'

export {
  deferContinue,
  type ContinuingResponse,
  type ContinuingServer,
  type WaitingRequest,
} from './defer-continue.ts'
export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export { readNodeRequest, type NodeRequest, type NodeResponse } from './node-message.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** Options of {@link requireSignature}. */
export type NodeGuardOptions = GuardOptions<NodeRequest>

/** What goes on after the guard, or takes the error that is none of the client's. */
export type NodeNext = (error?: unknown) => void

/** A middleware. */
export type NodeGuard = (request: NodeRequest, response: NodeResponse, next: NodeNext) => void

/**
 * Makes a middleware that lets only signed requests through. A refused one is answered; any other error, such as one
 * of the key look-up, goes to `next`. It has to stand before whatever reads bodies.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature(verifier: Verifier | Shadow, options: NodeGuardOptions = {}): NodeGuard {
  const guard = createGuard(verifier, options)
  const readRequest = readerFor(verifier)

  return (request, response, next) => {
    const verdict = guard(request, readRequest)
    if (!(verdict instanceof Promise)) settle(verdict, request, response, next)
    else void verdict.then((settled) => settle(settled, request, response, next), next)
  }
}

function settle({ refusal }: Verdict, request: NodeRequest, response: NodeResponse, next: NodeNext): void {
  if (refusal) answer(request, response, refusal, next)
  else next()
}

function answer(request: NodeRequest, response: NodeResponse, refusal: ErrorResponse, next: NodeNext): void {
  try {
    sendRefusal(request, response, refusal)
  } catch (error) {
    next(error)
  }
}
