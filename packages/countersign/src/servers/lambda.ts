/**
 * AWS Lambda behind a function URL, API Gateway or a load balancer: a wrapper that lets only signed requests through to
 * the handler of their events.
 *
 * ```ts
 * const guard = requireSignature(createVerifier({ secrets, service: 'lambda', region: 'us-east-1' }))
 * export const handler = guard(async (event) => ({ statusCode: 200, body: `hello ${verifiedOf(event).principal}` }))
 * ```
 *
 * Function URLs and load balancers pass on the path as it was sent. REST APIs decode the query, which is encoded again;
 * HTTP APIs decode the path too, and any but a plain one is refused. Read what was sent from `verifiedOf(event).covered`.
 *
 * @module
 */
import type { ErrorResponse } from '../verify/responses/response.ts'
import type { Shadow } from '../verify/shadow.ts'
import type { Verifier } from '../verify/verifier.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { readLambdaEvent, type LambdaEvent } from './lambda-event.ts'

export { verifiedOf } from './guard.ts'
export { isVerifiedForm, verifiedFormOf, type VerifyForm } from './upload-form.ts'
export type { LambdaEvent, LambdaRequestContext } from './lambda-event.ts'
export type { ForwardedHeader, TrustedProxies } from './trusted-proxies.ts'

/** An answer in the shape that function URLs, both payload versions and load balancers take. */
export interface LambdaRefusal {
  readonly statusCode: number
  readonly headers: Record<string, string>
  /** There where the event has its own: a load balancer that sends them takes no answer without. */
  readonly multiValueHeaders?: Record<string, string[]>
  /** Empty where the request was a HEAD. */
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** Puts itself before a handler of events. */
export type LambdaGuard<E extends LambdaEvent> = <A extends unknown[], T>(
  handler: (event: E, ...more: A) => T | Promise<T>,
) => (event: E, ...more: A) => Promise<T | LambdaRefusal>

/**
 * Makes a wrapper that lets only signed requests through to a handler; their verified body is that of
 * {@link verifiedOf}. A refused one is answered; any other error, such as one of the key look-up, is thrown on.
 *
 * @param verifier or a shadow of one, before which every request goes on as it came, signed or not
 * @throws {@link SigningError} `IP_RANGE_INVALID`, `OPTION_INVALID` for `trustedProxies`, and for `forms` before a shadow
 */
export function requireSignature<E extends LambdaEvent = LambdaEvent>(
  verifier: Verifier | Shadow,
  options: GuardOptions<E> = {},
): LambdaGuard<E> {
  const guard = createGuard(verifier, options)

  return (handler) =>
    async (event, ...more) => {
      const { refusal } = await guard(event, () => readLambdaEvent(event))
      return refusal ? answerOf(event, refusal) : handler(event, ...more)
    }
}

function answerOf(event: LambdaEvent, { status, headers, body }: ErrorResponse): LambdaRefusal {
  const isHead = (event.httpMethod ?? event.requestContext?.http?.method) === 'HEAD'
  const answer = {
    statusCode: status,
    headers: Object.fromEntries(headers),
    body: isHead ? '' : body,
    isBase64Encoded: false,
  }
  if (!event.multiValueHeaders) return answer
  return { ...answer, multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])) }
}
