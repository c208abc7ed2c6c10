/**
 * Signs what undici sends, as an interceptor: for `request`, `stream`, `pipeline`, pools and agents.
 *
 * ```ts
 * const agent = new Agent().compose(createSigningInterceptor(signer))
 * const { statusCode, body } = await agent.request({ origin: 'https://sqs.eu-west-1.amazonaws.com', path: '/', method: 'GET' })
 * ```
 *
 * @module
 */
import { AwsError } from '../answers/aws-error.ts'
import { readErrorAnswer } from '../answers/error-answer.ts'
import { SigningError } from '../errors.ts'
import type { HttpRequest, Body } from '../sign/http-request.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { assertSigner, type AnySigner } from './any-signer.ts'
import { exchange } from './exchange/exchange.ts'
import type { Exchange, ExchangeMemory, ExchangeOptions, Transport } from './exchange/turn.ts'
import { readGivenBody } from './given-body.ts'
import { HeldAnswer, RelayedController, type DispatchHandler, type DispatchOptions } from './undici-answer.ts'
import { assertSameHost, readTarget, readUndiciHeaders } from './undici-request.ts'

/** Options of {@link createSigningInterceptor}. */
export interface SigningInterceptorOptions extends ExchangeOptions {
  /** Whether an answer from 400 on is thrown as an {@link AwsError}; else it is handed back, as undici does. */
  readonly throwOnError?: boolean | undefined
}

/** What sends a request, bit by bit: undici's own `dispatch`, whichever version it is of. */
export type Dispatch<O extends DispatchOptions, H extends DispatchHandler> = (
  options: O,
  handler: H,
) => boolean

/** What is given to `compose`. */
export type SigningInterceptor = <O extends DispatchOptions, H extends DispatchHandler>(
  dispatch: Dispatch<O, H>,
) => Dispatch<O, H>

/**
 * Makes an interceptor for `compose`. Path and query go out as they stand in `path` and `query`, dot segments included;
 * a header `host` is signed and sent, whatever the origin is that is connected to.
 *
 * Compose it first: what comes after it, such as undici's own `retry`, has every attempt signed anew. Redirects are
 * followed here. Undici's own redirects to another host are refused with `TRANSPORT_WOULD_ALTER`.
 *
 * @throws to whoever sends: what the signer throws; {@link SigningError} `OPTION_INVALID` for upgrades;
 *   {@link AwsError} with `throwOnError`
 */
export function createSigningInterceptor(
  signer: AnySigner,
  options: SigningInterceptorOptions = {},
): SigningInterceptor {
  assertSigner(signer)
  const memory: ExchangeMemory = { clock: options.clock }
  return (dispatch) => (given, handler) => {
    const controller = new RelayedController()
    handler.onRequestStart?.(controller, {})
    const transport = createTransport(dispatch, given, handler, controller)
    const { signal } = controller
    const sending = send(given, handler, { ...options, signer, memory, transport, signal })
    sending.catch((error: unknown) => handler.onResponseError?.(controller, error as Error))
    return true
  }
}

async function send(
  given: DispatchOptions,
  handler: DispatchHandler,
  means: Exchange<HeldAnswer> & SigningInterceptorOptions,
): Promise<void> {
  const request = readRequest(given)
  assertSameHost(handler, request)
  const answer = await exchange(request, means)
  if (means.throwOnError && answer.status >= 400) throw await toError(answer)
  answer.deliver(handler)
}

async function toError(answer: HeldAnswer): Promise<AwsError> {
  const body = await answer.peek()
  answer.discard()
  return new AwsError(readErrorAnswer({ status: answer.status, headers: answer.headers, body }))
}

function readRequest(given: DispatchOptions): HttpRequest<Body> {
  const { method = 'GET' } = given
  if (given.upgrade || method === 'CONNECT') {
    throw new SigningError('OPTION_INVALID', 'Upgrades are not signed here: presign the URL of a WebSocket')
  }
  const { body, contentType } = readGivenBody(given.body)
  const headers = readUndiciHeaders(given.headers)
  if (contentType !== '' && !readHeaders(headers).some(([name]) => name === 'content-type')) {
    headers.push(['content-type', contentType])
  }
  return { method, url: `${String(given.origin)}${readTarget(given)}`, headers, body }
}

function createTransport<O extends DispatchOptions, H extends DispatchHandler>(
  dispatch: Dispatch<O, H>,
  given: O,
  handler: H,
  controller: RelayedController,
): Transport<HeldAnswer> {
  return {
    async send({ method, url, headers, body }) {
      const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/?#]*)([^#]*)/i.exec(url) ?? []
      const answer = new HeldAnswer(controller, handler)
      // Undici's own redirects, composed before us, would take this very signature to wherever they lead.
      const signed = { path, query: undefined, method, headers: headers.flat(), body, maxRedirections: 0 }
      // A host may be signed for that is not the one to connect to; a redirect stays within it.
      dispatch(
        { ...given, ...signed, origin: sameOrigin(given.origin, origin) },
        answer as DispatchHandler as H,
      )
      return answer.started
    },
    headOf: (answer) => ({ status: answer.status, header: (name) => answer.header(name) }),
    peek: async (answer) => answer.peek(),
    discard: async (answer) => answer.discard(),
  }
}

/** The origin as the caller gave it, where it is still the same: undici keeps its connections by it. */
function sameOrigin(given: DispatchOptions['origin'], origin: string): string | URL {
  return given && URL.canParse(origin) && new URL(given).origin === new URL(origin).origin ? given : origin
}
