/**
 * AWS4Auth that signs with the key it has, whatever the date.
 *
 * @module
 */
import type { AWS4SigningKey } from './aws4-signing-key.ts'
import { AWS4Auth } from './aws4auth.ts'

/**
 * {@link AWS4Auth} that keeps its key, and with it the day of the scope, until `regenerateSigningKey()` is called.
 * AWS refuses a scope of another day than the request; this is for tests, and for holders of derived keys who wait
 * for the refusal before they fetch a new one.
 */
export class PassiveAWS4Auth extends AWS4Auth {
  /** The key in use. */
  protected override keyForDay(key: AWS4SigningKey): AWS4SigningKey {
    return key
  }
}
