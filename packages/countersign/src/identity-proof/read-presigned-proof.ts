/**
 * Reads a proof in the presigned form: `k8s-aws-v1.` and the URL in base64. Nothing in it is repaired or normalised, since
 * the URL is sent as it is, and whatever two readers could understand differently is refused.
 *
 * @module
 */
import { isText } from '../core/bytes.ts'
import { QUERY } from '../core/names.ts'
import { decodeUri } from '../core/uri-encoding.ts'
import { PRESIGNED_PREFIX } from '../tokens/caller-identity.ts'
import { decodeUrlSafe } from '../tokens/url-safe-base64.ts'
import type { ProofRequest, ProofRules } from './proof-request.ts'
import {
  assertAlgorithm,
  assertCredential,
  assertSignature,
  readAllowedHost,
  readDate,
  readSignedHeaders,
} from './proof-rules.ts'
import { refusal } from './refusal.ts'

/** Longest proof in this form, in bytes. */
const MAX_BYTES = 4096
/** Longest lifetime that may stand in it, in seconds. */
const MAX_EXPIRES = 900

// No user, no port, no path but the root, no fragment; and nothing that a URL class would write differently.
const PROOF_URL = /^https:\/\/([a-z0-9.-]+)\/\?([\w.~%=&-]+)$/
const PAIR = /^([A-Za-z0-9-]+)=((?:[\w.~-]|%[0-9A-Fa-f]{2})+)$/
const VISIBLE = /^[!-~]+$/
const EXPIRES = /^\d{1,3}$/

const REQUIRED = [
  'Action',
  'Version',
  QUERY.algorithm,
  QUERY.credential,
  QUERY.date,
  QUERY.expires,
  QUERY.signedHeaders,
  QUERY.signature,
] as const
const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, QUERY.securityToken])

/** Whether a proof is in this form. */
export function isPresignedProof(proof: string): boolean {
  return proof.startsWith(PRESIGNED_PREFIX)
}

/**
 * Reads one.
 *
 * @throws {@link IdentityProofError}
 */
export function readPresignedProof(proof: string, rules: ProofRules): ProofRequest {
  if (proof.length > MAX_BYTES) {
    throw refusal('PROOF_TOO_LARGE', `A presigned proof has at most ${MAX_BYTES} bytes`)
  }
  const url = decodeUrlSafe(proof.slice(PRESIGNED_PREFIX.length)) ?? ''
  const [, hostname, query] = PROOF_URL.exec(url) ?? []
  if (hostname === undefined || query === undefined) {
    throw refusal(
      'PROOF_MALFORMED',
      'A presigned proof must be the base64 of https://HOST/?QUERY, and no more',
    )
  }
  const host = readAllowedHost(hostname, rules)
  const values = readParameters(query)
  const valueOf = (name: string): string => values.get(name) ?? ''

  if (valueOf('Action') !== 'GetCallerIdentity' || valueOf('Version') !== '2011-06-15') {
    throw refusal('ACTION_WRONG', 'The proof must be for GetCallerIdentity of the version 2011-06-15')
  }
  assertAlgorithm(valueOf(QUERY.algorithm))
  assertSignature(valueOf(QUERY.signature))
  const { audience, audienceHeader } = rules
  const names = readSignedHeaders(valueOf(QUERY.signedHeaders), audienceHeader)
  if (names.length > 2) {
    throw refusal('PARAMETER_INVALID', `No headers but host and ${audienceHeader} are sent on`)
  }
  if (!EXPIRES.test(valueOf(QUERY.expires)) || Number(valueOf(QUERY.expires)) > MAX_EXPIRES) {
    throw refusal('PARAMETER_INVALID', `X-Amz-Expires must be 0 to ${MAX_EXPIRES}`)
  }
  const date = readDate(valueOf(QUERY.date))
  assertCredential(valueOf(QUERY.credential), host, valueOf(QUERY.date))
  return {
    method: 'GET',
    url,
    // Our own name, and not one from the proof: for another audience the signature does not hold.
    headers: [[audienceHeader, audience]],
    host,
    date,
    signature: valueOf(QUERY.signature),
  }
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const seen = new Set<string>()
  for (const piece of query.split('&')) {
    const [, name, raw] = PAIR.exec(piece) ?? []
    const value = decodeUri(raw ?? '')
    if (name === undefined || !isText(value, VISIBLE)) {
      throw refusal('PARAMETER_INVALID', 'Each parameter must be a name with an encoded value')
    }
    // Readers differ in whether the case of a name matters, and in which of two they take (CVE-2022-2385).
    const lower = name.toLowerCase()
    if (seen.has(lower)) throw refusal('PARAMETER_INVALID', `The parameter ${lower} stands twice`)
    seen.add(lower)
    if (!KNOWN.has(name)) throw refusal('PARAMETER_INVALID', `The parameter ${name} is not one of a proof`)
    values.set(name, value)
  }
  const missing = REQUIRED.find((name) => !values.has(name))
  if (missing === undefined) return values
  throw refusal('PARAMETER_INVALID', `The parameter ${missing} is missing`)
}
