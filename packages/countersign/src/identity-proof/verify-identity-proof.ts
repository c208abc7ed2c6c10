/**
 * Checks a proof of identity: holds it against every rule, sends it to STS, and says who made it.
 *
 * @module
 */
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { SigningError } from '../errors.ts'
import { claimOnce, createReplayGuard, type ReplayGuard } from '../replay/replay-guard.ts'
import { isPartition, readAnyStsHost } from '../tokens/sts-hosts.ts'
import { readHeaderText } from '../tokens/token-names.ts'
import { askSts, type ProofFetch } from './ask-sts.ts'
import { readAudienceHeader } from './create-identity-proof.ts'
import { readIdentity, type VerifiedIdentity } from './identity.ts'
import type { ProofRules } from './proof-request.ts'
import { isPresignedProof, readPresignedProof } from './read-presigned-proof.ts'
import { readCallerIdentity } from './read-reply.ts'
import { readSignedProof } from './read-signed-proof.ts'
import { refusal } from './refusal.ts'

/** Options of {@link verifyIdentityProof}. */
export interface VerifyIdentityProofOptions {
  /** This server's name; proofs for others are refused. */
  readonly audience: string
  /** As in `createIdentityProof`. */
  readonly audienceHeader?: string | undefined
  /**
   * Partition whose STS presigned proofs may be for, in any region: `aws` by default, `aws-cn`, `aws-us-gov`, … Account
   * ids are unique in a partition only, so take proofs of one alone, or compare whole ARNs.
   */
  readonly partition?: string | undefined
  /** Hosts of STS that presigned proofs may be for, in the place of a partition. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Host of the STS that proofs in the signed form are sent to; without it they are refused. */
  readonly stsHost?: string | undefined
  /** What sends the request; the runtime's own `fetch` by default. */
  readonly fetch?: ProofFetch | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
  /** How old a proof may be, in seconds; 900 by default, and at most. */
  readonly maxAge?: number | undefined
  /** How far a proof may be dated in the future, in seconds; 300 by default. */
  readonly maxClockSkew?: number | undefined
  /** How long STS may take, in seconds; 10 by default. */
  readonly timeout?: number | undefined
  /** By default one in memory for the whole process; `false` lets proofs in again and again until they expire. */
  readonly replayGuard?: ReplayGuard | false | undefined
}

const MAX_AGE = 900

let processGuard: ReplayGuard | undefined

/**
 * Checks a proof and tells who made it. Which identities may come in is for the caller to decide.
 *
 * @throws {@link IdentityProofError} when the proof is not accepted; its `status` is the one to answer with
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export async function verifyIdentityProof(
  proof: string,
  options: VerifyIdentityProofOptions,
): Promise<VerifiedIdentity> {
  const rules = readRules(options)
  const { now, maxAge, maxClockSkew, timeout } = readLimits(options)
  if (typeof proof !== 'string') throw refusal('PROOF_MALFORMED', 'A proof must be a text')
  const request = isPresignedProof(proof) ? readPresignedProof(proof, rules) : readSignedProof(proof, rules)
  const { date, host, signature } = request
  const instant = now()
  assertInTime(date, instant, maxAge, maxClockSkew)

  const reply = await askSts(request, options.fetch ?? fetch, timeout)
  const identity = readIdentity(readCallerIdentity(reply), host)
  // Last of all: proofs that STS refuses cannot fill the guard, and one that STS had no time for can come again.
  const guard = options.replayGuard ?? (processGuard ??= createReplayGuard())
  if (guard) {
    // Also while another call with the same proof may still wait for STS.
    const end = new Date(date.getTime() + (MAX_AGE + timeout) * 1000)
    const claimed = await claimOnce(guard, defaultSha256().hashHex(signature), end, instant)
    if (claimed === 'again') throw refusal('PROOF_REPLAYED', 'The proof was used before; make a new one')
    if (claimed === 'full') throw refusal('REPLAY_GUARD_FULL', 'The replay guard is full; try again later')
  }
  return identity
}

function readRules({
  audience,
  audienceHeader,
  allowedHosts,
  stsHost,
  partition = 'aws',
}: VerifyIdentityProofOptions): ProofRules {
  for (const host of [...(allowedHosts ?? []), ...(stsHost === undefined ? [] : [stsHost])]) {
    if (readAnyStsHost(host)) continue
    throw new SigningError('OPTION_INVALID', 'allowedHosts and stsHost must be hosts of STS, in lower case')
  }
  if (!isPartition(partition)) {
    throw new SigningError('OPTION_INVALID', 'partition must be one of AWS, such as aws or aws-cn')
  }
  return {
    audience: readHeaderText(audience, 'audience'),
    audienceHeader: readAudienceHeader(audienceHeader),
    partition,
    allowedHosts: allowedHosts && new Set(allowedHosts),
    stsHost,
  }
}

/** Limits, in seconds, and the clock. */
interface Limits {
  readonly now: () => Date
  readonly maxAge: number
  readonly maxClockSkew: number
  readonly timeout: number
}

function readLimits(options: VerifyIdentityProofOptions): Limits {
  const { now = () => new Date(), maxAge = MAX_AGE, maxClockSkew = 300, timeout = 10 } = options
  const isUsable = maxAge > 0 && maxAge <= MAX_AGE && maxClockSkew >= 0 && maxClockSkew <= MAX_AGE
  if (isUsable && timeout > 0 && timeout <= MAX_AGE) return { now, maxAge, maxClockSkew, timeout }
  throw new SigningError('OPTION_INVALID', `maxAge, maxClockSkew and timeout are at most ${MAX_AGE} seconds`)
}

function assertInTime(date: Date, now: Date, maxAge: number, maxClockSkew: number): void {
  const age = (now.getTime() - date.getTime()) / 1000
  // It would compare as neither too old nor too new.
  if (Number.isNaN(age)) throw new SigningError('OPTION_INVALID', 'now must return a valid Date')
  const facts = { date: date.toISOString(), serverTime: now.toISOString() }
  if (age > maxAge) throw refusal('PROOF_EXPIRED', `The proof is older than ${maxAge} s`, facts)
  if (age < -maxClockSkew) throw refusal('PROOF_NOT_YET_VALID', 'The proof is dated in the future', facts)
}
