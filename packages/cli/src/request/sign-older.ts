/**
 * Signs with what came before version 4, for stores and services that know nothing newer: version 2 of S3, SigV2 of the
 * query APIs, and SigV3.
 *
 * @module
 */
import type { Credentials } from 'countersign'
import { presignS3V2, signS3V2, signSigV2, signSigV3, type OlderPresignedUrl } from 'countersign/sigv2'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import type { OlderName } from '../frame/options.ts'
import { CommandError } from '../frame/command-error.ts'
import type { GivenRequest } from './given-request.ts'
import type { AnySigned } from './any-signed.ts'

/** With what to sign. */
interface OlderOptions {
  readonly credentials: AnyCredentials
  /** The clock; now unless it is given. */
  readonly date: Date | undefined
}

const SIGN = { s3v2: signS3V2, v2: signSigV2, v3: signSigV3 } as const

/** How long either side of its date a request is taken, in seconds. */
const VALIDITY = 900

/**
 * Signs a request. That of SigV2 has its signature in the URL, or in the form that is its body.
 *
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export function signOlder(
  name: OlderName,
  { method, url, headers, body }: Pick<GivenRequest, 'method' | 'url' | 'headers' | 'body'>,
  { credentials, date }: OlderOptions,
): AnySigned {
  const options = { credentials: withSecret(credentials), date }
  const request = { method, url, headers, body }
  const signed = SIGN[name](request, options)
  const written = signed.headers.find(([header]) => header === 'x-amz-date' || header === 'date')?.[1]
  const start = written === undefined || name === 'v2' ? (date ?? new Date()) : new Date(written)
  return { ...signed, validUntil: new Date(start.getTime() + VALIDITY * 1000) }
}

/**
 * Makes a presigned URL.
 *
 * @param expiresIn in seconds
 * @throws {@link SigningError}, {@link CredentialsError}
 * @throws {@link CommandError} `USAGE` for another method than GET with SigV2, which signs the forms of others; for SigV3
 */
export function presignOlder(
  name: OlderName,
  { method, url, headers }: Pick<GivenRequest, 'method' | 'url' | 'headers'>,
  { credentials, date = new Date(), expiresIn }: OlderOptions & { readonly expiresIn: number },
): OlderPresignedUrl {
  const options = { credentials: withSecret(credentials), date, expiresIn }
  if (name === 's3v2') return presignS3V2({ method, url, headers }, options)
  if (name === 'v3') {
    throw new CommandError('USAGE', 'SigV3 has no presigned URLs', {
      why: 'its signature stands in a header',
      fix: 'countersign sign --algorithm v3',
    })
  }
  if (method !== 'GET') {
    throw new CommandError('USAGE', 'SigV2 has presigned URLs for GET alone', {
      why: 'of other methods it signs the form that is their body',
      fix: 'leave out -X, or countersign sign --algorithm v2 --format http',
    })
  }
  const { headers: all, ...signed } = signSigV2({ method, url, headers }, options)
  const expiresAt = new Date((Math.floor(date.getTime() / 1000) + expiresIn) * 1000)
  return { ...signed, headers: all.filter(([header]) => header !== 'host'), expiresAt }
}

/** The library says what is wrong with a signing key in the place of a secret. */
function withSecret(credentials: AnyCredentials): Credentials {
  return { secretAccessKey: '', ...credentials }
}
