/**
 * How long a presigned URL works.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html} X-Amz-Expires
 * @module
 */
import { MAX_EXPIRES, QUERY } from '../core/names.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import type { SigningWarning } from './http-request.ts'
import type { PresignOptions } from './sign-options.ts'

const DEFAULT_EXPIRES = 3600

/** The lifetime of a URL. */
export interface Expiry {
  /** Whole seconds, 1 to 604,800. */
  readonly seconds: number
  readonly at: Date
  readonly warnings: readonly SigningWarning[]
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
  // The instant of a signature has no fraction of a second.
  const start = Math.floor(instant.getTime() / 1000)
  const wanted = askedFor(expiresIn, inUrl)
  const end = credentials.expiration
  const left = end === undefined ? wanted : Math.floor(end.getTime() / 1000) - start
  if (!(left >= 1)) {
    throw new CredentialsError('CREDENTIALS_EXPIRED', 'The credentials have expired; get new ones before presigning')
  }
  const seconds = Math.min(wanted, left)
  const at = new Date((start + seconds) * 1000)
  return { seconds, at, warnings: seconds < wanted ? ['EXPIRY_CLAMPED'] : [] }
}

function askedFor(expiresIn: number | undefined, inUrl: ReadonlyMap<string, string>): number {
  // A URL that was signed before is signed anew; one that was not may say how long it shall live.
  const text = inUrl.has(QUERY.signature) ? undefined : inUrl.get(QUERY.expires)
  const ofUrl = text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : NaN
  if (expiresIn !== undefined && ofUrl !== undefined && ofUrl !== expiresIn) {
    throw new SigningError('EXPIRY_INVALID', 'expiresIn and the X-Amz-Expires of the URL differ; give one of them')
  }
  const seconds = expiresIn ?? ofUrl ?? DEFAULT_EXPIRES
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_EXPIRES) return seconds
  throw new SigningError('EXPIRY_INVALID', `expiresIn must be a whole number of seconds from 1 to ${MAX_EXPIRES}`)
}
