/**
 * Replay guard: lets each proof in once. Without one, whoever sees a proof on its way can use it again until it expires.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import { refusal } from './refusal.ts'

/**
 * Remembers proofs. The one of {@link createReplayGuard} is for one process; with several, put the ids into a store that
 * they share, such as `SET id 1 NX EXAT seconds` of Redis.
 */
export interface ReplayGuard {
  /**
   * Claims an id, as one step, so that of two calls at the same time one gets `false`.
   *
   * @param id 64 hex digits, which tell nothing of the proof
   * @param expiresAt until when the id has to be remembered
   * @param now the verifier's clock
   * @returns whether the id was not claimed before
   */
  claim(id: string, expiresAt: Date, now: Date): boolean | Promise<boolean>
}

/** Options of {@link createReplayGuard}. */
export interface ReplayGuardOptions {
  /** How many proofs are remembered at most; 100,000 by default, which is about 15 MB. */
  readonly capacity?: number | undefined
}

/**
 * Makes a guard that remembers proofs in memory. When it is full of proofs that have not expired, it refuses: to forget
 * one would let it in a second time.
 *
 * @throws {@link SigningError} `OPTION_INVALID`; the guard itself throws {@link IdentityProofError} `REPLAY_GUARD_FULL`
 */
export function createReplayGuard({ capacity = 100_000 }: ReplayGuardOptions = {}): ReplayGuard {
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new SigningError('OPTION_INVALID', 'capacity must be a whole number from 1')
  }
  /** End of each id, in milliseconds, in the order of the claims. */
  const ends = new Map<string, number>()

  function forget(now: number): void {
    for (const [id, end] of ends) if (end < now) ends.delete(id)
  }

  return {
    claim(id, expiresAt, now) {
      const end = ends.get(id)
      if (end !== undefined && end >= now.getTime()) return false
      if (ends.size >= capacity) forget(now.getTime())
      if (ends.size >= capacity) {
        throw refusal('REPLAY_GUARD_FULL', `${capacity} proofs are remembered, and none of them has expired`)
      }
      ends.set(id, expiresAt.getTime())
      return true
    },
  }
}
