/**
 * How long a presigned URL works.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html} X-Amz-Expires
 * @module
 */
import { MAX_EXPIRES, QUERY } from '../core/names.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import type { PresignOptions } from './sign-options.ts'

const DEFAULT_EXPIRES = 3600

/** The lifetime of a URL. */
export interface Expiry {
  /** Whole seconds, 1 to 604,800. */
  readonly seconds: number
  readonly expiresAt: Date
  /** Whether the credentials die before the lifetime asked for is over. */
  readonly isClamped: boolean
}

/**
 * The lifetime asked for, cut short where the credentials die first.
 *
 * @param inUrl signing parameters that the caller's URL held
 * @throws {@link SigningError} `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_EXPIRED`
 */
export function resolveExpiry(
  { expiresIn, credentials }: PresignOptions,
  inUrl: ReadonlyMap<string, string>,
  instant: Date,
): Expiry {
  // A URL that was signed before is signed anew; one that was not may say how long it shall live.
  const text = inUrl.has(QUERY.signature) ? undefined : inUrl.get(QUERY.expires)
  const wanted = expiresIn ?? Number(text ?? DEFAULT_EXPIRES)
  if (
    !Number.isInteger(wanted) ||
    wanted < 1 ||
    wanted > MAX_EXPIRES ||
    (text !== undefined && text !== String(wanted))
  ) {
    throw new SigningError(
      'EXPIRY_INVALID',
      `expiresIn must be 1 to ${MAX_EXPIRES} whole seconds, as must ${QUERY.expires} in the URL`,
    )
  }
  // The instant of a signature has no fraction of a second.
  const start = Math.floor(instant.getTime() / 1000)
  const { expiration } = credentials
  const seconds = expiration ? Math.min(wanted, Math.floor(expiration.getTime() / 1000) - start) : wanted
  if (!(seconds >= 1)) {
    throw new CredentialsError('CREDENTIALS_EXPIRED', 'The credentials have expired')
  }
  return { seconds, expiresAt: new Date((start + seconds) * 1000), isClamped: seconds < wanted }
}
