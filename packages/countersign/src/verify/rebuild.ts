/**
 * Rebuilds what the client must have signed, from the raw message: one canonical form, no second try.
 *
 * @module
 */
import { bytesOfText } from '../core/bytes.ts'
import { canonicalHeaderValue } from '../core/canonical-headers.ts'
import { buildCanonicalPath } from '../core/canonical-path.ts'
import {
  buildCanonicalQuery,
  formatCanonicalQuery,
  parseQuery,
  sortQuery,
  type QueryPair,
} from '../core/canonical-query.ts'
import { buildCanonicalRequest } from '../core/canonical-request.ts'
import { EMPTY_SHA256, QUERY, UNSIGNED_PAYLOAD } from '../core/names.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import type { VerificationSteps } from '../errors.ts'
import type { Claim, PayloadMode } from './claim.ts'

/** The last line of the canonical request. */
export function payloadHashOf(payload: PayloadMode, body: Uint8Array): string {
  if (payload.kind === 'hashed') return payload.hash
  if (payload.kind === 'streaming') return payload.keyword
  if (payload.kind === 'unsigned') return UNSIGNED_PAYLOAD
  return body.length === 0 ? EMPTY_SHA256 : defaultSha256().hashHex(body)
}

/** Canonical request and string to sign of a claim; versions before 4 have no canonical request. */
export function rebuildSteps(claim: Claim, payloadHash: string): VerificationSteps {
  const { message, rules, signedHeadersText, older } = claim
  if (older) return { canonicalRequest: '', stringToSign: older.stringToSign }
  const canonicalRequest = buildCanonicalRequest(
    message.method,
    message.isPlain ? message.path : buildCanonicalPath(message.path, rules),
    canonicalQueryOf(claim),
    { lines: signedLines(claim), signedHeaders: signedHeadersText },
    payloadHash,
  )
  const hash = defaultSha256().hashHex(message.isAscii ? canonicalRequest : bytesOfText(canonicalRequest))
  return {
    canonicalRequest,
    stringToSign: buildStringToSign(claim.algorithm.name, claim.amzDate, claim.scopeText, hash),
  }
}

/** The signed headers in the order of their list, repeated ones joined. */
function signedLines({ message, signedHeaders }: Claim): string {
  let lines = ''
  // By index: the list is frozen, and the iterator of such a one is slow.
  for (let i = 0; i < signedHeaders.length; i++) {
    const name = signedHeaders[i]!
    let values: string | undefined
    for (const header of message.headers) {
      if (header[0] !== name) continue
      const value = canonicalHeaderValue(header[1])
      values = values === undefined ? value : values + ',' + value
    }
    if (values !== undefined) lines += name + ':' + values + '\n'
  }
  return lines
}

function canonicalQueryOf(claim: Claim): string {
  const { message, mechanism, rules } = claim
  if (mechanism !== 'header') return formatCanonicalQuery(coveredPairs(claim))
  return message.isPlain ? sortQuery(message.query) : buildCanonicalQuery(message.query, rules.plusInQuery)
}

/** The query's pairs as the service reads them, without what stands outside of the signature. */
export function coveredPairs({ message, rules, older }: Claim): readonly QueryPair[] {
  if (older) return older.coveredQuery
  return parseQuery(message.query, rules.plusInQuery).filter(
    ([name]) =>
      name !== QUERY.signature && (name !== QUERY.securityToken || rules.tokenPlacement === 'signed'),
  )
}
