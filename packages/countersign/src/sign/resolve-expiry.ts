/**
 * How long a presigned URL works.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html} X-Amz-Expires
 * @module
 */
import { MAX_EXPIRES } from '../core/names.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import type { RequestPlan } from './plan-request.ts'
import type { PresignOptions } from './sign-options.ts'

const DEFAULT_EXPIRES = 3600

// Not in a URL that was signed before: that one is signed anew.
const EXPIRES_IN_URL = /^(?!.*X-Amz-Signature=)(?:.*&)?X-Amz-Expires=([^&]*)/

/** What a lifetime depends on beside the options. */
type ExpiryPlan = Pick<RequestPlan, 'second' | 'warnings'> & {
  readonly query: Pick<RequestPlan['query'], 'wire'>
}

/**
 * The lifetime asked for, cut short where the credentials die first.
 *
 * @throws {@link SigningError} `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_EXPIRED`, `CREDENTIALS_INVALID`
 */
export function resolveExpiry(
  { expiresIn, credentials: { expiration } }: Pick<PresignOptions, 'expiresIn' | 'credentials'>,
  { query, second, warnings }: ExpiryPlan,
): { seconds: number; expiresAt: Date } {
  const inUrl = EXPIRES_IN_URL.exec(query.wire)?.[1]
  const wanted = expiresIn ?? Number(inUrl ?? DEFAULT_EXPIRES)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_EXPIRES || Number(inUrl ?? wanted) !== wanted) {
    throw new SigningError('EXPIRY_INVALID', `expiresIn must be 1 to ${MAX_EXPIRES} whole seconds`)
  }
  if (expiration && !(expiration instanceof Date)) {
    throw new CredentialsError('CREDENTIALS_INVALID', 'The credentials have no usable expiration')
  }
  const left = expiration ? Math.floor(expiration.getTime() / 1000) - second : wanted
  if (!(left >= 1)) throw new CredentialsError('CREDENTIALS_EXPIRED', 'The credentials have expired')
  if (left < wanted) warnings.push('EXPIRY_CLAMPED')
  const seconds = Math.min(wanted, left)
  return { seconds, expiresAt: new Date((second + seconds) * 1000) }
}
