/**
 * The string that most tokens are: a presigned GET that is never sent, without its scheme. The server that gets it puts
 * it together again and asks IAM about it.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { SigningError } from '../errors.ts'
import type { PresignedUrl } from '../sign/http-request.ts'
import { presignUrl } from '../sign/presign-url.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** How long a token lives unless its service says otherwise, and at most for nearly all; in seconds. */
const TOKEN_SECONDS = 900

/** What is presigned. */
interface TokenRequest {
  readonly url: string
  /** All of them are signed. */
  readonly headers?: readonly Header[]
  /** Signing name. */
  readonly service: string
  readonly region: string
  /** Longest lifetime that the server takes, in seconds. */
  readonly maxSeconds?: number
}

/**
 * Presigns what a token stands for.
 *
 * @throws {@link SigningError} `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function presignToken(
  { url, headers = [], service, region, maxSeconds = TOKEN_SECONDS }: TokenRequest,
  { credentials, date, expiresIn = TOKEN_SECONDS }: ExpiringTokenOptions,
): PresignedUrl {
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > maxSeconds) {
    throw new SigningError(
      'EXPIRY_INVALID',
      `expiresIn must be 1 to ${maxSeconds} whole seconds for ${service}`,
    )
  }
  const signHeaders = headers.map(([name]) => name)
  return presignUrl(
    { method: 'GET', url, headers },
    { credentials, service, region, date, expiresIn, signHeaders },
  )
}

/** A presigned URL without its scheme, as a token. */
export function withoutScheme({ url, expiresAt, warnings }: PresignedUrl): AuthToken {
  return { token: url.slice(url.indexOf('//') + 2), expiresAt, warnings }
}
