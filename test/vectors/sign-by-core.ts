/**
 * Signs a vector step by step with the core, for requests that the public functions refuse or repair on purpose.
 *
 * @module
 */
import { sigV4 } from '../../packages/countersign/src/algorithms/sigv4.ts'
import { formatAuthorization } from '../../packages/countersign/src/core/authorization-header.ts'
import { buildCanonicalHeaders, type Header } from '../../packages/countersign/src/core/canonical-headers.ts'
import { buildCanonicalPath } from '../../packages/countersign/src/core/canonical-path.ts'
import { buildCanonicalQuery } from '../../packages/countersign/src/core/canonical-query.ts'
import { buildCanonicalRequest } from '../../packages/countersign/src/core/canonical-request.ts'
import { QUERY } from '../../packages/countersign/src/core/names.ts'
import { buildStringToSign } from '../../packages/countersign/src/core/string-to-sign.ts'
import { encodeUri } from '../../packages/countersign/src/core/uri-encoding.ts'
import { defaultSha256 } from '../../packages/countersign/src/crypto/default-sha256.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import {
  algorithmOf,
  amzDateOf,
  byteString,
  payloadHashOf,
  scopeTextOf,
  signedNames,
  unfoldedHeaders,
} from './signed-case.ts'
import type { Signing } from './signed-case.ts'
import type { Outcome } from './sign-publicly.ts'

function scopeOf(signing: Signing): { date: string; region: string; service: string } {
  const { region, service } = signing.vector
  return { date: amzDateOf(signing).slice(0, 8), region, service }
}

function credentialOf(signing: Signing): string {
  return `${signing.vector.credentials.accessKeyId}/${scopeTextOf(signing)}`
}

// The headers given come first: what a source gives itself is not added a second time.
function headersOf(signing: Signing): Header[] {
  const { vector, expected } = signing
  const given = unfoldedHeaders(vector).map<Header>(([name, value]) => [
    name.toLowerCase(),
    byteString(value),
  ])
  const added: Header[] = [
    ['x-amz-date', amzDateOf(signing)],
    ['x-amz-security-token', vector.credentials.sessionToken ?? ''],
    ['x-amz-content-sha256', payloadHashOf(expected)],
    ['x-amz-region-set', vector.regionSet ?? ''],
  ]
  const missing = added.filter(([name]) => !given.some(([other]) => other === name))
  const names = signedNames(expected)
  return [...given, ...missing].filter(([name]) => names.includes(name))
}

function expiresOf({ vector, expected }: Signing): string | undefined {
  if (vector.url !== undefined) return new URL(vector.url).searchParams.get(QUERY.expires) ?? undefined
  return (expected.expiresInSeconds ?? vector.flags.expiresInSeconds)?.toString()
}

function parametersOf(signing: Signing): string {
  const { flags, credentials, regionSet } = signing.vector
  const expires = expiresOf(signing)
  const token = flags.omitSessionToken ? undefined : credentials.sessionToken
  const pairs: Header[] = [
    [QUERY.algorithm, algorithmOf(signing)],
    [QUERY.credential, credentialOf(signing)],
    [QUERY.date, amzDateOf(signing)],
    ...(expires === undefined ? [] : [[QUERY.expires, expires] as Header]),
    [QUERY.signedHeaders, signing.expected.signedHeaders],
    ...(token === undefined ? [] : [[flags.tokenParam ?? QUERY.securityToken, token] as Header]),
    ...(regionSet === undefined ? [] : [[QUERY.regionSet, regionSet] as Header]),
    ...(signing.expected.addedParams ?? []).map<Header>(([name, value]) => [name, value]),
  ]
  return pairs.map((pair) => pair.map(encodeUri).join('=')).join('&')
}

function splitTarget({ vector: { request, flags } }: Signing): [path: string, query: string] {
  const whole = byteString(request.target)
  const target = flags.targetEndsAtFirstSpace ? whole.split(' ', 1)[0]! : whole
  const question = target.indexOf('?')
  return question < 0 ? [target, ''] : [target.slice(0, question), target.slice(question + 1)]
}

function canonicalRequestOf(signing: Signing): string {
  const { vector, mode, expected } = signing
  const { flags, request } = vector
  const [path, own] = splitTarget(signing)
  const pathEncoding = flags.doubleEncodePath ? 'double' : 'single'
  const query = mode === 'query' ? [own, parametersOf(signing)].filter(Boolean).join('&') : own
  return buildCanonicalRequest(
    request.method,
    buildCanonicalPath(path, { normalizePath: flags.normalizePath, pathEncoding }),
    buildCanonicalQuery(query, flags.plusIsSpace ? 'space' : 'plus'),
    buildCanonicalHeaders(headersOf(signing)),
    payloadHashOf(expected),
  )
}

/** Signs; the texts are byte strings. */
export function signByCore(signing: Signing): Outcome {
  const { hashHex } = defaultSha256()
  const canonicalRequest = canonicalRequestOf(signing)
  const stringToSign = buildStringToSign(
    algorithmOf(signing),
    amzDateOf(signing),
    scopeTextOf(signing),
    hashHex(Buffer.from(canonicalRequest, 'latin1')),
  )
  // Below `SigningKey`, which refuses an empty secret or region.
  const { accessKeyId, secretAccessKey } = signing.vector.credentials
  const algorithm = signing.vector.regionSet === undefined ? sigV4 : sigV4A
  const key = algorithm.prepareKey(algorithm.deriveKey(secretAccessKey, scopeOf(signing), accessKeyId))
  const signature = key.signHex(stringToSign)
  const { signedHeaders } = signing.expected
  const authorization = formatAuthorization(
    algorithmOf(signing),
    credentialOf(signing),
    signedHeaders,
    signature,
  )
  return { canonicalRequest, stringToSign, signature, authorization }
}
