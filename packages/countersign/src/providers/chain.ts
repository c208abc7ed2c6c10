/**
 * Looks for credentials in one place after the other.
 *
 * @module
 */
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { named, type CredentialsSource } from './source.ts'

/**
 * A provider that asks its sources in order, and gives the credentials of the first that has some. It goes on where a
 * source has none. Where a source has some that cannot be had, such as a role that may not be assumed, it stops: to
 * sign as somebody else in silence is worse than an error.
 *
 * ```js
 * const signer = createSigner({ credentials: fromChain(fromEnvironment(), fromAwsChain()) })
 * ```
 *
 * @returns a provider that throws {@link CredentialsError} `CREDENTIALS_NOT_FOUND` when all sources have none,
 *   `CREDENTIALS_CHAIN_FAILED` when one failed, with its error as the `cause`; either names each source that was tried
 */
export function fromChain(...sources: readonly CredentialsSource[]): CredentialsProvider {
  return named('chain', async () => {
    const tried: string[] = []
    for (const [index, source] of sources.entries()) {
      const name = source.name || `source ${index + 1}`
      // One after the other: the next is not to be asked where this one has credentials.
      const found = await askSource(source, name, tried)
      if (found) return found
    }
    throw new CredentialsError(
      'CREDENTIALS_NOT_FOUND',
      `There are no credentials: ${tried.join('; ') || 'the chain is empty'}`,
    )
  })
}

async function askSource(
  source: CredentialsSource,
  name: string,
  tried: string[],
): Promise<Credentials | KeyCredentials | undefined> {
  try {
    const found = await source()
    if (!found) tried.push(`${name}: has none`)
    return found
  } catch (cause) {
    tried.push(`${name}: ${reasonOf(cause)}`)
    if (hasNone(cause)) return undefined
    throw new CredentialsError(
      'CREDENTIALS_CHAIN_FAILED',
      `${name} failed, and nothing may stand in for it: ${tried.join('; ')}`,
      { cause },
    )
  }
}

/** Whether the source says that it has nothing; the AWS SDK's providers say so with `tryNextLink`. */
function hasNone(error: unknown): boolean {
  if (error instanceof CredentialsError) return error.code === 'CREDENTIALS_NOT_FOUND'
  return error instanceof Error && 'tryNextLink' in error && error.tryNextLink === true
}

/** The first line of a message, without the end of its sentence. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0]?.replace(/\.$/, '') || 'failed'
}
