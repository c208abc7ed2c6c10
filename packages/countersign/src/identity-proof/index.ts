/**
 * Logins with an identity of AWS: `createIdentityProof` on the client, `verifyIdentityProof` on the server. No secret is
 * sent, and the server needs no key of its own: it asks STS.
 *
 * @module
 */
export {
  createIdentityProof,
  type IdentityProof,
  type IdentityProofOptions,
} from './create-identity-proof.ts'
export { verifyIdentityProof, type VerifyIdentityProofOptions } from './verify-identity-proof.ts'
export { IdentityProofError, type IdentityProofErrorCode } from '../errors.ts'
export type { VerifiedIdentity } from './identity.ts'
export type { ProofFetch } from './ask-sts.ts'
export {
  createReplayGuard,
  type MemoryReplayGuard,
  type ReplayCounts,
  type ReplayGuard,
  type ReplayGuardOptions,
} from '../replay/replay-guard.ts'
