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
import type { AnySigner } from './any-signer.ts'
import { exchange } from './exchange/exchange.ts'
import type { ExchangeMemory, ExchangeOptions, Transport } from './exchange/turn.ts'
import { readGivenBody } from './given-body.ts'
import { HeldAnswer, RelayedController, type DispatchHandler, type DispatchOptions } from './undici-answer.ts'
import { assertSameHost, readTarget, readUndiciHeaders } from './undici-request.ts'

/** Options of {@link createSigningInterceptor}. */
export interface SigningInterceptorOptions extends ExchangeOptions {
  /** Whether an answer from 400 on is thrown as an {@link AwsError}; else it is handed back, as undici does. */
  readonly throwOnError?: boolean | undefined
}

/** A method, so that undici's own `dispatch` is one of them, whichever version it is of. */
interface Dispatching {
  dispatch(options: DispatchOptions, handler: DispatchHandler): boolean
}

/** What sends a request, bit by bit. */
export type Dispatch = Dispatching['dispatch']

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
): (dispatch: Dispatch) => Dispatch {
  const memory: ExchangeMemory = { clock: options.clock }
  return (dispatch) => (given, handler) => {
    const controller = new RelayedController()
    handler.onRequestStart?.(controller, {})
    const sending = send(dispatch, given, handler, controller)
    sending.catch((error: unknown) => handler.onResponseError?.(controller, error as Error))
    return true
  }

  async function send(
    dispatch: Dispatch,
    given: DispatchOptions,
    handler: DispatchHandler,
    controller: RelayedController,
  ): Promise<void> {
    const request = readRequest(given)
    assertSameHost(handler, request)
    const transport = createTransport(dispatch, given, handler, controller)
    const { signal } = controller
    const answer = await exchange(request, { ...options, signer, memory, transport, signal })
    if (options.throwOnError && answer.status >= 400) throw await toError(answer)
    answer.deliver(handler)
  }
}

async function toError(answer: HeldAnswer): Promise<AwsError> {
  const body = await answer.peek()
  void answer.discard()
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

function createTransport(
  dispatch: Dispatch,
  given: DispatchOptions,
  handler: DispatchHandler,
  controller: RelayedController,
): Transport<HeldAnswer> {
  return {
    async send({ method, url, headers, body }) {
      const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/?#]*)([^#]*)/i.exec(url) ?? []
      const answer = new HeldAnswer(controller, handler)
      const signed = { ...given, origin, path, query: undefined, method, headers: headers.flat(), body }
      // A host may be signed for that is not the one to connect to; a redirect stays within it.
      dispatch({ ...signed, origin: sameOrigin(given.origin, origin) }, answer)
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
