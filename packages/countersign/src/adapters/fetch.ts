/**
 * `fetch` that signs: takes what `fetch` takes, and sends what was signed or nothing.
 *
 * ```ts
 * const signedFetch = createSignedFetch(createSigner({ credentials }))
 * const response = await signedFetch('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues')
 * ```
 *
 * @module
 */
import type { AWS4Auth } from '../aws4auth/aws4auth.ts'
import { SigningError } from '../errors.ts'
import type { Body, HeadersLike, HttpRequest, SignedRequest } from '../sign/http-request.ts'
import { readHeaders } from '../sign/read-headers.ts'
import type { SignedBody, Signer } from '../sign/signer.ts'

/** A function that is called like `fetch`. */
export type SignedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Options of {@link createSignedFetch}. */
export interface SignedFetchOptions {
  /** What sends the requests; the runtime's own `fetch` by default. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
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
 * caller's or that of its Blob, form or parameters. A redirect is handed back and not followed, since a signature
 * holds for one URL.
 *
 * @throws {@link SigningError} from the function: what the signer refuses, and `TRANSPORT_WOULD_ALTER` where `fetch`
 *   would send another path or host than was signed
 */
export function createSignedFetch(signer: Signer | AWS4Auth, options: SignedFetchOptions = {}): SignedFetch {
  async function sign(input: string | URL | Request, init: RequestInit): Promise<SignedRequest<SignedBody>> {
    const request = await readRequest(input, init)
    return 'signAsync' in signer ? signer.signAsync(request) : signer.sign(request)
  }

  return async (input, given) => {
    const send = options.fetch ?? fetch
    const init = given ?? {}
    assertNotFollowed(init)
    const kept = isRequest(input) ? keptSettings(input) : {}
    const signed = await untilAborted(
      sign(input, init),
      init.signal === undefined ? kept.signal : init.signal,
    )
    assertUnaltered(signed)
    return send(signed.url, { redirect: 'manual', ...kept, ...init, ...wireInit(signed) })
  }
}

function assertNotFollowed({ redirect }: RequestInit): void {
  if (redirect !== 'follow') return
  throw new SigningError('OPTION_INVALID', 'A redirect cannot be followed with the signature of another URL')
}

// Not `instanceof`: undici and other implementations bring a Request of their own.
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input
}

async function readRequest(input: string | URL | Request, init: RequestInit): Promise<HttpRequest<Body>> {
  const request = isRequest(input) ? input : undefined
  const headers = readJoined((init.headers as HeadersLike | undefined) ?? request?.headers)
  const body = init.body ?? (request?.body ? await request.arrayBuffer() : undefined)
  const type = contentTypeOf(body)
  if (type !== '' && !headers.has('content-type')) headers.set('content-type', type)
  const url = isRequest(input) ? input.url : input
  return { method: init.method ?? request?.method ?? 'GET', url, headers, body: body as Body }
}

/**
 * The headers as `fetch` sends them, each name once. It would join the values with a comma and a blank, where a
 * signature covers repeated headers without the blank.
 */
function readJoined(headers: HeadersLike | undefined): Map<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of readHeaders(headers)) {
    const earlier = joined.get(name)
    const separator = name === 'cookie' ? '; ' : ', '
    joined.set(name, earlier === undefined ? value : `${earlier}${separator}${value}`)
  }
  return joined
}

/** What fetch adds by itself to these two kinds of body, and no longer does when bytes go out in their place. */
function contentTypeOf(body: unknown): string {
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8'
  return body instanceof Blob ? body.type : ''
}

function keptSettings(request: Request): RequestInit {
  const kept: RequestInit = Object.fromEntries(
    KEPT.map((name) => [name, request[name]] as const).filter(([, value]) => value !== undefined),
  )
  return request.redirect === 'error' ? { ...kept, redirect: 'error' } : kept
}

/** Gives up waiting, for credentials above all, as soon as the caller does. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([aborted, work])
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
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

/** `fetch` takes dot segments out of paths, and sends the URL's host whatever the header says. */
function assertUnaltered({ url, headers }: SignedRequest<SignedBody>): void {
  const sent = new URL(url)
  const origin = url.indexOf('/', url.indexOf('://') + 3)
  const path = url.slice(origin).split('?', 1)[0]
  const host = headers.find(([name]) => name === 'host')?.[1]
  if (sent.pathname === path && sent.host === host) return
  throw new SigningError(
    'TRANSPORT_WOULD_ALTER',
    'fetch would send another path or host than was signed; use node:http or undici for this request',
  )
}
