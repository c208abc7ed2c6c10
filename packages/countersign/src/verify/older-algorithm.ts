/**
 * Algorithms from before version 4. Each reads claims of its own, since they have no list of signed headers, no scope,
 * and no canonical request; what is signed follows from the request.
 *
 * @module
 */
import { VerificationError, type VerificationErrorCode } from '../errors.ts'
import type { Claim, Mechanism } from './claim.ts'
import { exceeded, type Limits } from './limits.ts'
import type { ReadMessage } from './message.ts'
import { isAccessKeyId } from './read-credential.ts'

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
  if (!isAccessKeyId(accessKeyId, limits)) {
    throw refuseOlder('CREDENTIAL_MALFORMED', 'The access key id is malformed')
  }
  if (sessionToken !== undefined && sessionToken.length > limits.sessionTokenBytes) {
    throw exceeded('sessionTokenBytes', limits)
  }
}

/** Causes that S3 calls `InvalidArgument` when the signature is of version 2; the others are `AccessDenied`. */
const INVALID_ARGUMENTS: ReadonlySet<VerificationErrorCode> = new Set([
  'AUTHORIZATION_MALFORMED',
  'CREDENTIAL_MALFORMED',
  'ALGORITHM_UNSUPPORTED',
])

/** Makes the error of a cause that S3 answers otherwise than one of version 4, and in other words. */
export function refuseOlder(
  code:
    | 'AUTHORIZATION_MALFORMED'
    | 'CREDENTIAL_MALFORMED'
    | 'ALGORITHM_UNSUPPORTED'
    | 'QUERY_PARAMETER_MISSING'
    | 'QUERY_PARAMETER_MALFORMED'
    | 'EXPIRES_INVALID'
    | 'DATE_INVALID',
  message: string,
  facts: Readonly<Record<string, string>> = {},
): VerificationError {
  const ofS3 = INVALID_ARGUMENTS.has(code)
    ? { awsCode: 'InvalidArgument', status: 400 }
    : { awsCode: 'AccessDenied', status: 403 }
  return new VerificationError(code, message, ofS3, { version: '2', ...facts })
}

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
  throw refuseOlder('EXPIRES_INVALID', `Expires is more than ${maxExpiresIn} seconds away`)
}

/** An instant to the second below. */
export function wholeSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000)
}
