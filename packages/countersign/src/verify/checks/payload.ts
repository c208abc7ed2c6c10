/**
 * Which kinds of payload are taken. Checked after the signature, which covers the kind.
 *
 * @module
 */
import { parseStreamingMode, UNSIGNED_TRAILER } from '../../core/streaming-mode.ts'
import type { Claim } from '../claim.ts'
import { refuse } from '../refusals.ts'
import type { Check, UnsignedPayload } from './check.ts'

/** The payload is of a kind that is served; chunks are signed with the algorithm of the head. */
export const payloadMode: Check = (
  { payload, mechanism, algorithm, scope, rules: { unsignedPayload: isS3 } },
  { rules },
) => {
  if (payload.kind !== 'streaming') return undefined
  const { keyword } = payload
  const mode = parseStreamingMode(keyword)
  if (mode && (mode.algorithm ?? algorithm.name) !== algorithm.name) {
    return refuse('PAYLOAD_HASH_INVALID', `${keyword} needs another algorithm than ${algorithm.name}`)
  }
  const isEvents = rules.eventModes?.isAnnounced(keyword, algorithm.name) ?? false
  const isServed = rules.streaming.services?.includes(scope.service) ?? (isS3 || isEvents)
  // Where a URL carries the signature, nothing is known of what would begin the chain.
  if ((mode || isEvents) && isServed && mechanism === 'header') return undefined
  return refuse('PAYLOAD_MODE_UNSUPPORTED', `${keyword} is not served here; send a hashed body`, {
    mode: keyword,
  })
}

// A presigned URL of S3 never binds a body; elsewhere an unsigned one is an exception that the server must make.
function defaultPolicy({ rules }: Claim): UnsignedPayload {
  return rules.unsignedPayload ? 'allowed' : 'refused'
}

/** An unsigned payload is allowed. */
export const unsignedPayload: Check = (claim, context) => {
  const policy = context.rules.unsignedPayload ?? defaultPolicy(claim)
  const isAllowed = policy === 'allowed' || (policy === 'https-only' && context.protocol === 'https')
  if (isAllowed || !isUnsigned(claim)) return undefined
  return refuse('PAYLOAD_UNSIGNED', 'UNSIGNED-PAYLOAD is not taken here; send a hashed body')
}

function isUnsigned({ payload }: Claim): boolean {
  return payload.kind === 'unsigned' || (payload.kind === 'streaming' && payload.keyword === UNSIGNED_TRAILER)
}
