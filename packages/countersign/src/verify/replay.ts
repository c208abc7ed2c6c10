/**
 * Whether a request was let in before. Told by who signed what, not by the signature: of ECDSA, there are two for each.
 *
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { claimOnce, type ReplayGuard } from '../replay/replay-guard.ts'
import { skewOf, type CheckContext } from './checks/check.ts'
import type { Claim } from './claim.ts'
import { refuse } from './refusals.ts'
import { applyChecks, BEFORE_LOOKUP } from './rules.ts'

/** Options of a verifier that lets each request in once. */
export interface ReplayOptions {
  /**
   * Lets each request in once while its signature is good, see `createReplayGuard`. There is none by default: clients of
   * S3 send a request again as it is when they retry.
   */
  readonly replayGuard?: ReplayGuard | undefined
  /** Methods that may be repeated, such as `GET` and `HEAD`; none by default. */
  readonly replayExempt?: readonly string[] | undefined
}

/**
 * Refuses what was let in before.
 *
 * @param context with the time at which it is asked, and not the one at which the request came
 */
export type ReplayCheck = (claim: Claim, stringToSign: string, context: CheckContext) => Promise<void>

/** Makes the check that the options ask for. */
export function createReplayCheck({ replayGuard, replayExempt }: ReplayOptions): ReplayCheck | undefined {
  if (!replayGuard) return undefined
  const exempt = new Set(replayExempt)
  return async (claim, stringToSign, context) => {
    if (exempt.has(claim.message.method)) return
    // Its body may have taken so long that the guard has forgotten the request already.
    applyChecks(BEFORE_LOOKUP, claim, context)
    const { accessKeyId } = claim
    const id = defaultSha256().hashHex(utf8(`${accessKeyId}\n${stringToSign}`))
    const claimed = await claimOnce(replayGuard, id, endOf(claim, context), context.now)
    if (claimed === 'again') {
      throw refuse('REPLAYED', 'The request was let in before; sign it anew to send it again', {
        accessKeyId,
      })
    }
    if (claimed === 'full') {
      throw refuse('REPLAY_GUARD_FULL', 'The replay guard is full of requests')
    }
  }
}

/** For processes that share a store and whose clocks differ, in milliseconds. */
const MARGIN = 60_000

/** The last instant at which the request would be let in, or somewhat later. */
function endOf(claim: Claim, context: CheckContext): Date {
  const { instant, expiresIn } = claim
  const life = expiresIn === undefined ? skewOf(claim, context) : expiresIn * 1000
  return new Date(instant.getTime() + life + MARGIN)
}
