/**
 * Refusals of proofs, with the status that belongs to their cause.
 *
 * @module
 */
import { IdentityProofError, type IdentityProofErrorCode } from '../errors.ts'

const UNREADABLE: ReadonlySet<IdentityProofErrorCode> = new Set([
  'PROOF_TOO_LARGE',
  'PROOF_MALFORMED',
  'PROOF_FORM_REFUSED',
  'HOST_NOT_ALLOWED',
  'ACTION_WRONG',
  'PARAMETER_INVALID',
  'AUDIENCE_NOT_SIGNED',
])
const LATER: ReadonlySet<IdentityProofErrorCode> = new Set([
  'STS_UNAVAILABLE',
  'STS_REPLY_INVALID',
  'REPLAY_GUARD_FULL',
])

/** Makes the error. */
export function refusal(
  code: IdentityProofErrorCode,
  message: string,
  facts?: Readonly<Record<string, string>>,
): IdentityProofError {
  const status = UNREADABLE.has(code) ? 400 : LATER.has(code) ? 503 : 401
  return new IdentityProofError(code, message, status, facts)
}
