/**
 * Replay guard: lets each request, or proof of identity, in once. Without one, whoever sees a request on its way can
 * send it again for as long as its signature is good.
 *
 * @module
 */
import { CountersignError, SigningError } from '../errors.ts'
import { Ends } from './ends.ts'

/**
 * Remembers what was let in. The one of {@link createReplayGuard} is for one process; with several, put the ids into a
 * store that they share, such as `SET id 1 NX PXAT milliseconds` of Redis.
 */
export interface ReplayGuard {
  /**
   * Claims an id, as one step, so that of two calls at the same time one gets `false`.
   *
   * @param id 64 hex digits, which tell nothing of the request
   * @param expiresAt until when the id has to be remembered
   * @param now the verifier's clock
   * @returns whether the id was not claimed before
   * @throws {@link CountersignError} `REPLAY_GUARD_FULL` when it cannot remember more; any other error is thrown on
   */
  claim(id: string, expiresAt: Date, now: Date): boolean | Promise<boolean>
}

/** Options of {@link createReplayGuard}. */
export interface ReplayGuardOptions {
  /** How many ids are remembered at most; 100,000 by default, which is about 20 MB. */
  readonly maxEntries?: number | undefined
  /**
   * What a guard does that is full of ids which have not ended. `refuse`, the default, takes no more, since to forget
   * one would let it in a second time. `evict` forgets the one that ends first, and counts it.
   */
  readonly whenFull?: 'refuse' | 'evict' | undefined
}

/** What a guard in memory has done so far, for metrics. */
export interface ReplayCounts {
  /** How many ids are remembered. */
  readonly entries: number
  /** How many were claimed for the first time. */
  readonly claimed: number
  /** How many were refused because they had been claimed. */
  readonly replayed: number
  /** How many were refused because the guard was full. */
  readonly turnedAway: number
  /** How many were forgotten before their end. */
  readonly evicted: number
}

/** A replay guard of one process. */
export interface MemoryReplayGuard extends ReplayGuard {
  claim(id: string, expiresAt: Date, now: Date): boolean
  /** What it has done so far. */
  counts(): ReplayCounts
}

/**
 * Makes a guard that remembers in memory.
 *
 * @throws {@link SigningError} `OPTION_INVALID`; its `claim` throws {@link CountersignError} `REPLAY_GUARD_FULL`
 */
export function createReplayGuard(options: ReplayGuardOptions = {}): MemoryReplayGuard {
  const { maxEntries = 100_000, whenFull = 'refuse' } = options
  if (!Number.isInteger(maxEntries) || maxEntries < 1) {
    throw new SigningError('OPTION_INVALID', 'maxEntries must be a whole number from 1')
  }
  if (whenFull !== 'refuse' && whenFull !== 'evict') {
    throw new SigningError('OPTION_INVALID', 'whenFull must be refuse or evict')
  }
  const ids = new Set<string>()
  const ends = new Ends()
  const counts = { claimed: 0, replayed: 0, turnedAway: 0, evicted: 0 }

  function forgetFirst(): void {
    ids.delete(ends.first?.id ?? '')
    ends.removeFirst()
  }

  function makeRoom(): void {
    if (ids.size < maxEntries) return
    if (whenFull === 'refuse') {
      counts.turnedAway += 1
      throw new CountersignError('REPLAY_GUARD_FULL', `${maxEntries} ids are remembered, and none has ended`)
    }
    counts.evicted += 1
    forgetFirst()
  }

  return {
    claim(id, expiresAt, now) {
      while (ends.first && ends.first.at < now.getTime()) forgetFirst()
      if (ids.has(id)) {
        counts.replayed += 1
        return false
      }
      makeRoom()
      ids.add(id)
      const at = expiresAt.getTime()
      // What has no end must not be forgotten.
      ends.add({ id, at: Number.isNaN(at) ? Infinity : at })
      counts.claimed += 1
      return true
    },
    counts: () => ({ entries: ids.size, ...counts }),
  }
}

/**
 * Claims an id, whatever store the guard is.
 *
 * @returns `full` where the guard takes no more
 */
export async function claimOnce(
  guard: ReplayGuard,
  id: string,
  expiresAt: Date,
  now: Date,
): Promise<'first' | 'again' | 'full'> {
  try {
    return (await guard.claim(id, expiresAt, now)) ? 'first' : 'again'
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'REPLAY_GUARD_FULL') return 'full'
    throw error
  }
}
