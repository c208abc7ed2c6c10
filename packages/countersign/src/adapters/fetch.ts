/**
 * `fetch` that signs: takes what `fetch` takes, and sends what was signed or nothing.
 *
 * ```ts
 * const signedFetch = createSignedFetch({ credentials })
 * const response = await signedFetch('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues')
 * ```
 *
 * @module
 */
import type { CredentialsProvider } from '../credentials/credentials.ts'
import { readCommonDate } from '../sign/common-date.ts'
import type { Body, HeadersLike, HttpRequest, SignedBody, SignedRequest } from '../sign/http-request.ts'
import { createMeans, signAnyBody, type SignerOptions } from '../sign/sign-any-body.ts'
import type { Signer } from '../sign/signer.ts'
import type { AnySigner } from './any-signer.ts'
import { exchange } from './exchange/exchange.ts'
import type { ExchangeMemory, ExchangeOptions, Transport } from './exchange/turn.ts'
import { contentTypeOf } from './given-body.ts'
import { joinHeaders } from './joined-headers.ts'
import { assertUnaltered } from './unaltered.ts'

/** A function that is called like `fetch`. */
export type SignedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Options of {@link createSignedFetch}. */
export interface SignedFetchOptions extends ExchangeOptions {
  /** What sends the requests; the runtime's own `fetch` by default. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Whether an answer from 400 on is thrown as an {@link AwsError}; else it is handed back, as `fetch` does. */
  readonly throwOnError?: boolean | undefined
}

/** Settings of a `Request` that hold for the one that is sent in its place. */
const KEPT = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'referrer',
  'referrerPolicy',
  'signal',
] as const

/**
 * Makes a `fetch` that signs. Every body goes out as the bytes that were hashed, with no content type but the
 * caller's or that of its Blob, form or parameters. Each attempt is signed anew. A redirect is followed within its
 * host, and to where S3 says that the bucket is; any other is handed back, so that no signature goes elsewhere.
 *
 * @param signer what signs, or the options of one: `{ credentials, service?, region? }`
 * @throws from the function: {@link SigningError} what the signer refuses, and `TRANSPORT_WOULD_ALTER` where `fetch`
 *   would send another path or host than was signed; {@link AwsError} with `throwOnError`
 */
export function createSignedFetch(
  signer: AnySigner | SignerOptions,
  options: SignedFetchOptions = {},
): SignedFetch {
  const memory: ExchangeMemory = { clock: options.clock }
  const means = { ...options, signer: 'sign' in signer ? signer : createLeanSigner(signer), memory }
  return async (input, given) => {
    const init = given ?? {}
    const own = isRequest(input) ? input : undefined
    const settings = { ...(own && keptSettings(own)), ...init }
    const redirect = init.redirect ?? own?.redirect ?? 'follow'
    const response = await exchange(await readRequest(input, init), {
      ...means,
      ...(redirect !== 'follow' && { maxRedirects: 0 }),
      transport: createTransport(options.fetch ?? fetch, settings),
      signal: settings.signal,
    })
    if (response.ok) return response
    const { settleRefusal } = await import('./fetch-refusal.ts')
    return settleRefusal(response, redirect === 'error', options.throwOnError)
  }
}

/** A signer without presigned URLs; what signs streams, or asks a provider, is loaded when there is one. */
function createLeanSigner(options: SignerOptions): Pick<Signer, 'sign'> {
  const means = createMeans(options, readCommonDate, keepProvider)
  return {
    sign: async (request, { region = options.region } = {}) =>
      signAnyBody(request, { ...options, region }, means, async () => {
        const { signUpload } = await import('../sign/sign-upload.ts')
        return signUpload
      }),
  }
}

function keepProvider(provider: CredentialsProvider, now: () => Date): CredentialsProvider {
  let kept: CredentialsProvider | undefined
  return async () => {
    const { cacheCredentials } = await import('../credentials/cache-credentials.ts')
    kept ??= cacheCredentials(provider, { now })
    return kept()
  }
}

function createTransport(
  send: NonNullable<SignedFetchOptions['fetch']>,
  settings: RequestInit,
): Transport<Response> {
  return {
    async send(signed) {
      assertUnaltered(signed, 'fetch')
      return send(signed.url, { ...settings, ...wireInit(signed), redirect: 'manual' })
    },
    headOf: ({ status, headers }) => ({ status, header: (name) => headers.get(name) ?? undefined }),
    peek: async (response) => (await import('./fetch-refusal.ts')).peek(response),
    discard: (response) => response.body?.cancel(),
  }
}

// Not `instanceof`: undici and other implementations bring a Request of their own.
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input
}

async function readRequest(input: string | URL | Request, init: RequestInit): Promise<HttpRequest<Body>> {
  const request = isRequest(input) ? input : undefined
  const headers = joinHeaders((init.headers as HeadersLike | undefined) ?? request?.headers)
  const body = init.body ?? (request?.body ? await readRequestBody(request, headers) : undefined)
  const type = contentTypeOf(body)
  if (type !== '' && !headers.has('content-type')) headers.set('content-type', type)
  const url = isRequest(input) ? input.url : input
  return { method: init.method ?? request?.method ?? 'GET', url, headers, body: body as Body }
}

/** Every body of a `Request` is a stream, be it a text. It stays one where a hash or the length to be signed is told. */
async function readRequestBody(request: Request, headers: ReadonlyMap<string, string>): Promise<unknown> {
  const isStreamed = headers.has('x-amz-content-sha256') || headers.has('x-amz-decoded-content-length')
  return isStreamed ? request.body : request.arrayBuffer()
}

function keptSettings(request: Request): RequestInit {
  return Object.fromEntries(
    KEPT.map((name) => [name, request[name]] as const).filter(([, value]) => value !== undefined),
  )
}

function wireInit({ method, headers, body }: SignedRequest<SignedBody>): RequestInit {
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    // fetch writes the host itself, and browsers do not let anybody else.
    headers: headers.filter(([name]) => name !== 'host'),
    body: (body ?? null) as BodyInit | null,
  }
  return body === undefined || body instanceof Uint8Array
    ? init
    : ({ ...init, duplex: 'half' } as RequestInit)
}
