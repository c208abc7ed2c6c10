/**
 * Signs what got sends, by its hooks: each attempt and each redirect of got itself, too.
 *
 * ```ts
 * const client = got.extend(createSignedGotOptions(signer))
 * const { body } = await client('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues')
 * ```
 *
 * @module
 */
import { parseAwsError } from '../answers/aws-error.ts'
import type { AnswerHeaders } from '../answers/headers.ts'
import { readAnswerHeaders } from '../answers/headers.ts'
import { bytesOfText } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import type { SignedBody, SignedRequest } from '../sign/http-request.ts'
import { assertSigner, signWith, type AnySigner } from './any-signer.ts'
import { untilAborted } from './exchange/pause.ts'
import { prepare } from './exchange/prepare.ts'
import { recover } from './exchange/recover.ts'
import { resolveRedirect } from './exchange/redirect.ts'
import {
  isRepeatable,
  type Exchange,
  type ExchangeMemory,
  type ExchangeOptions,
  type Turn,
} from './exchange/turn.ts'
import { readGotTurn, STATE, stateOf, type GotOptions } from './got-request.ts'
import { assertUnaltered } from './unaltered.ts'

/** What got hands to its hooks of an answer. */
export interface GotResponse {
  readonly statusCode: number
  readonly headers: object
  readonly rawBody?: Uint8Array | undefined
  readonly request: { readonly options: object }
}

/** What got hands to `beforeError`. */
export interface GotError {
  readonly response?: object | undefined
  cause?: unknown
}

/** Options for `got.extend`. */
export interface SignedGotOptions {
  readonly followRedirect: (response: GotResponse) => boolean
  readonly hooks: {
    readonly beforeRequest: ((options: object) => Promise<void>)[]
    readonly afterResponse: (<R extends GotResponse, N>(
      response: R,
      again: (options: N) => PromiseLike<R>,
    ) => Promise<R>)[]
    readonly beforeError: (<E extends GotError>(error: E) => E)[]
  }
}

/**
 * Makes the options that have everything signed, when got has fixed target, headers and body. Attempts and redirects are
 * got's own, each signed anew; a redirect to another host is handed back. A clock that is off, another region and a
 * throttling that has the status 400 are answered by one more attempt. The `cause` of an `HTTPError` is an
 * {@link AwsError}. A stream is sent once.
 *
 * got puts URLs through a class, which takes dot segments out, before anybody can look at them.
 *
 * @throws from requests, as the `cause` of got's `RequestError`: what the signer throws; {@link SigningError}
 *   `TRANSPORT_WOULD_ALTER` for a header `host` that is not that of the URL, and for a redirect to another host that a
 *   `followRedirect` of your own lets through
 */
export function createSignedGotOptions(
  signer: AnySigner,
  options: Omit<ExchangeOptions, 'maxRedirects'> = {},
): SignedGotOptions {
  assertSigner(signer)
  const memory: ExchangeMemory = { clock: options.clock }
  return {
    followRedirect: staysInPlace,
    hooks: {
      beforeRequest: [async (given) => sign(given as GotOptions, signer, memory)],
      afterResponse: [
        async (response, again) => {
          const next = await findNext(response, { ...options, signer, memory })
          return next ? again({ context: { [STATE]: next } } as never) : response
        },
      ],
      beforeError: [attachCause],
    },
  }
}

/** Writes the signed request into the options, of which got sends it. */
async function sign(options: GotOptions, signer: AnySigner, memory: ExchangeMemory): Promise<void> {
  const state = stateOf(options)
  const given = await readGotTurn(options)
  if (state.sent && !isRepeatable(given)) {
    throw new SigningError(
      'BODY_NOT_REPEATABLE',
      'The stream has been sent already; give bytes to have it sent again',
    )
  }
  if (state.sent) assertInPlace(state.sent, options.url.href)
  const turn = prepare(given, memory)
  const signed = await untilAborted(signWith(signer, turn.request, turn.region), options.signal)
  assertUnaltered(signed, 'got')
  options.url.href = signed.url
  const own = new Map(signed.headers.filter(([name, value]) => !hasHeader(turn, name, value)))
  options.headers = Object.fromEntries(signed.headers)
  setBody(options, signed.body)
  const { body: _, ...sent } = signed
  options.context = { ...options.context, [STATE]: { ...turn, own, sent } }
}

/** Where `followRedirect` of a single request has taken the place of ours. */
function assertInPlace({ url, method, scope }: SignedRequest, location: string): void {
  const answer = { status: 307, location, region: undefined }
  if (resolveRedirect({ url, method, service: scope.service }, answer).kind !== 'refused') return
  throw new SigningError(
    'TRANSPORT_WOULD_ALTER',
    'A redirect leads to another host, which must not get a signature; leave followRedirect as it is',
  )
}

function hasHeader({ request }: Turn, name: string, value: string): boolean {
  return readAnswerHeaders(request.headers as AnswerHeaders)(name) === value
}

function setBody(options: GotOptions, body: SignedBody | undefined): void {
  if (body === undefined) return
  if (body instanceof Uint8Array) {
    options.headers = { ...options.headers, 'content-length': String(body.length) }
    options.body = body
    return
  }
  options.body = iterate(body as AsyncIterable<Uint8Array>)
  // What is gone cannot be sent again.
  options.retry = { ...options.retry, limit: 0 }
}

async function* iterate(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* body
}

/** Whether got may follow a redirect: within the host, and with a body that is still there. */
function staysInPlace({ statusCode, headers, request }: GotResponse): boolean {
  const options = request.options as GotOptions
  const { sent, ...turn } = stateOf(options)
  if (!sent) return false
  const header = readAnswerHeaders(headers as AnswerHeaders)
  const { url, method, scope } = sent
  const location = readAsGot(header('location'), url)
  const answer = { status: statusCode, location, region: header('x-amz-bucket-region') }
  const step = resolveRedirect({ url, method, service: scope.service }, answer)
  if (step.kind !== 'follow' || (step.hop.region !== undefined && step.hop.region !== scope.region))
    return false
  return !step.hop.keepsBody || isRepeatable(turn)
}

/** Where got would go: the class for URLs takes `/\\host` for a host, too, and tabs out of what stands between slashes. */
function readAsGot(location: string | undefined, base: string): string | undefined {
  const text = new TextDecoder().decode(bytesOfText(location ?? ''))
  return text !== '' && URL.canParse(text, base) ? new URL(text, base).href : undefined
}

/** What is to be sent in the place of an answer, unless got itself sends it again. */
async function findNext(
  { statusCode: status, headers, rawBody, request }: GotResponse,
  means: Omit<Exchange<unknown>, 'transport'>,
): Promise<Turn | undefined> {
  const options = request.options as GotOptions
  const { sent, ...turn } = stateOf(options)
  if (status < 300 || !sent || options.retry.statusCodes?.includes(status)) return undefined
  const header = readAnswerHeaders(headers as AnswerHeaders)
  const transport: Exchange<unknown>['transport'] = {
    send: async () => undefined,
    headOf: () => ({ status, header }),
    peek: async () => rawBody,
    discard: () => undefined,
  }
  const next = await recover(turn, sent, undefined, {
    ...means,
    transport,
    signal: options.signal,
    maxRedirects: 0,
  })
  if (next) options.url.href = String(next.request.url)
  return next && { ...stateOf(options), ...next }
}

function attachCause<E extends GotError>(error: E): E {
  const response: Partial<GotResponse> | undefined = error.response
  if (response?.statusCode === undefined || response.statusCode < 400) return error
  const { statusCode: status, headers, rawBody: body } = response
  error.cause = parseAwsError({ status, headers: headers as AnswerHeaders, body })
  return error
}
