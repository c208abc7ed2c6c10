/**
 * Signs a request with a body of any kind, and with credentials that may have to be waited for.
 *
 * @module
 */
import { X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import type { DateReader } from './common-date.ts'
import { declaredLength } from './declared-length.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest } from './http-request.ts'
import { isStream, readBody } from './read-body.ts'
import { headerValue, readHeaders } from './read-headers.ts'
import { readUrl } from './read-url.ts'
import type { SigningHost, SigningRules } from './sign-options.ts'
import { signWithBody } from './sign-request.ts'
import type { signUpload } from './sign-upload.ts'

/** Options of whatever signs more than one request. */
export interface SignerOptions extends SigningRules {
  /** Credentials, or what gives them when asked; it is asked once for all concurrent callers, and before they die. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  /** The clock; it is told the host that is signed for, since some hosts have another time than this computer. */
  readonly now?: ((host: string) => Date) | undefined
}

/** What can be set for one request. */
export interface RequestOptions {
  /** In place of the signer's region. */
  readonly region?: string | undefined
}

/** What a signer has at hand. */
export interface SigningMeans {
  readonly provide: () => Promise<Credentials | KeyCredentials>
  readonly hostFor: (request: HttpRequest<unknown>) => SigningHost
}

/**
 * Sets up what signs.
 *
 * @param keep makes of a provider one that is asked once for all callers
 */
export function createMeans(
  { credentials, now }: SignerOptions,
  readDate: DateReader,
  keep: (provider: CredentialsProvider, now: () => Date) => CredentialsProvider,
): SigningMeans {
  const clock = now ?? (() => new Date())
  return {
    provide: typeof credentials === 'function' ? keep(credentials, () => clock('')) : async () => credentials,
    hostFor: (request) => ({ now: () => clock(now ? signedHost(request) : '').getTime(), readDate }),
  }
}

/** The host that a request is signed for: its own header, else that of the URL. */
export function signedHost({ url, headers }: HttpRequest<unknown>): string {
  return headerValue(readHeaders(headers), 'host')?.toLowerCase() ?? readUrl(url).host
}

/**
 * Signs.
 *
 * @param loadUpload brings what signs a stream in chunks, which most requests have no need of
 */
export async function signAnyBody(
  request: HttpRequest<Body>,
  rules: SigningRules,
  { provide, hostFor }: SigningMeans,
  loadUpload: () => Promise<typeof signUpload>,
): Promise<SignedRequest<SignedBody>> {
  const { body } = request
  const host = hostFor(request)
  if (body !== undefined && isStream(body)) {
    const headers = readHeaders(request.headers)
    if (headerValue(headers, X_AMZ_CONTENT_SHA256) !== undefined) {
      const options = { ...rules, credentials: await provide() }
      return { ...signWithBody(request, undefined, options, host), body }
    }
    if (declaredLength(headers) !== undefined) {
      const sign = await loadUpload()
      return sign({ ...request, body }, { ...rules, credentials: await provide() }, host)
    }
  }
  const { bytes, contentType } = await readBody(body)
  const typed = contentType === undefined ? request : withContentType(request, contentType)
  return signWithBody(typed, bytes, { ...rules, credentials: await provide() }, host)
}

/** A request with the content type of its body: multipart bytes cannot be read without their boundary. */
export function withContentType<B>(request: HttpRequest<B>, contentType: string): HttpRequest<B> {
  const headers = readHeaders(request.headers).filter(([name]) => name !== 'content-type')
  return { ...request, headers: [...headers, ['content-type', contentType]] }
}
