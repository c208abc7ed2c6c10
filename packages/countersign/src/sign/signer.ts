/**
 * A signer: credentials, or a provider of them, with the options of signing set once.
 *
 * @module
 */
import type { Bytes } from '../core/bytes.ts'
import { X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import { parseDate } from '../core/http-date.ts'
import { resolveProvider } from '../credentials/cache-credentials.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, PresignedUrl, SignedRequest } from './http-request.ts'
import { presignAt } from './presign-url.ts'
import { isStream, readBody } from './read-body.ts'
import { headerValue, readHeaders } from './read-headers.ts'
import { createReadableStream } from '../core/readable-stream.ts'
import { declaredLength, signStream } from './sign-stream.ts'
import type { SigningHost, SigningRules } from './sign-options.ts'
import { signWithBody } from './sign-request.ts'

/** A body as a signed request carries it: the bytes that were hashed, or a stream that was not. */
export type SignedBody = Bytes | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Options of {@link createSigner}. */
export interface SignerOptions extends SigningRules {
  /** Credentials, or what gives them when asked; it is asked once for all concurrent callers, and before they die. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** Signs any number of requests, also at the same time: nothing of a request is kept. */
export interface Signer {
  /**
   * Signs a request in its Authorization header. A stream of known length (`content-length`) is sent to S3 in signed
   * chunks; else it needs a payload hash in the header `x-amz-content-sha256`, such as `UNSIGNED-PAYLOAD`.
   *
   * @throws {@link SigningError}, {@link CredentialsError}
   */
  sign(request: HttpRequest<Body>): Promise<SignedRequest<SignedBody>>
  /**
   * Makes a presigned URL.
   *
   * @throws {@link SigningError}, {@link CredentialsError}
   */
  presign(request: HttpRequest<Body>, options?: { expiresIn?: number | undefined }): Promise<PresignedUrl>
}

/**
 * Makes a signer, to be shared by any number of concurrent requests. A provider of credentials is asked once for all
 * of them, and again before the credentials die.
 *
 * ```js
 * const signer = createSigner({ credentials: provider })
 * const { method, url, headers, body } = await signer.sign({ method: 'PUT', url: objectUrl, body: blob })
 * ```
 */
export function createSigner(options: SignerOptions): Signer {
  const { now = () => new Date() } = options
  const host: SigningHost = { now: () => now().getTime(), readDate: parseDate }
  const { credentials } = options
  const provide = resolveProvider(credentials, now)

  return {
    async sign(request) {
      const { body } = request
      if (body !== undefined && isStream(body)) {
        const headers = readHeaders(request.headers)
        if (headerValue(headers, X_AMZ_CONTENT_SHA256) !== undefined) {
          const settled = { ...options, credentials: await provide() }
          return { ...signWithBody(request, undefined, settled, host), body }
        }
        if (declaredLength(headers) !== undefined) {
          const settled = { ...options, credentials: await provide() }
          const signed = signStream({ ...request, body }, settled, [], host)
          // fetch, which takes web streams, takes nothing else that can be iterated.
          return 'getReader' in body ? { ...signed, body: createReadableStream(signed.body) } : signed
        }
      }
      const { bytes, contentType } = await readBody(body)
      const typed = contentType === undefined ? request : withContentType(request, contentType)
      return signWithBody(typed, bytes, { ...options, credentials: await provide() }, host)
    },
    async presign(request, presignOptions) {
      const { bytes: body, contentType } = await readBody(request.body)
      if (contentType !== undefined) {
        throw new SigningError(
          'BODY_UNSUPPORTED',
          'A form has another boundary each time; sign it when it is sent',
        )
      }
      return presignAt(
        { ...request, body },
        { ...options, ...presignOptions, credentials: await provide() },
        host.now,
      )
    },
  }
}

/** A request with the content type of its body: multipart bytes cannot be read without their boundary. */
export function withContentType<B>(request: HttpRequest<B>, contentType: string): HttpRequest<B> {
  const headers = readHeaders(request.headers).filter(([name]) => name !== 'content-type')
  return { ...request, headers: [...headers, ['content-type', contentType]] }
}
