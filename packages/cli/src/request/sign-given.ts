/**
 * Signs a request of a command line with whichever algorithm was chosen.
 *
 * @module
 */
import { signRequest, type SignOptions } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
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
 * @throws {@link CommandError} `USAGE` for SigV3 over plain http with a body that is not in memory
 */
export async function signGiven(
  { method, url, headers, body, payloadHash }: Omit<GivenRequest, 'file'>,
  { older, ...scope }: ResolvedScope,
  options: SigningOptions,
): Promise<AnySigned> {
  const request = { method, url, headers, body }
  if (older === undefined) return signRequest(request, { ...scope, ...options, payloadHash })
  if (older === 'v3' && payloadHash !== undefined) assertEncrypted(url)
  const { signOlder } = await import('./sign-older.ts')
  return signOlder(older, request, options)
}

/** Without TLS it signs the bytes of the body itself. */
function assertEncrypted(url: string): void {
  if (!/^http:/i.test(url)) return
  throw new CommandError(
    'USAGE',
    'Over plain http SigV3 signs the whole body, and this one is not in memory',
    {
      why: 'a file is hashed while it is read, and SigV3 has no place for its hash',
      fix: 'use https, or give the body with --data-binary @FILE',
    },
  )
}
