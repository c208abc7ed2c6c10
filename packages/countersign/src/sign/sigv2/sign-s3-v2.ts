/**
 * Signs requests for S3 and stores like it with version 2: in the header `Authorization: AWS key:signature`, or in the
 * URL. For stores that know nothing newer: the body is not signed, nor is the host.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html}
 * @module
 */
import {
  bucketOfHost,
  buildS3V2StringToSign,
  isAmbiguousQuery,
  isCoveredByS3V2,
} from '../../algorithms/s3-v2.ts'
import { signHmacSha1 } from '../../algorithms/sigv2-hmac.ts'
import type { Header } from '../../core/canonical-headers.ts'
import { X_AMZ_DATE, X_AMZ_SECURITY_TOKEN } from '../../core/names.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import { SigningError } from '../../errors.ts'
import { expressionOf } from '../header-selection.ts'
import type { HttpRequest, SyncBody } from '../http-request.ts'
import { readSyncBody } from '../read-body.ts'
import { resolveExpiry } from '../resolve-expiry.ts'
import { dateHeaders, planOlder, urlOf, type OlderPlan } from './plan-older.ts'
import type { OlderPresignedUrl, OlderSignedRequest, OlderSignOptions } from './signed-request.ts'

/** Options of {@link signS3V2}. */
export interface S3V2SignOptions extends OlderSignOptions {
  /**
   * The bucket, where it stands in the host and not in the path. By default it is read off the hosts of AWS; of a
   * custom domain, or of another store, it must be given.
   */
  readonly bucket?: string | undefined
}

/** Options of {@link presignS3V2}. */
export interface S3V2PresignOptions extends S3V2SignOptions {
  /** Lifetime in whole seconds, 1 to 604,800; 3600 by default. */
  readonly expiresIn?: number | undefined
  /** Headers that move into the query, `*` for any run of characters. None by default: not every store reads them there. */
  readonly hoistHeaders?: readonly string[] | undefined
}

const OWN_PARAMETER = /^(?:AWSAccessKeyId|Expires|Signature|x-amz-security-token)(?:=|$)/
const BUCKET = /^[\w.-]+$/

/**
 * Signs a request in its `Authorization` header, at once. `content-type` and `content-md5` are signed where they are
 * given, and every `x-amz-*` header.
 *
 * @throws {@link SigningError} when the request cannot be signed; `QUERY_NOT_SIGNABLE`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`
 */
export function signS3V2(request: HttpRequest<SyncBody>, options: S3V2SignOptions): OlderSignedRequest {
  const plan = planOlder(request, options)
  const { accessKeyId, secretAccessKey } = options.credentials
  const query = planS3Query(plan)
  const { headers } = dateHeaders(plan, options)
  const stringToSign = buildS3V2StringToSign({ ...plan, query, headers, bucket: bucketOf(plan, options) })
  const signature = signHmacSha1(secretAccessKey, stringToSign)
  const body = readSyncBody(request.body)
  return {
    method: plan.method,
    url: urlOf(plan, query),
    headers: [...headers, ['authorization', `AWS ${accessKeyId}:${signature}`]],
    ...(body && { body }),
    stringToSign,
    signature,
    warnings: plan.warnings,
  }
}

/**
 * Makes a presigned URL, at once. It is bound to its method and to the headers that come back with it, which must be
 * sent. It never outlives temporary credentials: `expiresAt` tells its true end.
 *
 * @throws {@link SigningError} when the request cannot be signed; `EXPIRY_INVALID`, `QUERY_NOT_SIGNABLE`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function presignS3V2(request: HttpRequest<SyncBody>, options: S3V2PresignOptions): OlderPresignedUrl {
  const plan = planOlder(request, options)
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials
  const query = planS3Query(plan)
  const second = Math.floor(plan.instant.getTime() / 1000)
  const { expiresAt } = resolveExpiry(options, { second, query: { wire: '' }, warnings: plan.warnings })
  const expires = String(expiresAt.getTime() / 1000)

  const hoisted = options.hoistHeaders && expressionOf(options.hoistHeaders)
  // The date of one sending is not for whoever is handed the URL.
  const covered = plan.given.filter(([name]) => isCoveredByS3V2(name) && name !== X_AMZ_DATE)
  const moved: Header[] = covered.filter(([name]) => hoisted?.test(name))
  assertMovable(moved)
  if (sessionToken) moved.push([X_AMZ_SECURITY_TOKEN, sessionToken])
  const sent = covered.filter(([name]) => !hoisted?.test(name))
  const headers = [...sent, ...moved]
  const bucket = bucketOf(plan, options)
  const stringToSign = buildS3V2StringToSign({ ...plan, query, headers, bucket, expires })
  const signature = signHmacSha1(secretAccessKey, stringToSign)
  const parameters: Header[] = [
    ['AWSAccessKeyId', accessKeyId],
    ['Expires', expires],
    ...moved,
    ['Signature', signature],
  ]
  const signed = parameters.map(([name, value]) => `${name}=${encodeUri(value)}`).join('&')
  return {
    method: plan.method,
    url: urlOf(plan, query && `${query}&`) + (query ? '' : '?') + signed + plan.url.fragment,
    headers: plan.host === plan.url.host ? sent : [['host', plan.host], ...sent],
    expiresAt,
    stringToSign,
    signature,
    warnings: plan.warnings,
  }
}

/** The query without what an earlier signature left, and without the `=` of nothing, which servers read in two ways. */
function planS3Query({ query }: OlderPlan): string {
  if (query === '') return query
  const kept = query.split('&').filter((pair) => !OWN_PARAMETER.test(pair))
  const wire = kept.map((pair) => pair.replace(/^([^=]+)=$/, '$1')).join('&')
  if (!isAmbiguousQuery(wire)) return wire
  const why =
    'A sub-resource stands twice in the query, or a value reads like one: the signature would fit both'
  throw new SigningError('QUERY_NOT_SIGNABLE', why)
}

// A repeated parameter would be read as one of the two.
function assertMovable(moved: readonly Header[]): void {
  const names = new Set(moved.map(([name]) => name))
  if (names.size === moved.length) return
  throw new SigningError('HEADER_INVALID', 'A header that stands twice cannot move into the query')
}

function bucketOf({ host }: OlderPlan, { bucket }: S3V2SignOptions): string | undefined {
  if (bucket === undefined) return bucketOfHost(host)
  if (bucket === '' || BUCKET.test(bucket)) return bucket
  throw new SigningError('OPTION_INVALID', 'bucket must be the name of a bucket, or empty for none')
}
