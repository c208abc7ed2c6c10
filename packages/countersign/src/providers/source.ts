/**
 * A place where credentials may be, with the name that an error about it has.
 *
 * @module
 */
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'

/**
 * Looks for credentials in one place. It gives `undefined`, or throws `CREDENTIALS_NOT_FOUND`, where that place has
 * none; any other error says that there are some and they cannot be had. Every provider is one, those of the AWS SDK
 * included.
 */
export type CredentialsSource = () => Promise<Credentials | KeyCredentials | undefined>

/** Gives a function the name that errors tell of it. A function that was declared has its own. */
export function named<T extends CredentialsSource>(name: string, source: T): T {
  return Object.defineProperty(source, 'name', { value: name })
}
