/**
 * A signer: credentials, or a provider of them, with the options of signing set once.
 *
 * @module
 */
import { parseDate } from '../core/http-date.ts'
import { resolveProvider } from '../credentials/cache-credentials.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, PresignedUrl, SignedBody, SignedRequest } from './http-request.ts'
import { presignAt } from './presign-url.ts'
import { readBody } from './read-body.ts'
import { createMeans, signAnyBody, type RequestOptions, type SignerOptions } from './sign-any-body.ts'
import { signUpload } from './sign-upload.ts'

/** Signs any number of requests, also at the same time: nothing of a request is kept. */
export interface Signer {
  /**
   * Signs a request in its Authorization header. A stream of known length (`content-length`) is sent to S3 in signed
   * chunks; else it needs a payload hash in the header `x-amz-content-sha256`, such as `UNSIGNED-PAYLOAD`.
   *
   * @throws {@link SigningError}, {@link CredentialsError}
   */
  sign(request: HttpRequest<Body>, options?: RequestOptions): Promise<SignedRequest<SignedBody>>
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
  const means = createMeans(options, parseDate, resolveProvider)
  return {
    async sign(request, { region = options.region } = {}) {
      return signAnyBody(request, { ...options, region }, means, async () => signUpload)
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
        { ...options, ...presignOptions, credentials: await means.provide() },
        means.hostFor(request).now,
      )
    },
  }
}
