/**
 * Algorithms from before version 4. Each reads claims of its own, since they have no list of signed headers, no scope,
 * and no canonical request; what is signed follows from the request.
 *
 * @module
 */
import type { Claim, Mechanism } from './claim.ts'
import type { Limits } from './limits.ts'
import type { ReadMessage } from './message.ts'
import { assertAccessKeyId } from './read-credential.ts'
import { refuse } from './refusals.ts'

/** A place in a message where a signature may stand. */
export interface OlderCarrier {
  readonly message: ReadMessage
  readonly mechanism: Mechanism
  /** The Authorization header, the query, or the form that is the body; raw. */
  readonly text: string
  readonly now: Date
  readonly limits: Limits
  /** Signing names that are served here; the claim has the one that it is taken for, since its signature names none. */
  readonly services: readonly string[]
}

/** An algorithm from before version 4, for the `algorithms` of a verifier. It is taken only where it is listed. */
export interface OlderAlgorithm {
  /** Name in the results of a verifier and in the hints for a look-up, unless a request names one of several. */
  readonly name: string
  /** Whether it may stand in a form that is the body. */
  readonly readsForms: boolean
  /**
   * Reads a claim; `undefined` when there is none of this algorithm.
   *
   * @throws {@link VerificationError}
   */
  readonly readClaim: (carrier: OlderCarrier) => Claim | undefined
}

/** The parts of a claim that are checked alike in all older versions. */
export function assertOlderParts(
  accessKeyId: string,
  sessionToken: string | undefined,
  limits: Limits,
): void {
  assertAccessKeyId(accessKeyId, limits, FACTS)
  if (sessionToken !== undefined && sessionToken.length > limits.sessionTokenBytes) {
    throw refuse('LIMIT_EXCEEDED', `sessionTokenBytes is over ${limits.sessionTokenBytes}`)
  }
}

/** Marks refusals whose words are not those of version 4. */
export const FACTS: Readonly<Record<string, string>> = Object.freeze({ version: '2' })

/** Longest life of a presigned URL where the server sets none, in seconds: that of version 4, a week. */
export const DEFAULT_MAX_EXPIRES_IN = 604_800

/**
 * The seconds until an instant that is named as the end.
 *
 * @throws {@link VerificationError} `EXPIRES_INVALID` when it is further away than what is taken
 */
export function secondsUntil(end: Date, now: Date, maxExpiresIn: number): number {
  const seconds = Math.floor(end.getTime() / 1000) - Math.floor(now.getTime() / 1000)
  if (seconds <= maxExpiresIn) return seconds
  throw refuse('EXPIRES_INVALID', `Expires is more than ${maxExpiresIn} seconds away`, FACTS)
}

/** An instant to the second below. */
export function wholeSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000)
}
