/**
 * Which kinds of payload are taken. Checked after the signature, which covers the kind.
 *
 * @module
 */
import type { Claim } from '../claim.ts'
import { refuse } from '../refusals.ts'
import type { Check, UnsignedPayload } from './check.ts'

/** The payload is of a kind that is served. */
export const payloadMode: Check = {
  name: 'payload mode',
  find({ payload }) {
    if (payload.kind !== 'streaming') return undefined
    return refuse('PAYLOAD_MODE_UNSUPPORTED', `${payload.keyword} is not served here; send a hashed body`, {
      mode: payload.keyword,
    })
  },
}

// A presigned URL of S3 never binds a body; elsewhere an unsigned one is an exception that the server must make.
function defaultPolicy({ rules }: Claim): UnsignedPayload {
  return rules.unsignedPayload ? 'allowed' : 'refused'
}

/** An unsigned payload is allowed. */
export const unsignedPayload: Check = {
  name: 'unsigned payload',
  find(claim, context) {
    const policy = context.rules.unsignedPayload ?? defaultPolicy(claim)
    const isAllowed = policy === 'allowed' || (policy === 'https-only' && context.protocol === 'https')
    if (claim.payload.kind !== 'unsigned' || isAllowed) return undefined
    return refuse('PAYLOAD_UNSIGNED', 'UNSIGNED-PAYLOAD is not taken here; send a hashed body')
  },
}
