/**
 * Signs a request of a command line with whichever algorithm was chosen.
 *
 * @module
 */
import { signRequest, type SignOptions } from 'countersign'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import type { AnySigned } from './any-signed.ts'
import type { GivenRequest } from './given-request.ts'
import type { ResolvedScope } from './scope.ts'

/** With what to sign. */
interface SigningOptions {
  readonly credentials: AnyCredentials
  /** The clock; now unless it is given. */
  readonly date: Date | undefined
  readonly signHeaders?: SignOptions['signHeaders']
}

/**
 * Signs a request.
 *
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export async function signGiven(
  { method, url, headers, body, payloadHash }: Omit<GivenRequest, 'file'>,
  { older, ...scope }: ResolvedScope,
  options: SigningOptions,
): Promise<AnySigned> {
  const request = { method, url, headers, body }
  if (older === undefined) return signRequest(request, { ...scope, ...options, payloadHash })
  const { signOlder } = await import('./sign-older.ts')
  return signOlder(older, request, options)
}
