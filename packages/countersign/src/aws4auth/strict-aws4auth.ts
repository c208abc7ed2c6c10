/**
 * AWS4Auth that refuses requests of another day than its key.
 *
 * @module
 */
import type { AWS4SigningKey } from './aws4-signing-key.ts'
import { AWS4Auth } from './aws4auth.ts'
import { DateMismatchError } from './aws4auth-errors.ts'

/**
 * {@link AWS4Auth} that keeps its key until `regenerateSigningKey()` is called: a request of another day is a
 * {@link DateMismatchError}.
 */
export class StrictAWS4Auth extends AWS4Auth {
  /** @throws {@link DateMismatchError} */
  protected override keyForDay(key: AWS4SigningKey, day: string): AWS4SigningKey {
    if (key.date === day) return key
    throw new DateMismatchError(key.date, day)
  }
}
