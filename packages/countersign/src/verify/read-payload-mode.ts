/**
 * Reads how the payload takes part in a signature. Nothing that is not signed may choose it.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html}
 * @module
 */
import { EMPTY_SHA256, QUERY, UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import type { ServiceRules } from '../core/service-rules.ts'
import type { Mechanism, PayloadMode } from './claim.ts'
import { valueOf, type ReadMessage } from './message.ts'
import { refuse } from './refusals.ts'

const HASH = /^[0-9a-f]{64}$/
const STREAMING =
  /^STREAMING-(?:UNSIGNED-PAYLOAD-TRAILER|AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)-(?:PAYLOAD(?:-TRAILER)?|EVENTS))$/

/**
 * Reads the mode: from the header where it is signed, else from the URL, which is signed whole, else from the
 * service's rules.
 *
 * @throws {@link VerificationError} `PAYLOAD_HASH_INVALID`, `PAYLOAD_HASH_MISSING`
 */
export function readPayloadMode(
  { headers }: ReadMessage,
  mechanism: Mechanism,
  rules: ServiceRules,
  signedHeaders: readonly string[],
  parameter: string | undefined,
): PayloadMode {
  const header = valueOf(headers, X_AMZ_CONTENT_SHA256)
  if (mechanism === 'header') {
    if (header !== undefined) return parseMode(header)
    if (!rules.contentSha256Header) return { kind: 'computed' }
    throw refuse('PAYLOAD_HASH_MISSING', 'The service needs the header x-amz-content-sha256')
  }
  const signed = parameter ?? (signedHeaders.includes(X_AMZ_CONTENT_SHA256) ? header : undefined)
  const mode = signed ?? (rules.unsignedPayload ? UNSIGNED_PAYLOAD : undefined)
  // Many clients send the header unsigned beside a URL; it may repeat the mode, but not choose another one.
  if (header !== undefined && header !== mode) {
    throw refuse('PAYLOAD_HASH_INVALID', `x-amz-content-sha256 contradicts the ${QUERY.signature} of the URL`)
  }
  return mode === undefined ? { kind: 'computed' } : parseMode(mode)
}

function parseMode(value: string): PayloadMode {
  // Most requests have no body.
  if (value === EMPTY_SHA256 || HASH.test(value)) return { kind: 'hashed', hash: value }
  if (value === UNSIGNED_PAYLOAD) return { kind: 'unsigned' }
  if (STREAMING.test(value)) return { kind: 'streaming', keyword: value }
  throw refuse(
    'PAYLOAD_HASH_INVALID',
    'x-amz-content-sha256 is neither 64 lower-case hex digits nor a keyword',
  )
}
