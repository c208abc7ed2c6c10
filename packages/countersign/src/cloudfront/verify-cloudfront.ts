/**
 * Checks CloudFront URLs and cookies as CloudFront does, with the public key: for tests, for servers of one's own, and
 * to find out why a URL is refused.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html}
 * @module
 */
import { utf8, type Bytes } from '../core/bytes.ts'
import { SigningError, VerificationError, type VerificationErrorCode } from '../errors.ts'
import { parseSignatureCookies } from './cookies.ts'
import { isInIpRange } from '../core/ip-range.ts'
import {
  importKey,
  isForAlgorithm,
  isSignatureOf,
  readKey,
  type CloudFrontAlgorithm,
  type CloudFrontKey,
} from './key.ts'
import { formatPolicy, parsePolicy, type CloudFrontStatement } from './policy.ts'
import { matchesResource } from './resource-pattern.ts'
import { PARAMETERS, readRequestedUrl, splitParameters } from './signable-url.ts'
import { decodeUrlSafe } from './url-safe-base64.ts'

/** What a signature is checked with. */
export interface VerifyCloudFrontOptions {
  /** Id of the key; signatures by others are refused. */
  readonly keyPairId: string
  /** PEM or DER (SPKI, PKCS#1), a JWK, or a `CryptoKey`. */
  readonly publicKey: CloudFrontKey
  /** IP address of the client; without it a policy that restricts addresses is refused. */
  readonly remoteAddress?: string | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** A URL whose signature is good. */
export interface VerifiedCloudFrontUrl {
  /** The URL without the signature's parameters. */
  readonly resource: string
  readonly keyPairId: string
  /** Whether the policy was sent along, or follows from the URL. */
  readonly kind: 'canned' | 'custom'
  readonly algorithm: CloudFrontAlgorithm
  readonly policy: CloudFrontStatement
}

const ALGORITHMS: ReadonlyMap<string | undefined, CloudFrontAlgorithm> = new Map([
  [undefined, 'SHA1'],
  ['SHA1', 'SHA1'],
  ['SHA256', 'SHA256'],
])

/** CloudFront's own codes; all others are `AccessDenied`. */
const AWS_CODES: ReadonlyMap<VerificationErrorCode, string> = new Map([
  ['SIGNATURE_MISSING', 'MissingKey'],
  ['KEY_UNKNOWN', 'InvalidKey'],
  ['POLICY_MALFORMED', 'MalformedPolicy'],
])

/** Name and value of each part of a signature, as a URL or cookies carried it. */
type Fields = readonly (readonly [name: string, value: string])[]

/**
 * Checks a signed URL, absolute as the client requested it.
 *
 * @throws {@link VerificationError} when the URL is not open
 * @throws {@link SigningError} `KEY_INVALID` for the public key
 */
export async function verifySignedUrl(
  url: string | URL,
  options: VerifyCloudFrontOptions,
): Promise<VerifiedCloudFrontUrl> {
  const { resource, parameters } = splitParameters(readUrl(url))
  return verifyFields(resource, parameters, options)
}

/**
 * Checks the cookies that came with a request.
 *
 * @param url the absolute URL that was requested
 * @param cookieHeader value of the `Cookie` header; other cookies may stand in it
 * @throws {@link VerificationError} when the cookies do not open the URL
 * @throws {@link SigningError} `KEY_INVALID` for the public key
 */
export async function verifySignedCookies(
  url: string | URL,
  cookieHeader: string,
  options: VerifyCloudFrontOptions,
): Promise<VerifiedCloudFrontUrl> {
  return verifyFields(readUrl(url), parseSignatureCookies(cookieHeader), options)
}

async function verifyFields(
  resource: string,
  fields: Fields,
  options: VerifyCloudFrontOptions,
): Promise<VerifiedCloudFrontUrl> {
  const values = readFields(fields)
  const algorithm = ALGORITHMS.get(values.get(PARAMETERS.hashAlgorithm))
  if (algorithm === undefined)
    throw refuse('ALGORITHM_UNSUPPORTED', 'Hash-Algorithm is neither SHA1 nor SHA256')
  const keyPairId = values.get(PARAMETERS.keyPairId) ?? ''
  if (keyPairId !== options.keyPairId)
    throw refuse('KEY_UNKNOWN', 'Key-Pair-Id is not that of the key', { keyPairId })
  const expires = values.get(PARAMETERS.expires)
  const bytes =
    expires === undefined
      ? decodePolicy(values.get(PARAMETERS.policy) ?? '')
      : cannedPolicy(resource, expires)
  await assertSignature(bytes, values.get(PARAMETERS.signature) ?? '', algorithm, options.publicKey)
  const policy = readPolicy(bytes)
  assertOpen(resource, policy, options)
  return { resource, keyPairId, kind: expires === undefined ? 'custom' : 'canned', algorithm, policy }
}

/** Every field once, and all that belong together. */
function readFields(fields: Fields): ReadonlyMap<string, string> {
  const values = new Map(fields)
  if (!values.has(PARAMETERS.signature)) throw refuse('SIGNATURE_MISSING', 'There is no CloudFront signature')
  if (values.size < fields.length)
    throw refuse('QUERY_PARAMETER_MALFORMED', 'A part of the signature stands twice')
  if (!values.has(PARAMETERS.keyPairId)) throw refuse('QUERY_PARAMETER_MISSING', 'Key-Pair-Id is missing')
  const [hasPolicy, hasExpires] = [values.has(PARAMETERS.policy), values.has(PARAMETERS.expires)]
  if (!hasPolicy && !hasExpires) throw refuse('QUERY_PARAMETER_MISSING', 'Expires or Policy is missing')
  if (hasPolicy && hasExpires)
    throw refuse('QUERY_PARAMETER_MALFORMED', 'Expires and Policy exclude each other')
  return values
}

function readUrl(url: string | URL): string {
  try {
    return readRequestedUrl(url).resource
  } catch (error) {
    if (error instanceof SigningError) throw refuse('REQUEST_MALFORMED', error.message)
    throw error
  }
}

function cannedPolicy(resource: string, expires: string): Bytes {
  if (!/^[1-9]\d{0,14}$/.test(expires)) throw refuse('EXPIRES_INVALID', 'Expires is not a number of seconds')
  return utf8(formatPolicy({ resource, dateLessThan: Number(expires) }))
}

function decodePolicy(encoded: string): Bytes {
  const bytes = decodeUrlSafe(encoded)
  if (bytes) return bytes
  throw refuse('POLICY_MALFORMED', 'The policy is not in the base64 of CloudFront, with - _ ~ for + = /')
}

async function assertSignature(
  bytes: Bytes,
  encoded: string,
  algorithm: CloudFrontAlgorithm,
  publicKey: CloudFrontKey,
): Promise<void> {
  const read = readKey(publicKey, 'public')
  if (!isForAlgorithm(read, algorithm)) {
    throw refuse('ALGORITHM_UNSUPPORTED', `The CryptoKey is bound to another hash than ${algorithm}`)
  }
  const signature = decodeUrlSafe(encoded)
  if (!signature) throw refuse('SIGNATURE_MALFORMED', 'The signature is not in the base64 of CloudFront')
  const key = await importKey(read, 'public', algorithm)
  if (!(await isSignatureOf(key, algorithm, bytes, signature))) {
    throw refuse('SIGNATURE_MISMATCH', 'The signature is not that of this URL or policy by this key')
  }
}

function readPolicy(bytes: Bytes): CloudFrontStatement {
  try {
    return parsePolicy(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (error) {
    throw refuse(
      'POLICY_MALFORMED',
      error instanceof SigningError ? error.message : 'The policy is not UTF-8',
    )
  }
}

function assertOpen(resource: string, policy: CloudFrontStatement, options: VerifyCloudFrontOptions): void {
  const { remoteAddress = '', now = () => new Date() } = options
  const time = now().getTime()
  const { dateLessThan, dateGreaterThan, ipAddress } = policy
  if (!matchesResource(policy.resource, resource)) {
    throw refuse('RESOURCE_MISMATCH', 'The policy is for other URLs', {
      resource: policy.resource,
      requested: resource,
    })
  }
  if (dateGreaterThan !== undefined && time <= dateGreaterThan * 1000) {
    throw refuse('NOT_YET_VALID', 'The policy opens later', { opens: isoOf(dateGreaterThan) })
  }
  if (time >= dateLessThan * 1000)
    throw refuse('EXPIRED', 'The time is over', { expires: isoOf(dateLessThan) })
  if (ipAddress !== undefined && !isInIpRange(remoteAddress, ipAddress)) {
    throw refuse('ADDRESS_NOT_ALLOWED', 'The policy is for other IP addresses', { ipAddress, remoteAddress })
  }
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function refuse(
  code: VerificationErrorCode,
  message: string,
  facts: Record<string, string> = {},
): VerificationError {
  return new VerificationError(
    code,
    message,
    { awsCode: AWS_CODES.get(code) ?? 'AccessDenied', status: 403 },
    facts,
  )
}
