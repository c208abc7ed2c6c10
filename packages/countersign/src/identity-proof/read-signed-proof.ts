/**
 * Reads a proof in the signed form: JSON with the method, the URL, the body and the headers of a POST, as Vault's logins
 * have it. The request that is sent is a new one, made of what was allowed.
 *
 * @module
 */
import { parseAuthorization, type AuthorizationComponents } from '../core/authorization-header.ts'
import { isText } from '../core/bytes.ts'
import { CALLER_IDENTITY } from '../tokens/caller-identity.ts'
import { readAnyStsHost } from '../tokens/sts-hosts.ts'
import type { ProofRequest, ProofRules } from './proof-request.ts'
import {
  assertAlgorithm,
  assertCredential,
  assertSignature,
  readDate,
  readSignedHeaders,
} from './proof-rules.ts'
import { refusal } from './refusal.ts'
import { parseStrictObject, type JsonObject } from './strict-json.ts'

/** Longest proof in this form, in bytes; headers are in base64 twice over. */
const MAX_BYTES = 16_384

const FIELDS = [
  'iam_http_request_method',
  'iam_request_url',
  'iam_request_body',
  'iam_request_headers',
] as const
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const HEADER_NAME = /^[\w-]+$/
const HEADER_VALUE = /^[ -~]*$/
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=utf-8'
const AUTHORIZATION = /^(\S+) (.+)$/

/** Headers that are sent on when they are there, beside the audience. */
const FORWARDED: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'user-agent',
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
])
/** Headers that the client of the new request sets by itself, to the same values. */
const SET_ANEW: ReadonlySet<string> = new Set(['host', 'content-length'])

type Headers = ReadonlyMap<string, string>

/**
 * Reads one.
 *
 * @throws {@link IdentityProofError}
 */
export function readSignedProof(proof: string, rules: ProofRules): ProofRequest {
  if (proof.length > MAX_BYTES) {
    throw refusal('PROOF_TOO_LARGE', `A signed proof has at most ${MAX_BYTES} bytes`)
  }
  const { method, url, body, headers } = readFields(proof)
  const { audienceHeader, stsHost } = rules
  if (stsHost === undefined) {
    throw refusal('PROOF_FORM_REFUSED', 'Signed proofs are refused; set stsHost to take them')
  }
  const host = readAnyStsHost(stsHost)
  const ownUrl = `https://${stsHost}/`
  if (!host || url !== ownUrl || (headers.get('host') ?? stsHost) !== stsHost) {
    throw refusal('HOST_NOT_ALLOWED', `Signed proofs must be for ${ownUrl} and its host`)
  }
  if (method !== 'POST' || body !== CALLER_IDENTITY) {
    throw refusal('ACTION_WRONG', `The proof must be a POST of ${CALLER_IDENTITY}`)
  }
  assertHeaders(headers, body, audienceHeader)
  const { credential, signedHeaders, signature } = readAuthorization(headers.get('authorization') ?? '')
  assertSignature(signature)
  const names = readSignedHeaders(signedHeaders, audienceHeader)
  assertCovered(names, headers, audienceHeader)
  assertAudience(headers.get(audienceHeader), rules)
  const amzDate = headers.get('x-amz-date') ?? ''
  const date = readDate(amzDate)
  assertCredential(credential, host, amzDate)
  return {
    method: 'POST',
    url: ownUrl,
    headers: forwardedHeaders(headers, audienceHeader),
    body: CALLER_IDENTITY,
    host,
    date,
    signature,
  }
}

interface ProofFields {
  readonly method: unknown
  readonly url: string
  readonly body: string
  readonly headers: Headers
}

function readFields(proof: string): ProofFields {
  const fields = parseStrictObject(proof)
  const isWhole =
    fields && Object.keys(fields).length === FIELDS.length && FIELDS.every((name) => name in fields)
  if (!isWhole) {
    throw refusal('PROOF_MALFORMED', `A signed proof must be JSON with ${FIELDS.join(', ')}, and no more`)
  }
  const headers = parseStrictObject(decode(fields['iam_request_headers']))
  if (!headers) throw refusal('PROOF_MALFORMED', 'The headers must be an object of JSON, none of them twice')
  return {
    method: fields['iam_http_request_method'],
    url: decode(fields['iam_request_url']),
    body: decode(fields['iam_request_body']),
    headers: readHeaders(headers),
  }
}

function decode(text: unknown): string {
  if (isText(text, BASE64)) return atob(text)
  throw refusal('PROOF_MALFORMED', 'URL, body and headers of a signed proof must be base64')
}

/** Names in lower case; a value may stand in a list of its own, as Go writes it. */
function readHeaders(object: JsonObject): Headers {
  const headers = new Map<string, string>()
  for (const [name, given] of Object.entries(object)) {
    const values: readonly unknown[] = Array.isArray(given) ? given : [given]
    const value = values[0]
    if (!HEADER_NAME.test(name) || values.length !== 1 || !isText(value, HEADER_VALUE)) {
      throw refusal('PARAMETER_INVALID', 'Each header must have one value of visible ASCII')
    }
    const lower = name.toLowerCase()
    if (headers.has(lower)) throw refusal('PARAMETER_INVALID', `The header ${lower} stands twice`)
    headers.set(lower, value.trim())
  }
  return headers
}

function assertHeaders(headers: Headers, body: string, audienceHeader: string): void {
  for (const name of headers.keys()) {
    if (name.startsWith('x-amz-') && name !== audienceHeader && !FORWARDED.has(name)) {
      throw refusal('PARAMETER_INVALID', `The header ${name} is not one of a proof`)
    }
  }
  if (!FORM.test(headers.get('content-type') ?? FORM_TYPE)) {
    throw refusal('PARAMETER_INVALID', 'The content type must be that of a form')
  }
  if ((headers.get('content-length') ?? String(body.length)) !== String(body.length)) {
    throw refusal('PARAMETER_INVALID', 'The content length must be that of the body')
  }
}

function readAuthorization(text: string): AuthorizationComponents {
  const [, algorithm = '', rest = ''] = AUTHORIZATION.exec(text) ?? []
  assertAlgorithm(algorithm)
  const components = parseAuthorization(rest)
  if (!('fault' in components)) return components
  throw refusal(
    'PARAMETER_INVALID',
    'The Authorization header must have a credential, signed headers, a signature',
  )
}

/** What is signed has to be there and to be sent on, and what STS reads has to be signed. */
function assertCovered(names: readonly string[], headers: Headers, audienceHeader: string): void {
  for (const name of names) {
    if (SET_ANEW.has(name)) continue
    if (!headers.has(name)) throw refusal('PARAMETER_INVALID', `The header ${name} is signed, and not there`)
    if (!FORWARDED.has(name) && name !== audienceHeader) {
      throw refusal('PARAMETER_INVALID', `The header ${name} is signed, and not one that is sent on`)
    }
  }
  const unsigned = ['x-amz-date', ...headers.keys()].find(
    (name) => name.startsWith('x-amz-') && !names.includes(name),
  )
  if (unsigned !== undefined) throw refusal('PARAMETER_INVALID', `The header ${unsigned} must be signed`)
}

function assertAudience(given: string | undefined, { audience, audienceHeader }: ProofRules): void {
  if (given === audience) return
  throw refusal('AUDIENCE_MISMATCH', `The header ${audienceHeader} names another audience`)
}

function forwardedHeaders(headers: Headers, audienceHeader: string): [name: string, value: string][] {
  const forwarded = [...headers].filter(([name]) => FORWARDED.has(name) || name === audienceHeader)
  return headers.has('content-type') ? forwarded : [...forwarded, ['content-type', FORM_TYPE]]
}
