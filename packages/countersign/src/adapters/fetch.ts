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
 * Makes a `fetch` that signs. Every body goes out as the bytes that were hashed. A redirect is handed back and not
 * followed, since a signature holds for one URL.
 *
 * @throws {@link SigningError} from the function: what the signer refuses, and `TRANSPORT_WOULD_ALTER` where `fetch`
 *   would send another path or host than was signed
 */
export function createSignedFetch(signer: Signer | AWS4Auth, options: SignedFetchOptions = {}): SignedFetch {
  return async (input, init = {}) => {
    const send = options.fetch ?? fetch
    if (init.redirect === 'follow') {
      throw new SigningError(
        'OPTION_INVALID',
        'A redirect cannot be followed with the signature of another URL',
      )
    }
    const request = await readRequest(input, init)
    const signed = await ('signAsync' in signer ? signer.signAsync(request) : signer.sign(request))
    assertUnaltered(signed)
    return send(signed.url, { ...keptSettings(input), redirect: 'manual', ...init, ...wireInit(signed) })
  }
}

async function readRequest(input: string | URL | Request, init: RequestInit): Promise<HttpRequest<Body>> {
  const request = input instanceof Request ? input : undefined
  const body = init.body ?? (request?.body ? await request.arrayBuffer() : undefined)
  const headers = (init.headers as HeadersLike | undefined) ?? request?.headers
  return {
    method: init.method ?? request?.method ?? 'GET',
    url: input instanceof Request ? input.url : input,
    headers: withContentType(headers, body),
    body: body as Body,
  }
}

// What fetch adds by itself to these two kinds of body would otherwise be lost, since bytes go out in their place.
function withContentType(headers: HeadersLike | undefined, body: unknown): HeadersLike | undefined {
  const type = body instanceof Blob ? body.type : body instanceof URLSearchParams ? FORM : ''
  if (type === '' || new Headers(headers as HeadersInit | undefined).has('content-type')) return headers
  const list =
    headers === undefined ? [] : Symbol.iterator in headers ? [...headers] : Object.entries(headers)
  return [...(list as [string, string][]), ['content-type', type]]
}

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8'

function keptSettings(input: string | URL | Request): RequestInit {
  if (!(input instanceof Request)) return {}
  return Object.fromEntries(KEPT.map((name) => [name, input[name]]))
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
