/**
 * Signs for the clients of the AWS SDK for JavaScript, version 3. They take SigV4A along without native code, and what
 * they send unprotected is refused instead of sent.
 *
 * ```js
 * import { S3Client } from '@aws-sdk/client-s3'
 * import { createSdkAuth } from 'countersign/adapters/aws-sdk'
 * import { sigV4A } from 'countersign/sigv4a'
 *
 * const client = new S3Client({ region, ...createSdkAuth({ credentials, algorithms: [sigV4A] }) })
 * ```
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { Bytes } from '../core/bytes.ts'
import { parseDate } from '../core/http-date.ts'
import type { Header } from '../core/canonical-headers.ts'
import { X_AMZ_CONTENT_SHA256, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { resolveProvider } from '../credentials/cache-credentials.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError, SigningError } from '../errors.ts'
import { presignAt } from '../sign/presign-url.ts'
import { headerValue, readHeaders } from '../sign/read-headers.ts'
import type { SignOptions } from '../sign/sign-options.ts'
import { signWithBody } from '../sign/sign-request.ts'
import { pathOfUrl, queryOfUrl, readSdkBody, urlOfSdk, type SdkRequest } from './sdk-request.ts'

export type { SdkQuery, SdkRequest } from './sdk-request.ts'

/** Options of {@link createSdkAuth}. */
export interface SdkAuthOptions extends Pick<SignOptions, 'signHeaders' | 'allowUnsignedPayloadOverHttp'> {
  /** Credentials, or what gives them when asked. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  /** `sigV4A` of `countersign/sigv4a`, for multi-region access points and others that take nothing else. */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /** Lets bodies that are streams go unsigned, where the SDK puts no checksum behind them. They are refused otherwise. */
  readonly unsignedStreams?: boolean | undefined
  /** The clock, where the SDK names no instant. It names one, with the offset that it has learnt. */
  readonly now?: (() => Date) | undefined
}

/** How the SDK says what it wants signed. */
export interface SdkSigningArguments {
  readonly signingDate?: Date | number | string | undefined
  readonly signingRegion?: string | undefined
  readonly signingService?: string | undefined
}

/** How the SDK says what it wants presigned. */
export interface SdkPresigningArguments extends SdkSigningArguments {
  /** Lifetime in whole seconds; 3600 by default. */
  readonly expiresIn?: number | undefined
}

/** A scheme of an endpoint, as the SDK's rules have it. */
export interface SdkAuthScheme {
  readonly name?: string | undefined
  readonly signingName?: string | undefined
  readonly signingRegion?: string | undefined
  readonly disableDoubleEncoding?: boolean | undefined
}

/** What takes the place of a client's own signer. */
export interface SdkSigner {
  /**
   * @throws {@link SigningError} `ALGORITHM_MISSING` when the endpoint takes SigV4A alone and it was not passed in,
   *   `BODY_UNSUPPORTED` for a stream without a checksum, and what signing throws; {@link CredentialsError}
   */
  sign<R extends SdkRequest>(request: R, options?: SdkSigningArguments): Promise<R>
  /** With the keys of a session, for directory buckets. */
  signWithCredentials<R extends SdkRequest>(
    request: R,
    session: Credentials,
    options?: SdkSigningArguments,
  ): Promise<R>
  presign<R extends SdkRequest>(request: R, options?: SdkPresigningArguments): Promise<R>
}

/** Credentials as the SDK has them. */
export interface SdkCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** What goes into the settings of a client: `new S3Client({ region, ...auth })`. */
export interface SdkAuth {
  readonly signer: (scheme?: SdkAuthScheme) => Promise<SdkSigner>
  /** The same credentials, since a client asks for them before it lets anybody sign. */
  readonly credentials: () => Promise<SdkCredentials>
}

const SESSION_TOKEN = 'x-amz-s3session-token'

/**
 * Makes the two settings of a client that have to do with signing. Retries, redirects and the clock's offset stay the
 * client's own: it asks for a new signature each time, and names the instant.
 */
export function createSdkAuth(options: SdkAuthOptions): SdkAuth {
  const provide = resolveProvider(options.credentials, options.now)
  return {
    signer: async (scheme) => createSdkSigner(options, provide, scheme ?? {}),
    credentials: async () => withSecret(await provide()),
  }
}

function createSdkSigner(
  options: SdkAuthOptions,
  provide: CredentialsProvider,
  scheme: SdkAuthScheme,
): SdkSigner {
  const { algorithms = [], signHeaders = 'sdk', allowUnsignedPayloadOverHttp, unsignedStreams } = options
  const host = { now: () => (options.now?.() ?? new Date()).getTime(), readDate: parseDate }

  const settle = (credentials: Credentials | KeyCredentials, sdk: SdkSigningArguments): SignOptions => ({
    credentials,
    ...scopeOf(scheme, sdk, algorithms),
    date: new Date(sdk.signingDate ?? host.now()),
    pathEncoding: scheme.disableDoubleEncoding ? 'single' : undefined,
    signHeaders,
    allowUnsignedPayloadOverHttp,
  })

  async function signAs<R extends SdkRequest>(
    request: R,
    headers: Header[],
    settled: SignOptions,
  ): Promise<R> {
    const hash = headerValue(headers, X_AMZ_CONTENT_SHA256)
    const { bytes, payloadHash } = await readSdkBody(request.body, hash, unsignedStreams)
    const plain = { method: request.method, url: urlOfSdk(request), headers }
    const signed = signWithBody(plain, bytes as Bytes | undefined, { ...settled, payloadHash }, host)
    return copyOf(request, { path: pathOfUrl(signed.url), headers: Object.fromEntries(signed.headers) })
  }

  return {
    async sign(request, sdk = {}) {
      return signAs(request, readOnce(request), settle(await provide(), sdk))
    },
    async signWithCredentials(request, session, sdk = {}) {
      const headers = readOnce(request).filter(([name]) => name !== SESSION_TOKEN)
      headers.push([SESSION_TOKEN, session.sessionToken ?? ''])
      // The token goes under a name of its own; behind the signature the usual one can be taken off again.
      const signed = await signAs(request, headers, { ...settle(session, sdk), tokenPlacement: 'after' })
      const { [X_AMZ_SECURITY_TOKEN]: _, ...sent } = signed.headers
      return copyOf(signed, { headers: sent })
    },
    async presign(request, { expiresIn, ...sdk } = {}) {
      const plain = { method: request.method, url: urlOfSdk(request), headers: readOnce(request) }
      const { url, headers } = presignAt(plain, { ...settle(await provide(), sdk), expiresIn }, host.now)
      const named = Object.fromEntries([...headers, ['host', new URL(url).host]])
      return copyOf(request, { path: pathOfUrl(url), query: queryOfUrl(url), headers: named })
    },
  }
}

/** What the endpoint wants. SigV4 is never taken in the place of SigV4A. */
function scopeOf(
  scheme: SdkAuthScheme,
  { signingService = scheme.signingName, signingRegion = scheme.signingRegion }: SdkSigningArguments,
  algorithms: readonly SignatureAlgorithm[],
): Pick<SignOptions, 'service' | 'region' | 'algorithm'> {
  const isForRegions = scheme.name === 'sigv4a' || /[*,]/.test(signingRegion ?? '')
  if (!isForRegions) return { service: signingService, region: signingRegion }
  const algorithm = algorithms.find(({ regionSet }) => regionSet)
  if (algorithm) return { service: signingService, region: signingRegion?.split(','), algorithm }
  throw new SigningError(
    'ALGORITHM_MISSING',
    'The endpoint takes SigV4A alone: pass sigV4A of countersign/sigv4a as one of algorithms',
  )
}

/** The headers of an object with each name once: the client would send both, and a signature joins them. */
function readOnce({ headers }: SdkRequest): Header[] {
  const list = readHeaders(headers)
  if (new Set(list.map(([name]) => name)).size === list.length) return list
  throw new SigningError('HEADER_INVALID', 'A header stands twice in the request, in different case')
}

/** A copy that is of the same class; nothing of the caller's is changed. */
function copyOf<R extends SdkRequest>(request: R, changes: Partial<SdkRequest>): R {
  return Object.assign(Object.create(Object.getPrototypeOf(request) as object) as R, request, changes)
}

function withSecret(given: Credentials | KeyCredentials): SdkCredentials {
  if ('secretAccessKey' in given) {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = given
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    }
  }
  throw new CredentialsError(
    'CREDENTIALS_INVALID',
    'Clients of the AWS SDK need a secret access key, where a signing key was given',
  )
}
