/**
 * Whether a key may be used: not after its end, and a temporary one only with its token.
 *
 * @module
 */
import { parseAmzDate } from '../core/amz-date.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import type { Claim } from './claim.ts'
import type { Found } from './found-key.ts'
import { refuse } from './refusals.ts'

const DAY = 86_400_000

/**
 * Checks that the key is alive. A derived key that is handed out in place of a secret dies with its day, also for
 * URLs that were presigned with it for longer.
 *
 * @throws {@link VerificationError} `KEY_EXPIRED`, `TOKEN_EXPIRED`, `EXPIRED`
 */
export function checkKeyLife({ notAfter, secretAccessKey }: Found, claim: Claim, now: Date): void {
  const { accessKeyId, expiresIn, scope, sessionToken } = claim
  // A date that is none has always passed.
  if (notAfter && !(now <= notAfter)) {
    const isTemporary = sessionToken !== undefined
    throw isTemporary
      ? refuse('TOKEN_EXPIRED', 'The session token has expired; get new temporary keys', { accessKeyId })
      : refuse('KEY_EXPIRED', 'The access key is past its end', { accessKeyId })
  }
  if (expiresIn === undefined || secretAccessKey !== undefined) return
  const midnight = parseAmzDate(`${scope.date}T000000Z`)
  if (!(now.getTime() < Number(midnight) + DAY))
    throw refuse('EXPIRED', 'The derived key of the presigned URL died with its day')
}

/**
 * Checks the session token.
 *
 * @returns a promise only where the server's own function gives one
 * @throws {@link VerificationError} `TOKEN_MISSING`, `TOKEN_INVALID`
 */
export function checkToken({ sessionToken: expected }: Found, claim: Claim): void | Promise<void> {
  const { sessionToken: given, accessKeyId } = claim
  // Rows of databases have null where there is nothing.
  if ((expected ?? given) === undefined) return undefined
  if (given === undefined) {
    throw refuse('TOKEN_MISSING', 'The key is temporary and came without its session token', {
      accessKeyId,
    })
  }
  const isGood = isTokenOf(expected, given)
  return typeof isGood === 'boolean'
    ? assertToken(isGood, accessKeyId)
    : Promise.resolve(isGood).then((is) => assertToken(is, accessKeyId))
}

function isTokenOf(expected: Found['sessionToken'], given: string): boolean | Promise<boolean> {
  if (typeof expected === 'function') return expected(given)
  return typeof expected === 'string' && equalConstantTime(expected, given)
}

function assertToken(isGood: boolean, accessKeyId: string): void {
  if (!isGood) throw refuse('TOKEN_INVALID', 'The session token is not that of the key', { accessKeyId })
}
