/**
 * Signs requests for directory buckets, S3 Express One Zone. They take no usual credentials: one request a bucket gets
 * the keys of a session, which last for five minutes and sign all others.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-create-session.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { encodeUri } from '../core/uri-encoding.ts'
import { resolveProvider } from '../credentials/cache-credentials.ts'
import { assertCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, SigningSteps } from '../sign/http-request.ts'
import { headerValue, readHeaders } from '../sign/read-headers.ts'
import { readUrl } from '../sign/read-url.ts'
import { isSessionRequest, readDirectoryBucket } from '../sign/s3-express-bucket.ts'
import { assertSecret } from '../sign/secret-transport.ts'
import type { SignerOptions } from '../sign/sign-any-body.ts'
import { createSigner, type Signer } from '../sign/signer.ts'
import type { ExpressSession } from './session.ts'
import { SessionCache } from './session-cache.ts'
import type { S3ExpressSignerOptions } from './s3-express-options.ts'

/** Signs requests for any number of directory buckets. Its `scheme` is what `RequestSigner` knows it by. */
export interface S3ExpressSigner extends Signer {
  readonly scheme: 'sigv4-s3express'
}

const SERVICE = 's3express'
const S3SESSION_TOKEN = 'x-amz-s3session-token'
const S3SESSION_TOKEN_PARAMETER = 'X-Amz-S3session-Token'
const DEFAULT_TIMEOUT = 10
/** A URL gets a session with at least so much life, in seconds: half of what a new one has. */
const LIFE_OF_URL = 150
const EXPIRES = /[?&]X-Amz-Expires=/

/**
 * Makes a signer for directory buckets. Sessions are asked for when they are needed first, once for all concurrent
 * callers, and again 45 seconds before their end; those of the 100 buckets used last are kept.
 *
 * A presigned URL dies with its session, after five minutes at most; `expiresAt` tells when.
 *
 * @throws from its methods, beside what every signer throws: {@link SigningError} `BUCKET_UNKNOWN`,
 *   `PLAIN_HTTP_REFUSED`; {@link CredentialsError} `SESSION_REFUSED`, `SESSION_UNAVAILABLE`, `SESSION_INVALID`
 */
export function createS3ExpressSigner(options: S3ExpressSignerOptions): S3ExpressSigner {
  const { credentials, service = SERVICE, signHeaders, now: clock = () => new Date() } = options
  const now = (): Date => clock('')
  const sessions = createSessions(options)
  const provide = resolveProvider(credentials, now)
  const signing: Omit<SignerOptions, 'credentials'> = {
    ...options,
    service,
    now: clock,
    // What stands in the other place is taken off again: see withoutToken.
    tokenPlacement: 'after',
    signHeaders: Array.isArray(signHeaders) ? [...signHeaders, S3SESSION_TOKEN] : signHeaders,
  }

  async function findSession(request: HttpRequest<Body>, seconds?: number): Promise<ExpressSession> {
    const url = readUrl(request.url)
    const bucket = readDirectoryBucket(url)
    if (!bucket || isSessionRequest(url, bucket)) throw unknownBucket(url.host)
    assertSecret(url, options.allowPlainHttp, 'The keys of a session')
    const owner = await provide()
    assertCredentials(owner)
    return sessions.find(bucket.url, owner, seconds)
  }

  return {
    scheme: 'sigv4-s3express',
    async sign(request) {
      const headers = readOwnHeaders(request)
      const session = await findSession(request)
      headers.push([S3SESSION_TOKEN, session.sessionToken])
      const signer = createSigner({ ...signing, credentials: session })
      const signed = await signer.sign({ ...request, headers })
      return {
        ...signed,
        headers: signed.headers.filter(([name]) => name !== X_AMZ_SECURITY_TOKEN),
        warnings: ownWarnings(signed),
      }
    },
    async presign(request, { expiresIn } = {}) {
      const headers = readOwnHeaders(request)
      const session = await findSession(request, Math.min(expiresIn ?? LIFE_OF_URL, LIFE_OF_URL))
      const left = Math.floor(
        (session.expiration.getTime() - clock(readUrl(request.url).host).getTime()) / 1000,
      )
      const signer = createSigner({ ...signing, credentials: session })
      const presigned = await signer.presign(
        { ...request, url: urlWithToken(request, session), headers },
        { expiresIn: expiresIn ?? (EXPIRES.test(String(request.url)) ? undefined : Math.max(left, 1)) },
      )
      return { ...presigned, url: withoutToken(presigned.url), warnings: ownWarnings(presigned) }
    },
  }
}

function createSessions({
  service = SERVICE,
  region,
  sessionMode,
  sessionHeaders,
  fetch,
  timeout = DEFAULT_TIMEOUT,
  now = () => new Date(),
}: Omit<S3ExpressSignerOptions, 'credentials'>): SessionCache {
  const mode: Header[] = sessionMode ? [['x-amz-create-session-mode', sessionMode]] : []
  return new SessionCache({
    service,
    region,
    headers: [...mode, ...readHeaders(sessionHeaders)],
    fetch,
    timeout,
    now: () => now(''),
  })
}

function readOwnHeaders(request: HttpRequest<Body>): Header[] {
  const headers = readHeaders(request.headers)
  if (headerValue(headers, 'content-md5') !== undefined) {
    throw new SigningError(
      'HEADER_INVALID',
      'S3 Express takes no Content-MD5; send a checksum such as x-amz-checksum-crc32',
    )
  }
  return headers.filter(([name]) => name !== S3SESSION_TOKEN)
}

/** The URL with this session's token, and no other's. */
function urlWithToken({ url }: HttpRequest<Body>, { sessionToken }: ExpressSession): string {
  const { scheme, host, path, query, fragment } = readUrl(url)
  const kept = query.split('&').filter((pair) => pair !== '' && !isTokenParameter(pair))
  const token = `${S3SESSION_TOKEN_PARAMETER}=${encodeUri(sessionToken)}`
  return `${scheme}://${host}${path}?${[...kept, token].join('&')}${fragment}`
}

function isTokenParameter(pair: string): boolean {
  return pair.split('=', 1)[0]?.toLowerCase() === S3SESSION_TOKEN
}

/** Sessions have a token under a name of their own, inside of the signature; the usual one would be a second. */
function withoutToken(url: string): string {
  return url.replace(/(&X-Amz-Signature=[0-9a-f]+)&X-Amz-Security-Token=[^&#]*/, '$1')
}

/** The keys are S3's choice, so what is odd about them is no news. */
function ownWarnings({ warnings }: SigningSteps): SigningSteps['warnings'] {
  return warnings.filter((warning) => warning !== 'TOKEN_WITH_LONG_TERM_KEY')
}

function unknownBucket(host: string): Error {
  return new SigningError(
    'BUCKET_UNKNOWN',
    `${host} and its path name no directory bucket to get a session of; sign with signRequest and service s3express, or s3`,
  )
}
