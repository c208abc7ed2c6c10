/**
 * Credentials that are at hand.
 *
 * @module
 */
import {
  assertCredentials,
  type Credentials,
  type CredentialsProvider,
  type KeyCredentials,
} from '../credentials/credentials.ts'
import { named } from './source.ts'

/**
 * A provider of credentials that are at hand, for a chain. Signers take such credentials as they are.
 *
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, at once
 */
export function fromStatic(credentials: Credentials | KeyCredentials): CredentialsProvider {
  assertCredentials(credentials)
  const own = Object.freeze({ ...credentials })
  return named('static', async () => own)
}
