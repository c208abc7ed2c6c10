/**
 * Reads the claim of S3's version 2: `Authorization: AWS key:signature`, or `AWSAccessKeyId`, `Expires` and `Signature`
 * in a presigned URL.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html}
 * @module
 */
import {
  bucketOfHost,
  buildS3V2StringToSign,
  isAmbiguousQuery,
  isCoveredByS3V2,
  isSubResource,
} from '../algorithms/s3-v2.ts'
import { s3V2Hmac } from '../algorithms/sigv2-hmac.ts'
import { formatAmzDate } from '../core/amz-date.ts'
import type { Header } from '../core/canonical-headers.ts'
import { parseQuery, type QueryPair } from '../core/canonical-query.ts'
import { parseDate } from '../core/http-date.ts'
import { X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { Claim, PayloadMode } from './claim.ts'
import { exceeded } from './limits.ts'
import { valueOf, type ReadMessage } from './message.ts'
import {
  assertOlderParts,
  DEFAULT_MAX_EXPIRES_IN,
  refuseOlder,
  secondsUntil,
  wholeSecond,
  type OlderAlgorithm,
  type OlderCarrier,
} from './older-algorithm.ts'
import { readPayloadMode } from './read-payload-mode.ts'
import { refuse } from './refusals.ts'

/** Options of {@link createS3V2}. */
export interface S3V2Rules {
  /**
   * The bucket that a `Host` names, in lower case and without its port, where buckets stand in hosts; `undefined` where
   * the path begins with the bucket. It must be the one that is served: version 2 signs no host, only this. By default it
   * is read off the hosts of AWS.
   */
  readonly bucketOf?: ((host: string) => string | undefined) | undefined
  /** The furthest end of a presigned URL that is taken, in seconds from now; version 2 has no limit. 604,800 by default. */
  readonly maxExpiresIn?: number | undefined
}

/**
 * Version 2 of S3, for the `algorithms` of a verifier:
 *
 * ```js
 * createVerifier({ secrets, service: 's3', region, algorithms: [sigV4, s3V2] })
 * ```
 *
 * It signs neither host nor body, and of the query the sub-resources alone: read from `covered`.
 */
export const s3V2: OlderAlgorithm = {
  name: 'AWS',
  readsForms: false,
  readClaim: (carrier) => readS3V2Claim(carrier, {}),
}

/** {@link s3V2} with rules of its own. */
export function createS3V2(rules: S3V2Rules): OlderAlgorithm {
  return { ...s3V2, readClaim: (carrier) => readS3V2Claim(carrier, rules) }
}

const AUTHORIZATION = /^AWS[\t ]+([^\t :]+):([^\t :]+)[\t ]*$/
const EXPIRES = /^[1-9]\d{0,10}$/
const CONTROL = /[^\t -~\x80-\xff]/
/** The names that a presigned URL must have, each once and in this spelling. */
const PARAMETERS = ['AWSAccessKeyId', 'Expires', 'Signature'] as const
const OF_SIGNATURE: ReadonlySet<string> = new Set(PARAMETERS)
const SPELLINGS: ReadonlySet<string> = new Set(PARAMETERS.map((name) => name.toLowerCase()))

function readS3V2Claim(carrier: OlderCarrier, rules: S3V2Rules): Claim | undefined {
  if (carrier.mechanism === 'header') return readHeader(carrier, rules)
  if (carrier.mechanism !== 'query') return undefined
  const pairs = parseQuery(carrier.text, 'space')
  // That would be SigV2 of the query APIs.
  return pairs.some(([name]) => name === 'SignatureVersion') ? undefined : readUrl(carrier, pairs, rules)
}

function readHeader(carrier: OlderCarrier, rules: S3V2Rules): Claim | undefined {
  const { message, text, now, limits } = carrier
  if (!/^AWS[\t ]/.test(text)) return undefined
  if (text.length > limits.authorizationBytes) {
    throw exceeded('authorizationBytes', limits)
  }
  const [, accessKeyId, signature] = AUTHORIZATION.exec(text) ?? []
  if (accessKeyId === undefined || signature === undefined) {
    throw refuseOlder('AUTHORIZATION_MALFORMED', 'The Authorization header is not "AWS key:signature"', {
      argumentName: 'Authorization',
    })
  }
  const dateName = valueOf(message.headers, X_AMZ_DATE) === undefined ? 'date' : X_AMZ_DATE
  const instant = parseDate(valueOf(message.headers, dateName)?.trim() ?? '', now)
  if (!instant || instant.getTime() < 0) {
    throw refuse('DATE_INVALID', 'The request needs a valid x-amz-date or Date')
  }
  const signed = message.headers.filter(([name]) => isCoveredByS3V2(name) || name === dateName)
  return claimOf(carrier, rules, { accessKeyId, signature, instant, headers: signed, moved: [] })
}

function readUrl(carrier: OlderCarrier, pairs: readonly QueryPair[], rules: S3V2Rules): Claim {
  const { message, now } = carrier
  const parameters = readParameters(pairs)
  const expires = parameters.get('Expires') ?? ''
  if (!EXPIRES.test(expires)) throw refuseOlder('EXPIRES_INVALID', 'Expires must be in seconds since 1970')
  const end = new Date(Number(expires) * 1000)
  const expiresIn = secondsUntil(end, now, rules.maxExpiresIn ?? DEFAULT_MAX_EXPIRES_IN)
  return claimOf(carrier, rules, {
    accessKeyId: parameters.get('AWSAccessKeyId') ?? '',
    signature: parameters.get('Signature') ?? '',
    instant: wholeSecond(now),
    expiresIn,
    expires,
    headers: message.headers.filter(([name]) => isCoveredByS3V2(name)),
    moved: readMoved(message, pairs),
  })
}

function readParameters(pairs: readonly QueryPair[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (!SPELLINGS.has(name.toLowerCase())) continue
    if (!OF_SIGNATURE.has(name) || found.has(name)) throw malformed(name)
    found.set(name, decodeUri(value))
  }
  if (PARAMETERS.every((name) => found.get(name))) return found
  const text = 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters'
  throw refuseOlder('QUERY_PARAMETER_MISSING', text)
}

function malformed(parameter: string): Error {
  const why = `${parameter} stands twice, in another spelling, or has a value that cannot be`
  return refuseOlder('QUERY_PARAMETER_MALFORMED', why, { parameter })
}

/**
 * The headers that clients move into a presigned URL. One that came as a header too must say the same, and counts once.
 * A line end in a value would make two headers of one.
 */
function readMoved({ headers }: ReadMessage, pairs: readonly QueryPair[]): Header[] {
  const moved = new Map<string, string>()
  for (const [parameter, encoded] of pairs) {
    const name = parameter.toLowerCase()
    if (!isCoveredByS3V2(name)) continue
    const value = decodeUri(encoded)
    const sent = valueOf(headers, name)
    if (moved.has(name) || CONTROL.test(value) || (sent !== undefined && sent !== value)) {
      throw malformed(parameter)
    }
    moved.set(name, value)
  }
  return [...moved]
}

interface S3V2Parts {
  readonly accessKeyId: string
  readonly signature: string
  readonly instant: Date
  readonly expiresIn?: number
  readonly expires?: string
  /** Of the message, those that are signed. */
  readonly headers: readonly Header[]
  /** Of the query, those that are signed like headers. */
  readonly moved: readonly Header[]
}

function claimOf(carrier: OlderCarrier, { bucketOf = bucketOfHost }: S3V2Rules, parts: S3V2Parts): Claim {
  const { message, mechanism, limits, services } = carrier
  const { accessKeyId, signature, instant, expiresIn, expires, headers, moved } = parts
  if (isAmbiguousQuery(message.query)) throw malformed('A sub-resource')
  const names = new Set(headers.map(([name]) => name))
  const all = [...headers, ...moved.filter(([name]) => !names.has(name))]
  const sessionToken = valueOf(all, X_AMZ_SECURITY_TOKEN)
  assertOlderParts(accessKeyId, sessionToken, limits)
  const host = (valueOf(message.headers, 'host') ?? '').toLowerCase().replace(/:\d+$/, '')
  const { method, path, query } = message
  const amzDate = formatAmzDate(instant)
  const rules = serviceRules('s3')
  const movedNames = new Set(moved.map(([name]) => name))
  const service = services.find((name) => serviceRules(name).unsignedPayload) ?? services[0] ?? 's3'
  return {
    message,
    mechanism,
    algorithm: s3V2Hmac,
    accessKeyId,
    scope: Object.freeze({ date: amzDate.slice(0, 8), service }),
    scopeText: '',
    regionSet: undefined,
    rules,
    amzDate,
    instant,
    expiresIn,
    signedHeaders: [...names].toSorted(),
    signedHeadersText: '',
    signature,
    sessionToken,
    payload: payloadOf(message, all),
    older: {
      stringToSign: buildS3V2StringToSign({
        method,
        path,
        query,
        headers: all,
        bucket: bucketOf(host),
        expires,
      }),
      coveredQuery: parseQuery(query, 'space').filter(
        ([name]) => isSubResource(name) || movedNames.has(name.toLowerCase()),
      ),
      isHostFree: true,
    },
  }
}

/** The body is not signed, unless its hash came along as a header. Chunks are of version 4 alone. */
function payloadOf(message: ReadMessage, headers: readonly Header[]): PayloadMode {
  if (valueOf(headers, X_AMZ_CONTENT_SHA256) === undefined) return { kind: 'unsigned' }
  const mode = readPayloadMode(message, 'header', serviceRules('s3'), [], undefined)
  if (mode.kind !== 'streaming') return mode
  throw refuse('PAYLOAD_MODE_UNSUPPORTED', 'Version 2 has no chunks; send a body without them')
}
