/**
 * Signs what axios sends, as its adapter: behind interceptors and transforms, each attempt anew.
 *
 * ```ts
 * const client = axios.create(createSignedAxiosConfig(axios, signer))
 * const { data } = await client.get('https://sqs.eu-west-1.amazonaws.com/', { params: { Action: 'ListQueues' } })
 * ```
 *
 * @module
 */
import { readAwsError } from '../answers/aws-error.ts'
import { readAnswerHeaders, type AnswerHeaders } from '../answers/headers.ts'
import { readBeginning } from '../answers/read-beginning.ts'
import { createNodeStream, runtimeProcess } from '../crypto/node-modules.ts'
import type { Body, HeadersLike, HttpRequest, SignedRequest, SignedBody } from '../sign/http-request.ts'
import { assertSigner, type AnySigner } from './any-signer.ts'
import { exchange } from './exchange/exchange.ts'
import type { ExchangeMemory, ExchangeOptions, Transport } from './exchange/turn.ts'
import { readGivenBody } from './given-body.ts'
import { joinHeaders } from './joined-headers.ts'
import { assertUnaltered } from './unaltered.ts'

/** What axios tells its adapter. */
export interface AxiosConfig {
  readonly method?: string | undefined
  readonly headers?: object | undefined
  readonly data?: unknown
  readonly signal?: object | undefined
  readonly maxRedirects?: number | undefined
  readonly validateStatus?: ((status: number) => boolean) | null | undefined
}

/** What an adapter of axios answers. */
export interface AxiosAnswer {
  readonly status: number
  readonly headers: object
  readonly data: unknown
  readonly request?: unknown
}

/** The module `axios` itself. */
export interface AxiosModule<C, A> {
  getAdapter(names: 'http' | 'fetch'): (config: C) => Promise<A>
  getUri(config: C): string
  readonly AxiosError: new (
    message?: string,
    code?: string,
    config?: C,
    request?: unknown,
    response?: A,
  ) => Error & { cause?: unknown }
  readonly defaults: { readonly transformRequest?: unknown }
}

/** What is given to `axios.create`. */
export interface SignedAxiosConfig<C, A> {
  readonly adapter: (config: C) => Promise<A>
  readonly transformRequest: ((data: unknown) => unknown)[]
}

/**
 * Makes the part of a configuration that has everything signed. It sends with axios's own adapter for Node, or for
 * `fetch` elsewhere. A status that axios takes for an error is thrown as its `AxiosError`, whose `cause` is an
 * {@link AwsError}.
 *
 * @param axios the module, of which nothing is imported here
 * @throws from requests: what the signer throws; {@link SigningError} `TRANSPORT_WOULD_ALTER` for paths with dot
 *   segments, which axios takes out, and for a header `host` that is not that of the URL
 */
export function createSignedAxiosConfig<C extends AxiosConfig, A extends AxiosAnswer>(
  axios: AxiosModule<C, A>,
  signer: AnySigner,
  options: ExchangeOptions = {},
): SignedAxiosConfig<C, A> {
  assertSigner(signer)
  const memory: ExchangeMemory = { clock: options.clock }
  const send = axios.getAdapter(runtimeProcess()?.getBuiltinModule ? 'http' : 'fetch')
  const transforms = axios.defaults.transformRequest
  return {
    transformRequest: [exactBytes, ...((Array.isArray(transforms) ? transforms : []) as [])],
    async adapter(config) {
      const answer = await exchange(readRequest(axios.getUri(config), config), {
        ...options,
        ...(config.maxRedirects === 0 && { maxRedirects: 0 }),
        signer,
        memory,
        transport: createTransport(send, config),
        signal: config.signal as AbortSignal | undefined,
      })
      return settle(axios, { ...answer, config }, config)
    },
  }
}

/** Of a view axios sends the whole buffer behind it. */
function exactBytes(data: unknown): unknown {
  if (!ArrayBuffer.isView(data)) return data
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
}

function readRequest(uri: string, { method = 'get', headers, data }: AxiosConfig): HttpRequest<Body> {
  const { body, contentType } = readGivenBody(data)
  const joined = joinHeaders(readAxiosHeaders(headers))
  // Axios has put a type of its own into the place of that of a Blob.
  if (contentType !== '') joined.set('content-type', contentType)
  return { method: method.toUpperCase(), url: uri, headers: joined, body }
}

function readAxiosHeaders(headers: object = {}): HeadersLike {
  const plain = 'toJSON' in headers ? (headers as { toJSON(): object }).toJSON() : headers
  const sent = Object.entries(plain).filter(([, value]) => value !== false && value !== null)
  return Object.fromEntries(sent) as HeadersLike
}

function createTransport<C extends AxiosConfig, A extends AxiosAnswer>(
  send: (config: C) => Promise<A>,
  config: C,
): Transport<A> {
  return {
    async send(signed) {
      assertUnaltered(signed, 'axios')
      try {
        return await send({ ...config, ...wireConfig(signed) })
      } catch (error) {
        throw withConfig(error, config)
      }
    },
    headOf: ({ status, headers }) => ({ status, header: readAnswerHeaders(headers as AnswerHeaders) }),
    // A stream is for the caller alone; then the head tells what it tells.
    peek: async ({ data }) => (isStream(data) ? undefined : readBeginning(data)),
    discard({ data }) {
      if (isStream(data)) data.destroy()
    },
  }
}

/** The signature is not to be logged with an error, nor sent again by whoever sends `error.config` again. */
function withConfig(error: unknown, config: AxiosConfig): unknown {
  return error instanceof Error && 'config' in error ? Object.assign(error, { config }) : error
}

/** What stands in the place of the caller's: the URL as it was signed, and nothing to be added to it. */
function wireConfig({ method, url, headers, body }: SignedRequest<SignedBody>): object {
  return {
    method,
    url,
    baseURL: undefined,
    params: undefined,
    // Of a name and a password axios makes an Authorization header that takes the place of any other.
    auth: undefined,
    headers: Object.fromEntries(headers),
    data: toAxiosData(body),
    maxRedirects: 0,
    validateStatus: null,
  }
}

function toAxiosData(body: SignedBody | undefined): unknown {
  if (body === undefined) return undefined
  if (body instanceof Uint8Array) return exactBytes(body)
  // Axios knows a stream of Node by its `pipe`.
  return createNodeStream(body as AsyncIterable<Uint8Array>) ?? body
}

function isStream(data: unknown): data is { destroy(): void } {
  return typeof data === 'object' && data !== null && 'pipe' in data && 'destroy' in data
}

/** As axios does it behind its own adapters. */
async function settle<C extends AxiosConfig, A extends AxiosAnswer>(
  axios: AxiosModule<C, A>,
  answer: A,
  config: C,
): Promise<A> {
  const { status, headers, data } = answer
  const { validateStatus } = config
  if (!validateStatus || validateStatus(status)) return answer
  const told = isStream(data) ? undefined : data
  const cause = await readAwsError({ status, headers: headers as AnswerHeaders, data: told })
  const code = status >= 500 ? 'ERR_BAD_RESPONSE' : 'ERR_BAD_REQUEST'
  const message = `Request failed with status code ${status}`
  const error = new axios.AxiosError(message, code, config, answer.request, answer)
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
  throw error
}
