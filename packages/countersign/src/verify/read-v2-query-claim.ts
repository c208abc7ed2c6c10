/**
 * Reads the claim of SigV2 of the query APIs, whose parameters stand in the URL, or in the form that is the body.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonSimpleDB/latest/DeveloperGuide/HMACAuth.html}
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import {
  buildSigV2StringToSign,
  findRepeatedName,
  SIGV2_QUERY,
  type SigV2Method,
} from '../algorithms/sigv2.ts'
import { sigV2HmacSha1, sigV2HmacSha256 } from '../algorithms/sigv2-hmac.ts'
import { formatAmzDate } from '../core/amz-date.ts'
import { parseQuery, type QueryPair } from '../core/canonical-query.ts'
import { parseDate } from '../core/http-date.ts'
import { EMPTY_SHA256 } from '../core/names.ts'
import { serviceRules } from '../core/service-rules.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import type { Claim } from './claim.ts'
import { exceeded } from './limits.ts'
import { valueOf } from './message.ts'
import {
  assertOlderParts,
  DEFAULT_MAX_EXPIRES_IN,
  refuseOlder,
  secondsUntil,
  wholeSecond,
  type OlderAlgorithm,
  type OlderCarrier,
} from './older-algorithm.ts'

/** Options of {@link createSigV2}. */
export interface SigV2Rules {
  /** The HMACs that are taken; both by default. */
  readonly methods?: readonly SigV2Method[] | undefined
  /** The furthest `Expires` that is taken, in seconds from now; SigV2 has no limit. 604,800 by default. */
  readonly maxExpiresIn?: number | undefined
}

/**
 * SigV2 of the query APIs, for the `algorithms` of a verifier:
 *
 * ```js
 * createVerifier({ secrets, service: 'sdb', region, algorithms: [sigV4, sigV2] })
 * ```
 *
 * Method, host, path and all parameters are signed; of a POST they are the body, which is read before the key is known.
 */
export const sigV2: OlderAlgorithm = {
  name: 'SigV2',
  readsForms: true,
  readClaim: (carrier) => readSigV2Claim(carrier, {}),
}

/** {@link sigV2} with rules of its own. */
export function createSigV2(rules: SigV2Rules): OlderAlgorithm {
  return { ...sigV2, readClaim: (carrier) => readSigV2Claim(carrier, rules) }
}

const METHODS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['HmacSHA1', sigV2HmacSha1],
  ['HmacSHA256', sigV2HmacSha256],
])
const OWN: ReadonlySet<string> = new Set(Object.values(SIGV2_QUERY))
const SPELLINGS: ReadonlySet<string> = new Set(Object.values(SIGV2_QUERY).map((name) => name.toLowerCase()))
// AWS's own first example has no zone.
const WITHOUT_ZONE = /T\d\d:\d\d:\d\d(?:\.\d{1,9})?$/

function readSigV2Claim(carrier: OlderCarrier, rules: SigV2Rules): Claim | undefined {
  const { mechanism, text, message, services, limits } = carrier
  if (mechanism === 'header') return undefined
  const pairs = parseQuery(text, 'space')
  if (!isSigV2(pairs)) return undefined
  assertPairs(pairs, carrier)
  const parameters = new Map(
    pairs.filter(([name]) => OWN.has(name)).map(([name, value]) => [name, decodeUri(value)]),
  )
  const accessKeyId = parameters.get(SIGV2_QUERY.accessKeyId) ?? ''
  const sessionToken = parameters.get(SIGV2_QUERY.securityToken)
  assertOlderParts(accessKeyId, sessionToken, limits)
  const service = services[0] ?? ''
  const time = readTime(parameters, carrier, rules)
  const amzDate = formatAmzDate(time.instant)
  const host = (valueOf(message.headers, 'host') ?? '').toLowerCase()
  return {
    message,
    mechanism,
    algorithm: readMethod(parameters, rules),
    accessKeyId,
    scope: Object.freeze({ date: amzDate.slice(0, 8), service }),
    scopeText: '',
    regionSet: undefined,
    rules: serviceRules(service),
    amzDate,
    ...time,
    signedHeaders: ['host'],
    signedHeadersText: '',
    signature: parameters.get(SIGV2_QUERY.signature) ?? '',
    sessionToken,
    payload: mechanism === 'form' ? { kind: 'computed' } : { kind: 'hashed', hash: EMPTY_SHA256 },
    older: {
      stringToSign: buildSigV2StringToSign(message.method, host, message.path, pairs),
      coveredQuery: pairs.filter(([name]) => !OWN.has(name)),
      isHostFree: false,
    },
  }
}

function isSigV2(pairs: readonly QueryPair[]): boolean {
  const names = new Set(pairs.map(([name]) => name))
  return [SIGV2_QUERY.accessKeyId, SIGV2_QUERY.signature, SIGV2_QUERY.version].every((name) =>
    names.has(name),
  )
}

function assertPairs(pairs: readonly QueryPair[], { limits }: OlderCarrier): void {
  if (pairs.length > limits.queryPairs) {
    throw exceeded('queryPairs', limits)
  }
  const misspelt = pairs.find(([name]) => !OWN.has(name) && SPELLINGS.has(name.toLowerCase()))
  const wrong = findRepeatedName(pairs) ?? misspelt?.[0]
  if (wrong !== undefined) throw malformed(wrong, 'stands twice, or in another spelling')
}

function malformed(parameter: string, why: string): Error {
  return refuseOlder('QUERY_PARAMETER_MALFORMED', `${parameter} ${why}`, { parameter })
}

/** The HMAC is the one that is named, and the name is signed: the length of a signature chooses nothing. */
function readMethod(parameters: ReadonlyMap<string, string>, { methods }: SigV2Rules): SignatureAlgorithm {
  if (parameters.get(SIGV2_QUERY.version) !== '2') throw malformed(SIGV2_QUERY.version, 'is not 2')
  const name = parameters.get(SIGV2_QUERY.method) ?? ''
  const algorithm = METHODS.get(name)
  if (algorithm && (methods?.some((served) => served === name) ?? true)) return algorithm
  throw refuseOlder('ALGORITHM_UNSUPPORTED', 'SignatureMethod is not served here')
}

/** Either of the two says until when the request is good: `Timestamp` by the server's skew, `Expires` by itself. */
function readTime(
  parameters: ReadonlyMap<string, string>,
  { now }: OlderCarrier,
  { maxExpiresIn = DEFAULT_MAX_EXPIRES_IN }: SigV2Rules,
): Pick<Claim, 'instant' | 'expiresIn'> {
  const timestamp = parameters.get(SIGV2_QUERY.timestamp)
  const expires = parameters.get(SIGV2_QUERY.expires)
  if (timestamp !== undefined && expires !== undefined) {
    throw malformed(SIGV2_QUERY.expires, 'stands beside a Timestamp; send one of them')
  }
  const text = timestamp ?? expires ?? ''
  const instant = parseDate(WITHOUT_ZONE.test(text) ? `${text}Z` : text, now)
  if (!instant || instant.getTime() < 0) {
    throw refuseOlder('DATE_INVALID', 'The request needs a Timestamp or Expires as YYYY-MM-DDTHH:MM:SSZ')
  }
  if (expires === undefined) return { instant, expiresIn: undefined }
  return { instant: wholeSecond(now), expiresIn: secondsUntil(instant, now, maxExpiresIn) }
}
