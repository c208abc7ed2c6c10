/**
 * Tokens for MemoryDB, which a cluster takes as the password of a user that has IAM authentication:
 * `my-cluster/?Action=connect&User=app&X-Amz-…`.
 *
 * @see {@link https://docs.aws.amazon.com/memorydb/latest/devguide/auth-iam.html}
 * @module
 */
import { presignToken, withoutScheme } from './presign-token.ts'
import { encodeParameter, readHostname, resolveRegion } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createMemoryDbToken}. */
export interface MemoryDbTokenOptions extends ExpiringTokenOptions {
  /** Name of the cluster; not its endpoint. */
  readonly clusterName: string
  readonly username: string
}

/**
 * Makes a token for MemoryDB. It opens connections for at most 15 minutes. The region must be given: the name of a
 * cluster does not tell it.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createMemoryDbToken(options: MemoryDbTokenOptions): AuthToken {
  const name = readHostname(options.clusterName, 'clusterName')
  const user = encodeParameter(options.username, 'username')
  const presigned = presignToken(
    {
      url: `https://${name}/?Action=connect&User=${user}`,
      service: 'memorydb',
      region: resolveRegion(options, 'memorydb'),
    },
    options,
  )
  return withoutScheme(presigned)
}
